package io.djinn.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.batch.SyncMode;
import io.djinn.error.CorruptLogException;
import io.djinn.testkit.CrashMode;
import io.djinn.testkit.Family;
import io.djinn.testkit.IoOp;
import io.djinn.testkit.Oracle;
import io.djinn.testkit.ProofPart;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.SimulatedCrash;
import io.djinn.testkit.TestSeed;
import io.djinn.testkit.Tier;
import io.djinn.wal.LogFormat;
import io.djinn.wal.LogReader;
import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * The log cut or garbled at every byte of its last records: above what is known to be synced it
 * ends there, below it is refused with nothing changed.
 */
class LogEndTest {
  private static final PageStoreOptions OPTIONS = PageWorkload.OPTIONS;
  private static final int LAST_RECORDS = 3;

  /** What stands where the log was. */
  private enum Junk {
    ZEROS,
    RANDOM,
    /** What an older segment of the same run has there. */
    OLDER_SEGMENT,
    /** What an earlier run of the store has there. */
    OLDER_EPOCH
  }

  /** How the log is damaged from a byte on. */
  private enum Extent {
    ALL_BEHIND,
    ONE_BYTE,
    REST_OF_SECTOR
  }

  /** How the last batches look. */
  private enum Shape {
    SMALL_SYNCED(false, false, true),
    SMALL(false, false, false),
    LARGE_SYNCED(true, false, true),
    LARGE(true, false, false),
    ACROSS_SEGMENTS_SYNCED(true, true, true),
    ACROSS_SEGMENTS(true, true, false);

    private final boolean isLarge;
    private final boolean crossesSegments;
    private final boolean isSynced;

    Shape(boolean isLarge, boolean crossesSegments, boolean isSynced) {
      this.isLarge = isLarge;
      this.crossesSegments = crossesSegments;
      this.isSynced = isSynced;
    }
  }

  /** A store that was killed, and what it held after each of its batches. */
  private static final class Killed implements AutoCloseable {
    final Map<PageState, Integer> states = new HashMap<>();
    SimVfs image;
    byte[] olderEpoch;

    @Override
    public void close() {
      image.close();
    }
  }

  private static Killed make(Shape shape) throws IOException {
    Killed killed = new Killed();
    SimVfs disk = new SimVfs(1 << 20);
    Oracle<PageState> oracle = Oracle.startingWith(PageState.EMPTY);
    PageSession first = PageSession.open(new SimEnv(disk, 1), OPTIONS);
    first.commit(oracle, SyncMode.SYNC, first.allocate(24));
    for (int i = 0; i < 10; i++) {
      first.commit(oracle, SyncMode.SYNC, first.rewrite(16));
    }
    killed.olderEpoch = disk.bytes(lastSegment(disk));
    SimVfs second = disk.reopen();
    PageSession session = PageSession.open(new SimEnv(second, 2), OPTIONS);
    killed.states.put(oracle.current(), 0);
    int commits = 0;
    boolean isEnough;
    do {
      SyncMode mode = commits % 3 == 2 ? SyncMode.NONE : SyncMode.SYNC;
      session.commit(
          oracle, mode, shape.isLarge ? session.rewrite(20) : session.edit(1 + commits % 3));
      killed.states.put(oracle.current(), ++commits);
      // The batch after this one is the last.
      isEnough = commits >= 6 && (!shape.crossesSegments || isNearEnd(second));
    } while (!isEnough);
    if (shape.isSynced) {
      session.commit(oracle, SyncMode.SYNC, shape.isLarge ? session.rewrite(20) : session.edit(2));
    } else {
      // Written, but the sync never came.
      second.hook(
          call -> {
            if (call.op() == IoOp.SYNC && call.name().startsWith("wal/")) {
              throw new SimulatedCrash("before the sync");
            }
          });
      assertThrows(
          SimulatedCrash.class,
          () ->
              session.commit(
                  oracle, SyncMode.SYNC, shape.isLarge ? session.rewrite(20) : session.edit(2)));
    }
    killed.states.put(oracle.current(), ++commits);
    killed.image = second.crash(CrashMode.ALL, 1);
    second.end("killed");
    second.close();
    return killed;
  }

  /** Whether a large batch would cross into the next segment. */
  private static boolean isNearEnd(SimVfs disk) throws IOException {
    SimVfs copy = disk.crash(CrashMode.ALL, 1);
    try {
      LogBytes log = new LogBytes(copy);
      return log.offset(log.endLsn - 1) > OPTIONS.logSegmentBytes() - 6_000;
    } finally {
      copy.close();
    }
  }

  private static String lastSegment(SimVfs disk) throws IOException {
    return "wal/"
        + disk.list("wal").stream()
            .filter(LogReader::isSegmentName)
            .sorted()
            .findFirst()
            .orElseThrow();
  }

  private static byte[] junk(Junk junk, Killed killed, LogBytes log, String file, long seed)
      throws IOException {
    byte[] bytes = new byte[OPTIONS.logSegmentBytes()];
    switch (junk) {
      case ZEROS -> {}
      case RANDOM -> new java.util.Random(seed).nextBytes(bytes);
      case OLDER_SEGMENT -> {
        // The one before, or the start of this one where it is the first.
        String older = log.segments().get(0).name();
        byte[] from = killed.image.bytes(older);
        int shift = older.equals(file) ? 2 * LogFormat.BLOCK_BYTES : 0;
        System.arraycopy(from, 0, bytes, shift, bytes.length - shift);
      }
      case OLDER_EPOCH -> System.arraycopy(killed.olderEpoch, 0, bytes, 0, bytes.length);
    }
    return bytes;
  }

