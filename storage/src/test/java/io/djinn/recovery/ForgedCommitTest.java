package io.djinn.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.memory.MemoryAccount;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.wal.LogReader;
import io.djinn.wal.LogRecords;
import io.djinn.wal.LogWriter;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A COMMIT ends a batch only if its number, its first position and its record count fit. */
class ForgedCommitTest {
  private static final long STORE_ID = 77;
  private static final long START_LSN = 4096;
  private static final int SEGMENT_BYTES = 64 << 10;

  /** What is wrong with the COMMIT of the second batch. */
  enum Forgery {
    NONE(0, 0, 0),
    NUMBER(1, 0, 0),
    OLD_NUMBER(-1, 0, 0),
    FIRST_LSN(0, -16, 0),
    ONE_RECORD_MORE(0, 0, 1),
    ONE_RECORD_LESS(0, 0, -1);

    private final int number;
    private final int firstLsn;
    private final int records;

    Forgery(int number, int firstLsn, int records) {
      this.number = number;
      this.firstLsn = firstLsn;
      this.records = records;
    }
  }

  private final MemoryAccount account = new MemoryAccount("test", 1 << 20);

  @ParameterizedTest
  @EnumSource
  void whatDoesNotFitIsTheEndOfTheLog(Forgery forgery) throws Exception {
    try (SimVfs vfs = new SimVfs(1 << 20)) {
      vfs.createDirectory("wal");
      SimEnv env = new SimEnv(vfs, 1);
      try (LogWriter log =
          new LogWriter(
              env,
              STORE_ID,
              5,
              1,
              START_LSN,
              0,
              SEGMENT_BYTES,
              8 * 4096,
              List.of(),
              List.of(),
              account,
              failure -> {},
              () -> {})) {
        append(log, 1, Forgery.NONE);
        append(log, 2, forgery);
        append(log, 3, Forgery.NONE);
      }
      try (LogReader reader = new LogReader(vfs, STORE_ID, account)) {
        reader.select(5, START_LSN, Long.MAX_VALUE, 0);
        Redo redo =
            new Redo(
                reader,
                new ControlFile.State(
                    STORE_ID, 512, 1, START_LSN, 0, 5, START_LSN, Long.MAX_VALUE, 0),
                PageStoreTest.TABLE);
        redo.findEnd();
        assertEquals(forgery == Forgery.NONE ? 3 : 1, redo.lastBatch());
        assertTrue(redo.endLsn() > START_LSN);
      }
    }
    assertEquals(0, account.usedBytes());
  }

  /** Two records and a COMMIT; nothing is synced in between, so no end is known to be too low. */
  private static void append(LogWriter log, long batch, Forgery forgery) {
    log.reserve(4096);
    log.begin();
    long first = log.nextLsn();
    for (int pageNo = 1; pageNo <= 2; pageNo++) {
      log.append(LogRecords.beginEdits(log.body(), pageNo));
    }
    log.append(
        LogRecords.encodeCommit(
            log.body(), batch + forgery.number, first + forgery.firstLsn, 2 + forgery.records));
    log.end(batch);
  }
}
