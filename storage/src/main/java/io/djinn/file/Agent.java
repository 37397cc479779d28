package io.djinn.file;

/** The work of an engine-owned thread, cut into units. */
public interface Agent {
  /** Does one unit of work; false where there is nothing to do and the thread may park. */
  boolean work();

  /** How long the thread may park when idle, nanoseconds; 0 is until woken. */
  default long idleNanos() {
    return 0;
  }
}
