package io.djinn.file;

import java.util.function.BooleanSupplier;

/** A handle on an engine-owned thread. */
public interface EngineThread extends AutoCloseable {
  /** Lets the agent run again soon. */
  void wake();

  /**
   * Wakes the agent and waits until the condition holds. An interrupt does not end the wait and is
   * kept. The agent calls {@link #signal} after each change that may make a condition true; a
   * simulated thread runs the agent in here instead. Throws {@link
   * io.djinn.error.StoreClosedException} where the thread ends and the condition does not hold.
   */
  void await(BooleanSupplier condition);

  /** Lets every waiter look at its condition again; called by the agent. */
  void signal();

  /**
   * Waits until the condition holds, and looks at it again only after {@link #signal(Thread)} for
   * the calling thread: for waits that end one by one. Neither wakes the agent nor ends with it. An
   * interrupt does not end the wait and is kept.
   */
  default void awaitSignal(BooleanSupplier condition) {
    awaitSignal(condition, 0);
  }

  /**
   * As {@link #awaitSignal(BooleanSupplier)}, looking at the condition all the time at first: to
   * park and to be woken takes longer than a short wait.
   *
   * @param spinNanos how long at most, nanoseconds; real threads only
   */
  void awaitSignal(BooleanSupplier condition, long spinNanos);

  /** Lets one thread inside {@link #awaitSignal} look again, after its condition was made true. */
  void signal(Thread waiter);

  /** Ends the thread after the unit of work it is in, and waits for that. */
  @Override
  void close();
}
