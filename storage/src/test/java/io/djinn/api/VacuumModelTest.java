package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.VacuumCancelledException;
import io.djinn.gin.GinReferences;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.page.StepReader;
import io.djinn.testkit.Family;
import io.djinn.testkit.ProofPart;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.TestSeed;
import io.djinn.testkit.Tier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;

/**
 * Whatever vacuum calls dead, the index answers like a map from which those rows were taken, also
 * where rows come and go, snapshots are held or given up, or it is cancelled in the middle.
 */
class VacuumModelTest {
  private static final int FULL_HISTORIES = 40;
  private static final int VACUUMS = 6;
  private static final int LEVELS = 3;
  private static final int KEYS = 400;
  private static final int TIDS = 9_000;

  /** In nearly every row: their posting trees grow deep. */
  private static final int FREQUENT_KEYS = 2;

  private static final DjinnOptions TINY =
      DjinnTest.TINY.withFrameMemoryBytes(768 * 512).withDurability(Durability.none());

  @Test
  void vacuumLeavesWhatIsNotDeadAndNothingElse() throws Exception {
    long first = TestSeed.forTest("VacuumModelTest");
    try (ProofPart operations = new ProofPart(Family.MODEL_OPERATIONS, "vacuum");
        ProofPart queries = new ProofPart(Family.MODEL_QUERIES, "vacuum")) {
      Tier.current()
          .rounds(
              first,
              seed -> {
                for (int i = 0; i < Tier.current().count(FULL_HISTORIES); i++) {
                  run(seed + i, operations, queries);
                }
              });
    }
  }

  private static void run(long seed, ProofPart operations, ProofPart queries) throws Exception {
    try (SimVfs disk = new SimVfs();
        History history = new History(disk, seed)) {
      try {
        history.run();
      } catch (Throwable t) {
        operations.failed(1);
        throw new AssertionError(
            "history "
                + seed
                + ": "
                + t
                + "\n  mvn -B -ntp -pl storage test -Dtest=VacuumModelTest -Ddjinn.tier="
                + Tier.current().name().toLowerCase(Locale.ROOT)
                + " -Ddjinn.seed="
                + seed,
            t);
      }
      operations.add(history.operations);
      queries.add(history.queries);
    }
  }

  /** One store with its model. */
  private static final class History implements AutoCloseable {
    private final SplittableRandom random;
    private final Djinn db;
    private final GinIndex index;
    private final List<String> keys;
    private final long spread;
    private final TreeMap<Long, List<String>> rows = new TreeMap<>();
    private long operations;
    private long queries;

    /** A snapshot held, and what it must show. */
    private Snapshot held;

    private Map<String, List<Long>> heldState;
    private int entryLevels;
    private int postingLevels;

    History(SimVfs disk, long seed) {
      random = new SplittableRandom(seed);
      db = Djinn.open(new SimEnv(disk, seed), TINY);
      index =
          db.createGin(
              "tags",
              GinSpec.column("v", ArrayOps.ofStrings()).withFastUpdate(random.nextBoolean()));
      spread = random.nextBoolean() ? 1 : (1L << 28) + random.nextLong(1L << 33);
      TreeSet<String> distinct = new TreeSet<>();
      while (distinct.size() < KEYS) {
        distinct.add(
            "k".repeat(random.nextInt(80)) + Integer.toString(random.nextInt(1 << 20), 36));
      }
      keys = new ArrayList<>(distinct);
    }

    void run() {
      for (int vacuum = 0; vacuum < VACUUMS; vacuum++) {
        fill(vacuum == 0 ? TIDS : random.nextInt(1_000));
        measureLevels();
        vacuum(deadSet());
        compare("after vacuum " + vacuum);
      }
      vacuumEverything();
      if (spread > 1) {
        // How full merging leaves pages decides on one more.
        assertTrue(postingLevels >= LEVELS - 1, "posting levels " + postingLevels);
      }
      assertTrue(entryLevels >= LEVELS, "entry levels " + entryLevels);
    }

    /** All rows go: what is left is as good as a new index. */
    private void vacuumEverything() {
      fill(500);
      VacuumReport report = index.vacuum(tid -> true, VacuumOptions.defaults());
      rows.clear();
      compare("after the last vacuum");
      try (Snapshot snapshot = db.snapshot()) {
        GinStats stats = index.stats(snapshot);
        assertEquals(
            List.of(2L, 1L, 0L, 0L, 0L),
            List.of(
                stats.totalPages(),
                stats.entryPages(),
                stats.postingPages(),
                stats.keys(),
                stats.tids()));
      }
      assertEquals(report.tidsTested(), report.tidsRemoved());
      assertEquals(report.keysWalked(), report.keysRemoved());
      assertTrue(report.pagesFreed() > 0, report.toString());
    }

