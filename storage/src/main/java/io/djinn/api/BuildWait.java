package io.djinn.api;

/** Why a thread of a build did not work. */
public enum BuildWait {
  /** It had nothing to do before the other participants finished the phase. */
  PHASE,
  /**
   * An extent: the batch that reserves its pages, the growth of the page file where another thread
   * of the build sees to it, or that thread's other work.
   */
  RESERVE,
  /** The page file was made larger, where the loading thread sees to it itself. */
  GROW,
  /** Pages written were synced. */
  SYNC,
  /**
   * The log, where the build's pages go there too: the writer's slot, room under the log's limit,
   * and the time it takes to compress and append them.
   */
  LOG,
  /** The last batch, which makes the index visible and durable. */
  COMMIT
}
