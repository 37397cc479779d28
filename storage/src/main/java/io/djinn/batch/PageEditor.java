package io.djinn.batch;

import io.djinn.page.PageKind;
import io.djinn.page.PageReader;

/**
 * The pages of the open batch: reads see the batch's own changes, and changes go to private copies
 * that nobody sees before the batch is published.
 *
 * <p>An address stays valid until the operation on the index ends; it may change when the page is
 * edited for the first time in a batch, so take it again after {@link #edit} and {@link #rewrite}.
 */
public interface PageEditor extends PageReader {
  /**
   * Applies an edit of the record table to the batch's copy of a page and keeps it for the log.
   *
   * @param opCode a code of one of the registered {@link io.djinn.wal.EditFamily families}
   * @param arguments address of the arguments as they will stand in the log
   * @param length bytes of the arguments
   */
  void edit(int pageNo, int opCode, long arguments, int length);

  /**
   * The batch's copy of a page, to be changed freely: the log gets its final bytes as an image. For
   * splits and rebuilds, where an image says it shorter than edits would.
   */
  long rewrite(int pageNo);

  /** Allocates a page and formats it; its final bytes go to the log. Returns the page number. */
  int allocate(PageKind kind, int level);

  /** Gives a page back; the batch must have removed every reference to it. */
  void free(int pageNo);
}