  @Test
  void aLogDamagedInItsLastRecordsEndsThereOrIsRefused() throws Exception {
    Tier tier = Tier.current();
    long seed = TestSeed.forTest("LogEndTest");
    int[] outcomes = new int[2];
    try (ProofPart part = new ProofPart(Family.LOG_END, "last-records")) {
      tier.rounds(
          seed,
          round -> {
            for (Shape shape : Shape.values()) {
              try (Killed killed = make(shape)) {
                sweep(shape, killed, round, part, outcomes);
              }
            }
          });
      System.out.println(
          "ends of the log: " + outcomes[0] + " refused, " + outcomes[1] + " cut, " + part.cases());
      assertTrue(part.cases() >= tier.count(20_000), part.cases() + " cases");
      assertTrue(outcomes[1] > 100);
    }
  }

  private static void sweep(Shape shape, Killed killed, long seed, ProofPart part, int[] outcomes)
      throws IOException {
    LogBytes log = new LogBytes(killed.image);
    int last = log.records.size() - 1;
    if (shape.crossesSegments) {
      while (log.file(log.records.get(last).lsn()).equals(log.file(log.endLsn - 1))) {
        last--;
      }
      last++;
    }
    LogBytes.Placed first = log.records.get(last - LAST_RECORDS + 1);
    LogBytes.Placed end = log.records.get(last);
    SplittableRandom random = new SplittableRandom(seed ^ shape.ordinal());
    int stride = Tier.current() == Tier.QUICK ? 6 : 1;
    for (Junk junk : Junk.values()) {
      for (Extent extent : Extent.values()) {
        int from = stride == 1 ? 0 : random.nextInt(stride);
        for (long lsn = first.lsn() + from; lsn < end.lsn() + end.bytes(); lsn += stride) {
          String file = log.file(lsn);
          byte[] bytes = junk(junk, killed, log, file, seed + lsn);
          if (damage(killed, log, lsn, extent, bytes, shape + " " + junk, seed, part, outcomes)) {
            part.add(1);
          }
        }
      }
    }
  }

  /** Damages a copy and opens it; false where the junk is what stood there. */
  private static boolean damage(
      Killed killed,
      LogBytes log,
      long lsn,
      Extent extent,
      byte[] junk,
      String what,
      long seed,
      ProofPart part,
      int[] outcomes)
      throws IOException {
    SimVfs image = killed.image.crash(CrashMode.NONE, 1);
    try {
      String file = log.file(lsn);
      byte[] was = killed.image.bytes(file);
      int at = (int) log.offset(lsn);
      int to =
          switch (extent) {
            case ONE_BYTE -> at + 1;
            case REST_OF_SECTOR -> (at | LogFormat.SECTOR_BYTES - 1) + 1;
            case ALL_BEHIND -> Math.min(was.length, (int) log.offset(log.endLsn - 1) + 4_096);
          };
      if (!file.equals(log.file(log.endLsn - 1)) && extent == Extent.ALL_BEHIND) {
        to = was.length;
      }
      boolean isChanged = false;
      for (int i = at; i < to; i++) {
        if (was[i] != junk[i]) {
          image.overwrite(file, i, junk[i]);
          isChanged = true;
        }
      }
      if (!isChanged) {
        return false;
      }
      long hash = image.durableHash();
      try (PageSession reopened = PageSession.open(SimEnv.ofDamaged(image, 3), OPTIONS)) {
        Integer state = killed.states.get(reopened.read());
        assertTrue(state != null, "no state of the store was found");
        int least = committedBefore(log, Math.max(lsn, log.syncedLsn));
        int most = committedBefore(log, log.endLsn);
        int lost = most - state;
        assertTrue(most - least >= lost, "lost " + lost + " batches of " + (most - least));
        outcomes[1]++;
      } catch (CorruptLogException e) {
        assertTrue(lsn < log.syncedLsn, e.getMessage());
        assertEquals(0, image.unsyncedEffects());
        assertEquals(hash, image.durableHash());
        outcomes[0]++;
      }
      return true;
    } catch (Throwable t) {
      part.failed(1);
      throw new AssertionError(
          what
              + " "
              + extent
              + " from LSN "
              + lsn
              + ", synced "
              + log.syncedLsn
              + "; again with: mvn -pl storage test -Dtest=LogEndTest -Ddjinn.tier="
              + Tier.current().name().toLowerCase(Locale.ROOT)
              + " -Ddjinn.seed="
              + seed,
          t);
    } finally {
      image.close();
    }
  }

  /** Batches whose COMMIT ends at or below a position. */
  private static int committedBefore(LogBytes log, long lsn) {
    int batches = 0;
    for (LogBytes.Placed record : log.records) {
      batches += record.isCommit() && record.lsn() + record.bytes() <= lsn ? 1 : 0;
    }
    return batches;
  }
}