    private void fill(int count) {
      for (int done = 0; done < count; done += 50) {
        change(50, tid -> false);
      }
    }

    /** A batch of rows that come or go, none of them one of those that may not. */
    private void change(int count, LongPredicate isUntouchable) {
      try (WriteBatch batch = db.begin()) {
        for (int i = 0; i < count; i++) {
          long tid = random.nextInt(TIDS) * spread;
          if (isUntouchable.test(tid)) {
            continue;
          }
          List<String> before = rows.remove(tid);
          if (before != null) {
            index.delete(batch, tid, before);
          }
          if (before == null || random.nextInt(4) > 0) {
            List<String> value = new ArrayList<>();
            for (int key = 0; key < FREQUENT_KEYS; key++) {
              if (random.nextInt(10) > 0) {
                value.add(keys.get(key * (KEYS / FREQUENT_KEYS)));
              }
            }
            value.add(keys.get(random.nextInt(KEYS)));
            rows.put(tid, value);
            index.insert(batch, tid, value);
          }
          operations++;
        }
        batch.commit();
      }
    }

    /** Some TIDs of the rows there are, and some of none. */
    private TidSet deadSet() {
      TidSet.Builder dead = new TidSet.Builder();
      switch (random.nextInt(5)) {
        case 0 -> {
          long from = random.nextInt(TIDS) * spread;
          dead.addRange(from, from + random.nextInt(4_000) * spread);
        }
        case 1 -> dead.add(random.nextInt(TIDS) * spread);
        default -> {
          int chance = 1 + random.nextInt(100);
          for (int i = TIDS - 1; i >= 0; i--) {
            if (random.nextInt(100) < chance) {
              dead.add(i * spread);
            }
          }
        }
      }
      return dead.build();
    }

    private void vacuum(TidSet dead) {
      boolean isGuarded = random.nextBoolean();
      if (random.nextInt(3) == 0) {
        cancelled(dead, isGuarded);
      }
      VacuumProgress[] last = new VacuumProgress[1];
      int disturbances = random.nextInt(8);
      VacuumOptions options =
          VacuumOptions.defaults()
              .withSliceMicros(1 + random.nextInt(100))
              .withListener(
                  progress -> {
                    requireGrowing(last[0], progress);
                    last[0] = progress;
                    if (random.nextInt(40) < disturbances) {
                      disturb(dead, isGuarded);
                    }
                  });
      VacuumReport report =
          isGuarded ? index.vacuum(dead, options) : index.vacuum(dead::contains, options);
      rows.keySet().removeIf(dead::contains);
      assertEquals(last[0].tidsRemoved(), report.tidsRemoved());
      assertEquals(last[0].tidsTested(), report.tidsTested());
      operations += report.tidsRemoved();
      examineHeld();
    }

    private void requireGrowing(VacuumProgress before, VacuumProgress progress) {
      assertTrue(progress.fraction() >= 0 && progress.fraction() <= 1, progress.toString());
      if (before != null) {
        assertTrue(
            progress.tidsTested() >= before.tidsTested()
                && progress.tidsRemoved() >= before.tidsRemoved()
                && progress.keysWalked() >= before.keysWalked()
                && progress.fraction() >= before.fraction(),
            before + " " + progress);
      }
    }

    /** Rows that live are all there after a vacuum that was cancelled somewhere. */
    private void cancelled(TidSet dead, boolean isGuarded) {
      CancelToken token = new CancelToken();
      int[] countdown = {random.nextInt(60)};
      VacuumOptions options =
          VacuumOptions.defaults()
              .withSliceMicros(1 + random.nextInt(30))
              .withCancelToken(token)
              .withListener(
                  progress -> {
                    if (countdown[0]-- == 0) {
                      token.cancel();
                    }
                  });
      try {
        if (isGuarded) {
          index.vacuum(dead, options);
        } else {
          index.vacuum(dead::contains, options);
        }
        rows.keySet().removeIf(dead::contains);
      } catch (VacuumCancelledException e) {
        assertTrue(e.getMessage().contains("index \"tags\""), e.getMessage());
      }
      assertEquals(List.of(), db.verify());
      Map<String, List<Long>> state = state();
      Map<String, List<Long>> found = found();
      assertEquals(
          withoutDead(state, dead), withoutDead(found, dead), "rows that live, after cancelling");
      found.forEach(
          (key, tids) ->
              assertTrue(new HashSet<>(state.getOrDefault(key, List.of())).containsAll(tids), key));
    }

