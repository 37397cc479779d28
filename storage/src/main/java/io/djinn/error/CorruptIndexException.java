package io.djinn.error;

/**
 * What an index keeps of a row is nothing its operator class makes, on pages that are whole: names
 * index, TID and what was found.
 */
public final class CorruptIndexException extends DjinnException {
  private static final long serialVersionUID = 1L;

  private final String index;
  private final long tid;

  /**
   * @param index name of the index
   * @param tid address of the row
   * @param detail what was found and what was expected
   */
  public CorruptIndexException(String index, long tid, String detail, Throwable cause) {
    super("index \"" + index + "\", TID " + tid + ": " + detail, cause);
    this.index = index;
    this.tid = tid;
  }

  public String index() {
    return index;
  }

  public long tid() {
    return tid;
  }
}
