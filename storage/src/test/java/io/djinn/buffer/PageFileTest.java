package io.djinn.buffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.StoreSealedException;
import io.djinn.file.OpenMode;
import io.djinn.file.RawFile;
import io.djinn.testkit.SimVfs;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PageFileTest {
  private static final int PAGE_BYTES = 8192;

  private final List<Throwable> failures = new ArrayList<>();

  @Test
  void afterASyncThatFailedNoneSucceeds() throws Exception {
    AtomicInteger syncs = new AtomicInteger();
    try (PageFile pages =
        pageFile(
            () -> {
              if (syncs.incrementAndGet() == 2) {
                throw new IOException("a lost write");
              }
              return null;
            })) {
      pages.sync();
      StoreSealedException first = assertThrows(StoreSealedException.class, pages::sync);
      assertTrue(first.getMessage().contains("a lost write"), first.getMessage());
      StoreSealedException second = assertThrows(StoreSealedException.class, pages::sync);
      assertTrue(second.getMessage().contains("an earlier sync failed"), second.getMessage());
      assertThrows(IOException.class, () -> pages.grow(1));
      assertEquals(0, pages.pageCount());
      assertEquals(List.of(first, second), failures);
      assertEquals(2, syncs.get());
    }
  }

  /** A growth that failed gives no pages, and what was written before may be lost with it. */
  @Test
  void afterAGrowthThatCouldNotBeSyncedNoSyncSucceeds() throws Exception {
    for (boolean isGrowth : new boolean[] {true, false}) {
      AtomicInteger syncs = new AtomicInteger();
      try (PageFile pages =
          pageFile(
              () -> {
                if (syncs.incrementAndGet() == 1) {
                  throw new IOException("a lost size");
                }
                return null;
              })) {
        IOException first =
            assertThrows(
                IOException.class,
                () -> {
                  if (isGrowth) {
                    pages.grow(3);
                  } else {
                    pages.syncAll();
                  }
                });
        assertEquals("a lost size", first.getMessage());
        assertEquals(0, pages.pageCount());
        assertThrows(IOException.class, () -> pages.grow(3));
        assertEquals(0, pages.pageCount());
        StoreSealedException sealed = assertThrows(StoreSealedException.class, pages::sync);
        assertTrue(sealed.getMessage().contains("a lost size"), sealed.getMessage());
        assertEquals(sealed, failures.get(failures.size() - 1));
        assertEquals(1, syncs.get());
      }
    }
  }

  /** The system tells a failed write to one of two syncs; the other one must not go on. */
  @Test
  void aSyncBesideOneThatFailsFailsToo() throws Exception {
    AtomicInteger syncs = new AtomicInteger();
    AtomicReference<Thread> other = new AtomicReference<>();
    try (PageFile pages =
        pageFile(
            () -> {
              if (syncs.incrementAndGet() > 1) {
                return null;
              }
              other.get().start();
              while (other.get().getState() != Thread.State.BLOCKED && other.get().isAlive()) {
                Thread.onSpinWait();
              }
              throw new IOException("a lost write");
            })) {
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      other.set(
          new Thread(
              () -> {
                try {
                  pages.sync();
                } catch (Throwable t) {
                  thrown.set(t);
                }
              }));
      assertThrows(StoreSealedException.class, pages::sync);
      other.get().join();
      assertTrue(thrown.get() instanceof StoreSealedException, "outcome: " + thrown.get());
    }
  }

  /** A page file without pages, whose syncs do something first. */
  private PageFile pageFile(Callable<Void> atSync) throws IOException {
    RawFile file = new SimVfs().open("pages", OpenMode.CREATE_NEW);
    RawFile watched =
        (RawFile)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {RawFile.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("sync")) {
                    atSync.call();
                  }
                  try {
                    return method.invoke(file, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    return new PageFile(watched, PAGE_BYTES, 1, 1 << 20, failures::add);
  }
}