    private static Map<String, List<Long>> withoutDead(Map<String, List<Long>> all, TidSet dead) {
      Map<String, List<Long>> living = new TreeMap<>();
      all.forEach(
          (key, tids) -> {
            List<Long> left = tids.stream().filter(tid -> !dead.contains(tid)).toList();
            if (!left.isEmpty()) {
              living.put(key, left);
            }
          });
      return living;
    }

    /** What others do between the steps of a vacuum. */
    private void disturb(TidSet dead, boolean isGuarded) {
      switch (random.nextInt(10)) {
        case 0 -> hold();
        case 1 -> expire(dead);
        case 2 -> db.checkpoint();
        case 3 -> {
          if (isGuarded) {
            insertDead(dead);
          }
        }
        default -> change(1 + random.nextInt(20), dead::contains);
      }
    }

    private void hold() {
      if (held == null) {
        held = db.snapshot();
        heldState = found(held);
      }
    }

    private void examineHeld() {
      if (held == null) {
        return;
      }
      if (!held.isExpired()) {
        assertEquals(heldState, found(held), "through a snapshot held across a vacuum");
      }
      held.close();
      held = null;
    }

    /** Others write until the snapshot that vacuum reads is given up. */
    private void expire(TidSet dead) {
      try (Snapshot probe = db.snapshot()) {
        for (int i = 0; i < 200 && !probe.isExpired(); i++) {
          change(20, dead::contains);
        }
      }
    }

    private void insertDead(TidSet dead) {
      for (long tid : rows.keySet()) {
        if (dead.contains(tid)) {
          try (WriteBatch batch = db.begin()) {
            String message =
                assertThrows(
                        IllegalStateException.class, () -> index.insert(batch, tid, List.of("new")))
                    .getMessage();
            assertTrue(message.contains("TID " + tid) && message.contains("\"tags\""), message);
          }
          return;
        }
      }
    }

    private Map<String, List<Long>> state() {
      Map<String, List<Long>> state = new TreeMap<>();
      rows.forEach(
          (tid, value) ->
              new TreeSet<>(value)
                  .forEach(key -> state.computeIfAbsent(key, k -> new ArrayList<>()).add(tid)));
      return state;
    }

    private Map<String, List<Long>> found() {
      try (Snapshot snapshot = db.snapshot()) {
        return found(snapshot);
      }
    }

    private Map<String, List<Long>> found(Snapshot snapshot) {
      Map<String, List<Long>> found = new TreeMap<>();
      for (String key : keys) {
        List<Long> tids = new ArrayList<>();
        try (TidCursor cursor = index.search(snapshot, ArrayOps.containsAll(key))) {
          while (cursor.next()) {
            tids.add(cursor.tid());
          }
        }
        queries++;
        if (!tids.isEmpty()) {
          found.put(key, tids);
        }
      }
      return found;
    }

    private void compare(String when) {
      assertEquals(List.of(), db.verify(), when);
      Map<String, List<Long>> state = state();
      assertEquals(state, found(), when);
      index.flush();
      try (Snapshot snapshot = db.snapshot()) {
        GinStats stats = index.stats(snapshot);
        assertEquals(state.size(), stats.keys(), when);
        assertEquals(state.values().stream().mapToLong(List::size).sum(), stats.tids(), when);
      }
      assertFalse(db.isSealed(), when);
    }

    private void measureLevels() {
      index.flush();
      try (Snapshot snapshot = db.snapshot()) {
        db.inStep(
            snapshot,
            reader -> {
              measureLevels(reader);
              return null;
            });
      }
    }

    private void measureLevels(StepReader reader) {
      entryLevels = Math.max(entryLevels, Page.level(reader.page(index.root())) + 1);
      ArrayDeque<Integer> open = new ArrayDeque<>(List.of(index.root()));
      while (!open.isEmpty()) {
        int pageNo = open.poll();
        long page = reader.page(pageNo);
        if (PageKind.of(Page.kind(page)) == PageKind.POSTING_INNER) {
          postingLevels = Math.max(postingLevels, Page.level(page) + 1);
        } else {
          GinReferences.forEach(page, pageNo, reader.pageSizeBytes(), open::add);
        }
      }
    }

    @Override
    public void close() {
      if (held != null) {
        held.close();
      }
      db.close();
    }
  }
}
