package io.djinn.error;

/** A key is longer than a third of a page allows; nothing has changed. */
public final class KeyTooLongException extends DjinnException {
  private static final long serialVersionUID = 1L;

  /**
   * @param column name of the column the key comes from
   * @param lengthBytes length of the key, bytes
   * @param limitBytes the longest key this store takes, bytes
   */
  public KeyTooLongException(String column, int lengthBytes, int limitBytes) {
    super(
        "column \""
            + column
            + "\": a key of "
            + lengthBytes
            + " bytes is longer than the limit of "
            + limitBytes
            + " bytes");
  }
}
