package io.djinn.wal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.memory.MemoryAccount;
import io.djinn.memory.NativeMemory;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is appended is what is read, wherever sectors, blocks and segments end. */
class LogRoundTripTest {
  private static final long STORE_ID = 77;
  private static final long START_LSN = 1_000_003;
  private static final int SEGMENT_BYTES = 64 << 10;

  private final MemoryAccount account = new MemoryAccount("test", Long.MAX_VALUE);
  private final SimVfs vfs = new SimVfs(1 << 20);
  private final SimEnv env = new SimEnv(vfs, 1);
  private final List<byte[]> appended = new ArrayList<>();
  private final List<Long> positions = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();
  private LogWriter log;
  private long batch;
  private int synced;

  @BeforeEach
  void open() throws Exception {
    vfs.createDirectory("wal");
    log =
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
            failures::add,
            () -> synced++);
  }

  @AfterEach
  void nothingIsLeft() {
    log.close();
    assertEquals(0, account.usedBytes());
    assertEquals(List.of(), failures);
    vfs.close();
  }

  private void append(int... lengths) {
    long bytes = 0;
    for (int length : lengths) {
      bytes += length + LogRecords.OVERHEAD_BYTES;
    }
    log.reserve(bytes);
    log.begin();
    for (int length : lengths) {
      byte[] body = new byte[length];
      new SplittableRandom(appended.size()).nextBytes(body);
      positions.add(log.nextLsn());
      NativeMemory.copyFromArray(body, 0, log.body(), length);
      log.append(length);
      appended.add(body);
    }
    log.end(++batch);
  }

  private void readBack() throws Exception {
    log.awaitSynced(log.appendedLsn());
    try (LogReader reader = new LogReader(vfs, STORE_ID, account)) {
      reader.select(5, START_LSN, Long.MAX_VALUE, 0);
      assertTrue(reader.seek(START_LSN));
      for (int i = 0; i < appended.size(); i++) {
        assertTrue(reader.next(), reader.stop());
        assertEquals(positions.get(i), reader.recordLsn());
        byte[] body = new byte[reader.bodyLength()];
        NativeMemory.copyToArray(reader.body(), body, 0, body.length);
        assertArrayEquals(appended.get(i), body);
      }
      assertFalse(reader.next());
      assertTrue(reader.lsn() >= reader.highestSyncedLsn());
    }
  }

  @Test
  void recordsOfEveryLengthInBatchesOfTheirOwn() throws Exception {
    for (int length = 1; length <= 1_200; length++) {
      append(length);
    }
    readBack();
  }

  @Test
  void recordsOfEveryLengthEachSynced() throws Exception {
    for (int length = 1; length <= 600; length++) {
      append(length);
      log.awaitSynced(log.appendedLsn());
    }
    readBack();
  }

  @Test
  void largeBatchesAcrossSegmentsThroughARingOfEightBlocks() throws Exception {
    int[] lengths = new int[90];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = 1 + i * 97 % 5_000;
    }
    for (int i = 0; i < 4; i++) {
      append(lengths);
    }
    append(LogFormat.MAX_BODY_BYTES, 1, LogFormat.MAX_BODY_BYTES);
    readBack();
  }

  @Test
  void randomBatchesWithSyncsInBetween() throws Exception {
    SplittableRandom random = new SplittableRandom(io.djinn.testkit.TestSeed.forTest("log"));
    for (int i = 0; i < 500; i++) {
      int[] lengths = new int[1 + random.nextInt(6)];
      for (int at = 0; at < lengths.length; at++) {
        lengths[at] = 1 + random.nextInt(random.nextInt(10) == 0 ? 9_000 : 700);
      }
      append(lengths);
      switch (random.nextInt(4)) {
        case 0 -> log.awaitSynced(log.appendedLsn());
        case 1 -> env.runAgents();
        default -> {}
      }
      if (random.nextInt(50) == 0) {
        readBack();
      }
    }
    readBack();
  }

  @Test
  void whatIsDueWhileABatchIsBeingAppendedIsSyncedAtItsEnd() {
    append(100);
    log.requestSyncWithin(1_000_000);
    long end = log.appendedLsn();
    log.reserve(1_000);
    log.begin();
    log.append(200);
    env.advance(2_000_000);
    env.runAgents();
    assertEquals(0, synced);
    log.end(++batch);
    env.runAgents();
    assertTrue(log.syncedLsn() >= end, "synced " + log.syncedLsn() + " of " + end);
    assertEquals(2, log.durableBatch());
  }

  @Test
  void manyBatchesWithoutASyncBecomeDurableTogether() {
    for (int i = 0; i < 10_000; i++) {
      append(20);
    }
    assertTrue(log.durableBatch() < 10_000);
    log.awaitSynced(log.appendedLsn());
    assertEquals(10_000, log.durableBatch());
  }
}
