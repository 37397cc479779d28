package io.djinn.wal;

/**
 * The edits of one page kind: what the batch does to a page and what recovery does again are the
 * same call.
 *
 * <p>An implementation is stateless and total: arguments and page are checked before anything is
 * changed, and a {@link io.djinn.error.DjinnException} says what does not fit.
 */
public interface EditFamily {
  /**
   * The family's op codes: {@code firstOpCode() .. lastOpCode()}, all of them in use, and unique
   * among all families.
   */
  int firstOpCode();

  int lastOpCode();

  /**
   * Changes a page.
   *
   * @param opCode which edit
   * @param page address of the page's bytes, private to the caller
   * @param pageSizeBytes their number
   * @param arguments address of the edit's arguments as they stand in the log
   * @param length bytes of the arguments
   */
  void apply(int opCode, long page, int pageSizeBytes, long arguments, int length);

  /** The edit in words, for dumps of the log. */
  String describe(int opCode, long arguments, int length);
}
