package io.djinn.build.merge;

import io.djinn.sort.MergeSink;

/** Loads one range of the key space; belongs to the thread that merges the range. */
public interface RangeLoader extends MergeSink, AutoCloseable {
  /** All keys of the range were handed over. */
  void finish();

  /** Pages written. */
  long pages();

  /** Gives memory back, after {@link #finish} or a failure. */
  @Override
  void close();
}
