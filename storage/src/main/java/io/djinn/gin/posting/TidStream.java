package io.djinn.gin.posting;

import io.djinn.page.StepReader;

/**
 * Ascending TIDs in blocks, read inside steps.
 *
 * <p>Between calls a stream keeps page numbers, byte offsets and TIDs, never an address. It belongs
 * to one cursor.
 */
public interface TidStream {
  /** The most TIDs of a block. */
  int BLOCK = 256;

  /** There are no more TIDs. */
  int END = -1;

  /** The step is spent and no TID was found in it: go on in the next. */
  int PAUSED = 0;

  /**
   * Fills a block with the next TIDs, ascending and not below the last {@link #advance} target.
   *
   * @param block takes up to {@link #BLOCK} TIDs
   * @return how many, {@link #PAUSED} or {@link #END}
   * @throws io.djinn.error.CorruptPageException where a page is not what its parent says
   */
  int next(StepReader step, long[] block);

  /**
   * Nothing below the TID will be asked for: whole segments and pages below it are skipped,
   * undecoded, at the next call. No page is read here. A target below an earlier one changes
   * nothing.
   */
  void advance(long tid);

  /** The most TIDs there are, to order streams by rarity. */
  long tidCount();
}
