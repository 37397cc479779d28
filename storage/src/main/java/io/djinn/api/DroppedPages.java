package io.djinn.api;

import io.djinn.batch.SyncMode;
import io.djinn.error.CorruptPageException;
import io.djinn.error.NoMemoryException;
import io.djinn.error.NoSpaceException;
import io.djinn.file.Agent;
import io.djinn.file.EngineThread;
import io.djinn.recovery.PageStore;
import io.djinn.space.Space;

/**
 * Frees the pages of dropped indexes in slices: each a small batch, so that a crash loses at most
 * the last one and no writer waits long.
 *
 * <p>Whoever waits for it is signalled by its thread before that parks.
 */
final class DroppedPages implements Agent {
  private static final int SLICE_PAGES = 64;
  private static final long SLICE_NANOS = 1_000_000;

  /** Time until a slice is tried again that could not be freed now. */
  private static final long RETRY_NANOS = 1_000_000_000;

  private final PageStore store;
  private EngineThread thread;
  private volatile boolean isIdle;
  private long idleNanos;

  DroppedPages(PageStore store) {
    this.store = store;
  }

  void start() {
    thread = store.env().start("djinn-drop", this);
  }

  void wake() {
    isIdle = false;
    thread.wake();
  }

  void await() {
    isIdle = false;
    thread.await(() -> isIdle);
  }

  @Override
  public long idleNanos() {
    return idleNanos;
  }

  @Override
  public boolean work() {
    idleNanos = 0;
    if (store.isCommitting()) {
      // Simulated threads run inside whoever waits, who may be in the middle of a commit.
      idleNanos = SLICE_NANOS;
      return false;
    }
    if (store.seal().isSealed() || store.seal().isClosed() || !hasDropped()) {
      isIdle = true;
      return false;
    }
    try {
      freeSlice();
      return true;
    } catch (NoSpaceException | NoMemoryException e) {
      // Nothing has changed.
      isIdle = true;
      idleNanos = RETRY_NANOS;
      return false;
    } catch (CorruptPageException e) {
      // Nothing has changed; the next drop or opening goes on, and verify names the page.
      isIdle = true;
      return false;
    }
  }

  private void freeSlice() {
    boolean[] goOn = {true};
    store.commit(
        batch -> {
          long start = store.env().nanoTime();
          int pages = 0;
          int limit = Math.min(SLICE_PAGES, batch.frameLimit() / 4);
          while (goOn[0]
              && pages++ < limit
              && batch.touchedPages() < batch.frameLimit() / 2
              && store.env().nanoTime() - start < SLICE_NANOS) {
            batch.operation(
                () -> goOn[0] = store.space().freeOneDropped(batch, Djinn.references()));
          }
        },
        SyncMode.NONE,
        0);
  }

  private boolean hasDropped() {
    return store.inNewest(Space::hasDropped);
  }

  @Override
  public void failed(Throwable t) {
    isIdle = true;
    if (!store.seal().isClosed()) {
      store.seal(t);
    }
  }

  void close() {
    if (thread != null) {
      thread.close();
    }
  }
}
