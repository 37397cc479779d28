package io.djinn.error;

/** The log is damaged below a position known to have been synced; nothing was changed. */
public final class CorruptLogException extends DjinnException {
  private static final long serialVersionUID = 1L;

  /**
   * @param segment file name of the segment
   * @param byteOffset position in that file
   * @param detail what was found and what was expected
   */
  public CorruptLogException(String segment, long byteOffset, String detail) {
    super("log segment " + segment + ", byte offset " + byteOffset + ": " + detail);
  }
}
