package io.djinn.file;

/** The work of an engine-owned thread, cut into units. */
public interface Agent {
  /** Does one unit of work; false where there is nothing to do and the thread may park. */
  boolean work();

  /**
   * Takes what {@link #work} threw, on the same thread; the agent makes every condition waited for
   * true or failing, and {@code work} goes on being called.
   */
  default void failed(Throwable failure) {
    throw new IllegalStateException("engine thread failed", failure);
  }

  /**
   * How long an idle thread looks for a wake-up all the time before it parks, nanoseconds: worth it
   * where the next piece of work is expected at once.
   */
  default long spinNanos() {
    return 0;
  }

  /** How long the thread may park when idle, nanoseconds; 0 is until woken. */
  default long idleNanos() {
    return 0;
  }
}
