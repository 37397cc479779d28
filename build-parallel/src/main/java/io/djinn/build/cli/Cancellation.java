package io.djinn.build.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The wish that the command ends soon: Ctrl-C, or a test.
 *
 * <p>Commands look at it between batches, rows and queries; a build is told at once. After a signal
 * the JVM waits until the command has put everything in order, half a minute at most.
 */
final class Cancellation {
  private static final int PATIENCE_SECONDS = 30;

  private final CountDownLatch end = new CountDownLatch(1);
  private volatile boolean isRequested;
  private Runnable action = () -> {};

  /** Makes Ctrl-C and a polite kill request the end, and the JVM wait for it. */
  void listenToSignals() {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (end.getCount() == 0) {
                    return;
                  }
                  request();
                  try {
                    end.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                },
                "djinn-signal"));
  }

  /** Asks the command to end. */
  void request() {
    Runnable wanted;
    synchronized (this) {
      isRequested = true;
      wanted = action;
    }
    wanted.run();
  }

  boolean isRequested() {
    return isRequested;
  }

  /**
   * @throws CancelledException where the end was requested
   */
  void check() {
    if (isRequested) {
      throw new CancelledException();
    }
  }

  /** Something to be called when the end is requested, at once where it has been. */
  void onRequest(Runnable wanted) {
    synchronized (this) {
      action = wanted;
      if (!isRequested) {
        return;
      }
    }
    wanted.run();
  }

  /** Nothing is to be called any more. */
  void forget() {
    onRequest(() -> {});
  }

  /**
   * The command has ended.
   *
   * @return whether a request ended it
   */
  boolean ended() {
    end.countDown();
    return isRequested;
  }
}
