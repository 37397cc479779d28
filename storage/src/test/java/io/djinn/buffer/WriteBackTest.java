package io.djinn.buffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.file.OpenMode;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.testkit.IoOp;
import io.djinn.testkit.SimVfs;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * No version goes into the file before the log that makes it is durable, and none waits for others.
 */
class WriteBackTest {
  private static final int PAGE_BYTES = 512;
  private static final int PAGE_NO = 3;

  private static final int LATER_PAGE_NO = 6;
  private static final int OTHER_PAGE_NO = 4;
  private static final int FRAMES = 8;
  private static final Runnable NOTHING = () -> {};

  @Test
  void aVersionIsWrittenOnceItsLogIsDurable() throws Exception {
    AtomicLong durable = new AtomicLong();
    withPages(
        durable,
        (vfs, versions, writeBack) -> {
          link(versions, PAGE_NO, 1);
          versions.snapshots().publish(1);
          assertEquals(
              0, writeBack.writeThrough(Long.MAX_VALUE, WriteBack.Mode.SKIP_NEEDED, NOTHING));
          durable.set(1);
          assertEquals(
              1, writeBack.writeThrough(Long.MAX_VALUE, WriteBack.Mode.SKIP_NEEDED, NOTHING));
          assertEquals(1, Page.batch(versions.file().mapped(PAGE_NO)));
        });
  }

  /** Waiting for a disk keeps the frames that go there, and no others, from being used again. */
  @Test
  void whatIsUnlinkedWhileOtherPagesAreWrittenIsFreeAtOnce() throws Exception {
    AtomicLong durable = new AtomicLong(1);
    withPages(
        durable,
        (vfs, versions, writeBack) -> {
          link(versions, PAGE_NO, 1);
          link(versions, LATER_PAGE_NO, 1);
          versions.snapshots().publish(1);
          AtomicBoolean done = new AtomicBoolean();
          vfs.hook(
              call -> {
                if (call.op() == IoOp.PWRITE && done.compareAndSet(false, true)) {
                  supersedeAll(versions, durable);
                }
              });
          assertEquals(2, writeBack.writeThrough(1, WriteBack.Mode.SKIP_NEEDED, NOTHING));
          assertTrue(done.get());
          assertEquals(1, Page.batch(versions.file().mapped(PAGE_NO)));
          assertEquals(1, Page.batch(versions.file().mapped(LATER_PAGE_NO)));
          assertEquals(FRAMES - 3, versions.freeFrames(), "those written are free behind it");
        });
  }

  /** Who waits for frames waits for one run at most. */
  @Test
  void framesOfARunAreFreeBeforeTheNextIsWritten() throws Exception {
    int pageBytes = 64 << 10;
    int pagesARun = (int) (WriteBack.RUN_BYTES / pageBytes);
    int pages = 2 * pagesARun + 1;
    MemoryAccount account = new MemoryAccount("test", 1L << 30);
    try (SimVfs vfs = new SimVfs(64 << 20);
        PageFile file =
            new PageFile(
                vfs.open(PageFile.NAME, OpenMode.CREATE_NEW), pageBytes, 7, 1 << 20, t -> {});
        PageVersions versions =
            new PageVersions(account, pages, file, new Steps(LockSupport::parkNanos), () -> 1);
        WriteBack writeBack = new WriteBack(versions, () -> 1, account)) {
      file.grow(pages + 1);
      for (int pageNo = 1; pageNo <= pages; pageNo++) {
        link(versions, pageNo, 1);
      }
      versions.snapshots().publish(1);
      List<Integer> free = new ArrayList<>();
      assertEquals(
          pages,
          writeBack.writeThrough(1, WriteBack.Mode.SKIP_NEEDED, () -> free.add(versions.retire())));
      assertEquals(List.of(pagesARun, 2 * pagesARun, pages), free);
    }
    assertEquals(0, account.usedBytes());
  }

  private static void supersedeAll(PageVersions versions, AtomicLong durable) {
    link(versions, OTHER_PAGE_NO, 2);
    for (int pageNo : new int[] {PAGE_NO, OTHER_PAGE_NO, LATER_PAGE_NO}) {
      link(versions, pageNo, 3);
    }
    versions.snapshots().publish(3);
    durable.set(3);
    int free = versions.retire();
    assertEquals(FRAMES - 5, free, "three new ones, and two that are being written");
    int[] taken = new int[free];
    assertEquals(free, versions.tryTakeFrames(taken, 0, free));
    for (int frame : taken) {
      NativeMemory.fill(versions.frameAddress(frame), PAGE_BYTES, 0x55);
    }
    versions.giveFrames(taken, free);
  }

  private static void link(PageVersions versions, int pageNo, long batch) {
    int frame = versions.tryTakeFrame();
    long page = versions.frameAddress(frame);
    Page.format(page, versions.file().pageSizeBytes(), pageNo, PageKind.POSTING_LEAF.id(), 0);
    Page.batch(page, batch);
    versions.file().seal(page, pageNo);
    versions.link(pageNo, frame, batch);
  }

  private interface PagesTest {
    void run(SimVfs vfs, PageVersions versions, WriteBack writeBack) throws Exception;
  }

  private static void withPages(AtomicLong durable, PagesTest test) throws Exception {
    MemoryAccount account = new MemoryAccount("test", 1 << 20);
    try (SimVfs vfs = new SimVfs(1 << 20);
        PageFile file =
            new PageFile(
                vfs.open(PageFile.NAME, OpenMode.CREATE_NEW), PAGE_BYTES, 7, 64 << 10, t -> {});
        PageVersions versions =
            new PageVersions(
                account, FRAMES, file, new Steps(LockSupport::parkNanos), durable::get);
        WriteBack writeBack = new WriteBack(versions, durable::get, account)) {
      file.grow(8);
      test.run(vfs, versions, writeBack);
    }
    assertEquals(0, account.usedBytes());
  }
}
