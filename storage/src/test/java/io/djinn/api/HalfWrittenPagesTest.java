package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.SnapshotExpiredException;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.testkit.IoCall;
import io.djinn.testkit.IoHook;
import io.djinn.testkit.IoOp;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.TestSeed;
import io.djinn.testkit.Tier;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Writes of pages come to the mapping in two pieces, and in between readers of held snapshots and a
 * verifier look: nobody may see half a page, in an answer or as damage.
 */
class HalfWrittenPagesTest {
  private static final int FULL_LOOKS = 20_000;
  private static final int KEYS = 12;
  private static final int MOST_HELD = 3;
  private static final DjinnOptions OPTIONS =
      DjinnOptions.defaults()
          .withPageSizeBytes(2048)
          .withFrameMemoryBytes(96 * 2048)
          .withDurability(Durability.none())
          .withLogSegmentBytes(64 << 10)
          .withLogLimitBytes(256 << 10)
          .withMapChunkBytes(1 << 20);

  /** A snapshot with what it must show as long as it is not given up. */
  private record Held(Snapshot snapshot, Map<Integer, TreeSet<Long>> rows) {}

  /** One store with its script. */
  private static final class Round implements IoHook {
    private final SplittableRandom random;
    private final SimVfs disk = new SimVfs(8L << 20);
    private final ArrayDeque<Held> held = new ArrayDeque<>();
    private Map<Integer, TreeSet<Long>> rows = new TreeMap<>();
    private Djinn db;
    private boolean isLooking;
    private long looks;

    Round(long seed) {
      random = new SplittableRandom(seed);
      db = Djinn.open(new SimEnv(disk, seed), OPTIONS);
      db.createGin("i", GinSpec.column("c", ArrayOps.ofInts()).withFastUpdate(false));
      disk.hook(this);
    }

    @Override
    public void before(IoCall call) {
      if (call.op() == IoOp.PWRITE && call.name().equals("pages")) {
        call.pauseHalfway();
      }
    }

    @Override
    public void halfway(IoCall call) {
      if (isLooking) {
        return;
      }
      isLooking = true;
      try {
        looks++;
        held.forEach(this::look);
        if (random.nextInt(8) == 0) {
          assertEquals(List.of(), db.verify(), "halfway through " + call);
        }
      } finally {
        isLooking = false;
      }
    }

    private void look(Held one) {
      int key = random.nextInt(KEYS);
      TreeSet<Long> found = new TreeSet<>();
      try (TidCursor cursor = db.gin("i").search(one.snapshot(), ArrayOps.containsAll(key))) {
        while (cursor.next()) {
          found.add(cursor.tid());
        }
      } catch (SnapshotExpiredException e) {
        return;
      }
      assertEquals(one.rows().getOrDefault(key, new TreeSet<>()), found, "key " + key);
    }

    void run() {
      for (int step = 0; step < 60; step++) {
        change();
        if (random.nextInt(3) == 0) {
          held.add(new Held(db.snapshot(), copy()));
        }
        if (held.size() > MOST_HELD) {
          held.remove().snapshot().close();
        }
        if (random.nextInt(4) == 0) {
          db.checkpoint();
        }
      }
      held.forEach(one -> one.snapshot().close());
      held.clear();
      disk.hook(null);
      db.close();
      disk.close();
    }

    private void change() {
      try (WriteBatch batch = db.begin(Durability.sync())) {
        for (int i = 0; i < 40; i++) {
          int key = random.nextInt(KEYS);
          TreeSet<Long> tids = rows.computeIfAbsent(key, k -> new TreeSet<>());
          if (tids.isEmpty() || random.nextInt(3) > 0) {
            long tid = random.nextLong(1L << 40);
            db.gin("i").insert(batch, tid, List.of(key));
            tids.add(tid);
          } else {
            long tid = tids.pollFirst();
            db.gin("i").delete(batch, tid, List.of(key));
          }
        }
        batch.commit();
      }
    }

    private Map<Integer, TreeSet<Long>> copy() {
      Map<Integer, TreeSet<Long>> copy = new TreeMap<>();
      rows.forEach((key, tids) -> copy.put(key, new TreeSet<>(tids)));
      return copy;
    }
  }

  @Test
  void nobodySeesHalfAPage() throws Exception {
    int wanted = Tier.current().count(FULL_LOOKS);
    Tier.current()
        .rounds(
            TestSeed.forTest("HalfWrittenPagesTest"),
            seed -> {
              long looks = 0;
              for (long at = seed; looks < wanted; at++) {
                Round round = new Round(at);
                try {
                  round.run();
                } catch (Throwable t) {
                  throw new AssertionError(
                      "mvn -B -ntp -pl storage test -Dtest=HalfWrittenPagesTest -Ddjinn.seed=" + at,
                      t);
                }
                assertTrue(round.looks > 0);
                looks += round.looks;
              }
              System.out.println("looks at half-written pages: " + looks);
            });
  }
}
