package io.djinn.perf;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends the child processes where this process is told to end by a signal, so that the thread that
 * waits for them goes on, and cleans up, until it closes this.
 */
final class ChildrenEnd implements AutoCloseable {
  private static final int MOST_SECONDS = 10;
  private static final int PAUSE_MILLIS = 50;

  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook = new Thread(this::endChildren, "children-end");

  ChildrenEnd() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void endChildren() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_SECONDS);
    try {
      do {
        ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
      } while (!closed.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS) && System.nanoTime() < end);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It runs already, and ends now.
    }
  }
}
