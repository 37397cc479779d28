package io.djinn.build.cli.golden;

import java.util.Map;

/** Hears what a golden run does, in order. */
public interface GoldenListener {
  /**
   * An index was made.
   *
   * @param workers threads beside the leader
   * @param bytes of its pages
   */
  void index(
      GoldenIndex index, int workers, long rows, long keys, long tids, long bytes, double seconds);

  /** A line was not answered as expected. */
  void failure(GoldenFailure failure);

  /**
   * A file is done.
   *
   * @param fetched rows fetched for recheck
   */
  void file(String file, GoldenTally tally, long fetched, double seconds);

  /** Everything is done. */
  void summary(GoldenTally total, Map<String, GoldenTally> byOpclass);
}
