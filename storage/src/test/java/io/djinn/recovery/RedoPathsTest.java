package io.djinn.recovery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.batch.SyncMode;
import io.djinn.buffer.PageFile;
import io.djinn.file.OpenMode;
import io.djinn.file.RawFile;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.testkit.CrashMode;
import io.djinn.testkit.Oracle;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.wal.LogReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedoPathsTest {
  private static final PageStoreOptions OPTIONS =
      new PageStoreOptions(512, 1024 * 512, 64 << 10, 64 * (64 << 10), 64 << 10, 1_000_000_000L);
  private static final int ALL_PAGES = 1024;
  private static final int FEW_PAGES = 17;
  private static final int LONGEST_BATCH = 1 << 20;

  private final SimVfs vfs = new SimVfs();
  private final MemoryAccount account = new MemoryAccount("test", 64 << 20);
  private PageSession session;
  private boolean isBuiltToTheEnd;
  private boolean isBuiltInPart;

  @BeforeEach
  void writeLog() throws Exception {
    Oracle<PageState> oracle = Oracle.startingWith(PageState.EMPTY);
    session = PageSession.open(new SimEnv(vfs, 3), OPTIONS);
    session.commit(oracle, SyncMode.SYNC, session.allocate(100));
    for (int round = 0; round < 30; round++) {
      session.commit(oracle, SyncMode.SYNC, session.edit(1 + round % 7));
    }
    session.commit(oracle, SyncMode.SYNC, session.edit(40), session.rewrite(150));
    for (int round = 0; round < 30; round++) {
      session.commit(oracle, SyncMode.SYNC, session.edit(1 + round % 5));
    }
  }

  @AfterEach
  void close() throws Exception {
    session.close();
    vfs.close();
    assertEquals(0, account.usedBytes());
  }

  @Test
  void pagesAppliedOnTheWayToTheEndEqualThoseBuiltRangeByRange() throws Exception {
    byte[] atOnce = redone(ALL_PAGES, LONGEST_BATCH);
    assertTrue(isBuiltToTheEnd);
    byte[] inRanges = redone(FEW_PAGES, LONGEST_BATCH);
    assertTrue(!isBuiltToTheEnd && !isBuiltInPart);
    assertArrayEquals(inRanges, atOnce);
  }

  @Test
  void behindABatchTooLongToBeHeldTheLogIsReadAgain() throws Exception {
    byte[] inRanges = redone(FEW_PAGES, LONGEST_BATCH);
    // The first batches have images of a few pages, a later one those of many.
    boolean wasCutInTheMiddle = false;
    for (int heldBytes = 256; heldBytes < 128 << 10; heldBytes *= 2) {
      assertArrayEquals(inRanges, redone(ALL_PAGES, heldBytes));
      wasCutInTheMiddle |= isBuiltInPart;
    }
    assertTrue(wasCutInTheMiddle);
  }

  /** Redoes what a crash now would leave; the page file then. */
  private byte[] redone(int maxPages, long heldBytes) throws Exception {
    try (SimVfs image = vfs.crash(CrashMode.ALL, 1);
        ControlFile control = ControlFile.open(image);
        LogReader reader = new LogReader(image, control.state().storeId(), account);
        PageFile file =
            new PageFile(
                image.open(PageFile.NAME, OpenMode.READ_WRITE),
                OPTIONS.pageSizeBytes(),
                control.state().storeId(),
                OPTIONS.mapChunkBytes(),
                failure -> {});
        Redo redo = new Redo(reader, control.state(), PageStoreTest.TABLE)) {
      ControlFile.State state = control.state();
      reader.select(state.epoch(), state.startLsn(), state.takeoverLsn(), state.takeoverEpoch());
      redo.findEnd(file, maxPages, heldBytes, account);
      isBuiltToTheEnd = redo.builtLsn() == redo.endLsn();
      isBuiltInPart = redo.builtLsn() > state.redoLsn() && !isBuiltToTheEnd;
      assertTrue(redo.apply(file, maxPages, account) > FEW_PAGES);
      int bytes = file.pageCount() * OPTIONS.pageSizeBytes();
      byte[] content = new byte[bytes];
      try (MemoryRegion copy = MemoryRegion.allocate(account, bytes);
          RawFile raw = image.open(PageFile.NAME, OpenMode.READ_ONLY)) {
        raw.readFully(0, copy.address(), bytes);
        NativeMemory.copyToArray(copy.address(), content, 0, bytes);
      }
      return content;
    }
  }
}
