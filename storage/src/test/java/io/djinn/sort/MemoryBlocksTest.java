package io.djinn.sort;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import org.junit.jupiter.api.Test;

class MemoryBlocksTest {
  private static final int BLOCK_BYTES = 8 << 10;
  private static final int KEY_BYTES = 10;
  private static final long LENT = 600 << 10;
  private static final long MERGE = 500 << 10;
  private static final long LIMIT = 1_000 << 10;

  /** Bytes of records that take so many blocks. */
  private static long recordsOf(int blocks) {
    return (long) blocks * (BLOCK_BYTES - MemoryBlocks.RECORDS - KEY_BYTES);
  }

  @Test
  void lentBytesThatCameBackAreNotCountedTwiceForMerging() {
    MemoryAccount account = new MemoryAccount("test", LIMIT);
    try (MemoryBlocks blocks = new MemoryBlocks(account, BLOCK_BYTES, 0, MERGE, LENT)) {
      try (MemoryRegion arena = MemoryRegion.allocate(account, LENT)) {
        assertEquals(LENT, arena.sizeBytes());
        assertEquals(LIMIT - LENT, blocks.spareBytes());
        assertNotNull(blocks.tryReserve(recordsOf(16), KEY_BYTES));
        blocks.givesBack(LENT);
        assertNull(blocks.tryReserve(recordsOf(1), KEY_BYTES), "merging would find too little");
      }
      long left = LIMIT - 16 * BLOCK_BYTES;
      assertEquals(left, account.leftBytes());
      assertEquals(left - MERGE - KEY_BYTES, blocks.spareBytes());
      assertNotNull(blocks.tryReserve(recordsOf(16), KEY_BYTES));
      assertNotNull(blocks.tryReserve(recordsOf(16), KEY_BYTES));
      assertNull(blocks.tryReserve(recordsOf(16), KEY_BYTES));
      assertEquals(48 * BLOCK_BYTES, blocks.heldBytes());
    }
    assertEquals(0, account.usedBytes());
  }

  @Test
  void theReserveIsLeftHoweverMuchIsLent() {
    MemoryAccount account = new MemoryAccount("test", LIMIT);
    try (MemoryBlocks blocks =
        new MemoryBlocks(account, BLOCK_BYTES, LIMIT - 20 * BLOCK_BYTES, MERGE, LENT)) {
      assertNotNull(blocks.tryReserve(recordsOf(16), KEY_BYTES));
      assertNull(blocks.tryReserve(recordsOf(5), KEY_BYTES));
    }
    assertEquals(0, account.usedBytes());
  }
}
