package io.djinn.build.merge;

import io.djinn.memory.MemoryAccount;

/** Makes the loaders of a build, and makes of what they loaded one index. */
public interface RangeLoaderFactory extends AutoCloseable {
  /** Bytes an open loader draws at most. */
  long workBytes();

  /** As {@link #workBytes}, where the budget is as small as it may be. */
  default long leastWorkBytes() {
    return workBytes();
  }

  /**
   * Opens a loader; called by several threads at once.
   *
   * @param range tells ranges apart; nothing follows from it for their order
   * @param account to draw on
   */
  RangeLoader open(int range, MemoryAccount account);

  /**
   * Opens a loader for a part of the list of a key that is a range of its own: it is given the key
   * and TIDs of that part, or nothing at all; called by several threads at once.
   *
   * @param range tells ranges apart
   * @param part counts the parts in the order of their TIDs, from 0
   * @param account to draw on
   */
  RangeLoader openPart(int range, int part, MemoryAccount account);

  /**
   * All ranges are loaded: builds what stands above them and makes the index visible. Called once,
   * on an engine-owned thread.
   *
   * @param inKeyOrder the numbers of all ranges
   */
  void complete(int[] inKeyOrder, MemoryAccount account);

  /** Pages that {@link #complete} wrote. */
  default long upperPages() {
    return 0;
  }

  /** The build is to end: {@link #complete} throws soon, where the index is not visible yet. */
  default void stop() {}

  /** Gives memory back at the end of the build, however it ends. */
  @Override
  default void close() {}
}
