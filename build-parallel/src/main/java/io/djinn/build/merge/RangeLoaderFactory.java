package io.djinn.build.merge;

import io.djinn.memory.MemoryAccount;

/** Makes the loaders of a build, and makes of what they loaded one index. */
public interface RangeLoaderFactory extends AutoCloseable {
  /** Bytes an open loader draws at most. */
  long workBytes();

  /**
   * Opens a loader; called by several threads at once.
   *
   * @param range counts the ranges in key order, from 0
   * @param account to draw on
   */
  RangeLoader open(int range, MemoryAccount account);

  /**
   * All ranges are loaded: builds what stands above them and makes the index visible. Called once,
   * on an engine-owned thread.
   *
   * @param ranges how many there were
   */
  void complete(int ranges, MemoryAccount account);

  /** Gives memory back at the end of the build, however it ends. */
  @Override
  default void close() {}
}
