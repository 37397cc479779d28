package io.djinn.buffer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.djinn.file.OpenMode;
import io.djinn.memory.MemoryAccount;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.testkit.SimVfs;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** No version goes into the file before the log that makes it is durable. */
class WriteBackTest {
  private static final int PAGE_BYTES = 512;
  private static final int PAGE_NO = 3;

  @Test
  void aVersionIsWrittenOnceItsLogIsDurable() throws Exception {
    MemoryAccount account = new MemoryAccount("test", 1 << 20);
    AtomicLong durable = new AtomicLong();
    try (SimVfs vfs = new SimVfs(1 << 20);
        PageFile file =
            new PageFile(
                vfs.open(PageFile.NAME, OpenMode.CREATE_NEW), PAGE_BYTES, 7, 64 << 10, t -> {});
        PageVersions versions =
            new PageVersions(account, 8, file, new Steps(LockSupport::parkNanos), durable::get);
        WriteBack writeBack = new WriteBack(versions, durable::get, account)) {
      file.grow(8);
      int frame = versions.tryTakeFrame();
      long page = versions.frameAddress(frame);
      Page.format(page, PAGE_BYTES, PAGE_NO, PageKind.POSTING_LEAF.id(), 0);
      Page.batch(page, 1);
      file.seal(page, PAGE_NO);
      versions.link(PAGE_NO, frame, 1);
      versions.snapshots().publish(1);
      assertEquals(0, writeBack.writeThrough(Long.MAX_VALUE, WriteBack.Mode.SKIP_NEEDED));
      durable.set(1);
      assertEquals(1, writeBack.writeThrough(Long.MAX_VALUE, WriteBack.Mode.SKIP_NEEDED));
      assertEquals(1, Page.batch(file.mapped(PAGE_NO)));
    }
    assertEquals(0, account.usedBytes());
  }
}
