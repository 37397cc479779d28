package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.CorruptIndexException;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.opclass.builtin.text.TsVectorOps;
import io.djinn.page.PageChecksum;
import io.djinn.testkit.CrashMode;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Positions that are none, on pages whose checksums are right, are found out by who reads them. */
class DamagedPayloadTest {
  private static final int PAGE_BYTES = DjinnTest.TINY.pageSizeBytes();
  private static final TsVectorOps DOCUMENTS = TsVectorOps.ofLiterals();
  private static final long DAMAGED_TID = 7;

  /** What the index keeps for {@code 100A,1000A}, and with a weight there is not. */
  private static final byte[] POSITIONS = {(byte) 0xC9, 1, 3, (byte) 0x88, 14};

  private static final int WEIGHT = 2;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void positionsThatAreNoneAreNamedByScansAndVerify(boolean isPending) throws Exception {
    try (SimVfs disk = new SimVfs(1 << 20)) {
      long storeId;
      try (Djinn db = Djinn.open(new SimEnv(disk, 1), DjinnTest.TINY)) {
        GinSpec spec = GinSpec.column("v", DOCUMENTS).withFastUpdate(isPending);
        GinIndex index = db.createGin("texts", spec);
        try (WriteBatch batch = db.begin()) {
          index.insert(batch, DAMAGED_TID, "cat:100A,1000A dog:101");
          index.insert(batch, 8, "cat:3 dog:4");
          batch.commit();
        }
        assertEquals(List.of(DAMAGED_TID, 8L), found(db, "cat <-> dog"));
        assertEquals(List.of(), db.verify());
        storeId = db.store().storeId();
      }
      damage(disk, storeId);
      try (Djinn db = Djinn.open(SimEnv.ofDamaged(disk, 2), DjinnTest.TINY)) {
        assertEquals(List.of(DAMAGED_TID, 8L), found(db, "cat & dog"));
        CorruptIndexException refused =
            assertThrows(CorruptIndexException.class, () -> found(db, "cat <-> dog"));
        assertEquals(DAMAGED_TID, refused.tid());
        assertEquals("texts", refused.index());
        assertTrue(refused.getMessage().startsWith("index \"texts\", TID 7: "), refused::toString);
        List<String> problems = db.verify();
        assertEquals(1, problems.size(), problems::toString);
        assertTrue(problems.get(0).startsWith("index texts: TID 7, "), problems::toString);
        assertFalse(db.isSealed());
      }
    }
  }

  private static List<Long> found(Djinn db, String query) {
    return DjinnTest.find(db, db.gin("texts"), DOCUMENTS.query("@@", query));
  }

  /** Changes the weight of the positions, and the checksum of every page they are on. */
  private static void damage(SimVfs disk, long storeId) throws IOException {
    byte[] pages;
    try (SimVfs image = disk.crash(CrashMode.NONE, 1)) {
      pages = image.bytes("pages");
    }
    int damaged = 0;
    for (int at = 0; at + POSITIONS.length <= pages.length; at++) {
      if (Arrays.equals(pages, at, at + POSITIONS.length, POSITIONS, 0, POSITIONS.length)) {
        pages[at + WEIGHT] = 4;
        disk.overwrite("pages", at + WEIGHT, 4);
        reseal(disk, pages, at / PAGE_BYTES, storeId);
        damaged++;
      }
    }
    assertTrue(damaged > 0, "the positions are on a page");
  }

  private static void reseal(SimVfs disk, byte[] pages, int pageNo, long storeId)
      throws IOException {
    try (MemoryRegion page =
        MemoryRegion.allocate(new MemoryAccount("page", Long.MAX_VALUE), PAGE_BYTES)) {
      NativeMemory.copyFromArray(pages, pageNo * PAGE_BYTES, page.address(), PAGE_BYTES);
      int sum = new PageChecksum(PAGE_BYTES, storeId).compute(page.address(), pageNo);
      for (int i = 0; i < Integer.BYTES; i++) {
        disk.overwrite("pages", (long) pageNo * PAGE_BYTES + i, sum >>> 8 * i);
      }
    }
  }
}
