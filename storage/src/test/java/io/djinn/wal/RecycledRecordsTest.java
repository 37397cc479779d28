package io.djinn.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.memory.MemoryAccount;
import io.djinn.memory.NativeMemory;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The log ends where its own records end, whatever an earlier use left in the segment. */
class RecycledRecordsTest {
  private static final long STORE_ID = 77;
  private static final long START_LSN = 4096;
  private static final int SEGMENT_BYTES = 16 << 10;
  private static final int BODY_BYTES = 100;

  private final MemoryAccount account = new MemoryAccount("test", 1 << 20);

  @Test
  void recordsOfTheSegmentsEarlierUseAreNotRead() throws Exception {
    try (SimVfs vfs = new SimVfs(1 << 20)) {
      vfs.createDirectory("wal");
      SimEnv env = new SimEnv(vfs, 1);
      int records = 0;
      try (LogWriter log =
          new LogWriter(
              env,
              STORE_ID,
              5,
              1,
              START_LSN,
              0,
              SEGMENT_BYTES,
              8 * LogFormat.BLOCK_BYTES,
              List.of(),
              List.of(),
              account,
              failure -> {},
              () -> {})) {
        // Every segment is filled, the older ones are used again, and the last one is begun.
        long segments = 6;
        long end = START_LSN + segments * LogFormat.payloadBytes(SEGMENT_BYTES);
        while (log.nextLsn() < end + BODY_BYTES) {
          log.reserve(BODY_BYTES + LogRecords.OVERHEAD_BYTES);
          log.begin();
          NativeMemory.fill(log.body(), BODY_BYTES, 1 + records % 100);
          log.append(BODY_BYTES);
          log.end(++records);
          log.awaitSynced(log.appendedLsn());
          log.segments().recycleBelow(log.appendedLsn());
          env.runAgents();
        }
      }
      read(vfs);
    }
    assertEquals(0, account.usedBytes());
  }

  private void read(SimVfs vfs) throws Exception {
    try (LogReader reader = new LogReader(vfs, STORE_ID, account)) {
      reader.select(5, START_LSN, Long.MAX_VALUE, 0);
      List<LogReader.SegmentFile> files = reader.files();
      int used = 0;
      for (LogReader.SegmentFile file : files) {
        assertTrue(reader.seek(file.startLsn()));
        int inSegment = 0;
        while (reader.next()) {
          assertEquals(BODY_BYTES, reader.bodyLength());
          inSegment++;
        }
        used += inSegment > 0 ? 1 : 0;
        // One that is prepared holds the records of its earlier use, and none of its own.
        assertFalse(inSegment > 2, file + " has " + inSegment + " records");
      }
      assertEquals(1, used);
    }
  }
}
