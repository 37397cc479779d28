package io.djinn.api;

/** What of the pages a build loads goes into the log. */
public enum BuildLogging {
  /**
   * Nothing: a build writes its pages to the page file and syncs them before a logged batch makes
   * the index visible. Any crash is survived, but the log alone does not hold the index.
   */
  MINIMAL,

  /**
   * An image of every page, ahead of the batch that makes the index visible. A copy of the store
   * that was taken while it was open and before the build began (all its files at one moment, as a
   * snapshot of the file system has them), with the segments of the log as they are after the build
   * in the place of its own, is opened to the whole index and everything committed since.
   *
   * <p>That holds as long as no segment behind the copy's redo point has been recycled: the engine
   * keeps at most the log limit of them, and begins a new run of the log at each opening, whose
   * segments continue no older copy.
   */
  FULL
}
