package io.djinn.buffer;

/** What the buffer must know of the log: how far it can not be lost any more. */
public interface DurableLog {
  /** Number of the newest batch whose records have all been synced. */
  long durableBatch();
}
