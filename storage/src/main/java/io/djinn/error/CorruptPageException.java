package io.djinn.error;

/** A page's bytes are not what the engine wrote: names file, page, kind, field, found, expected. */
public final class CorruptPageException extends DjinnException {
  private static final long serialVersionUID = 1L;

  private final int pageNo;
  private final String kind;

  /**
   * @param file name of the page file
   * @param pageNo page number
   * @param kind name of the page kind, as far as it can be told
   * @param detail field, value found and value expected
   */
  public CorruptPageException(String file, int pageNo, String kind, String detail) {
    super("file " + file + ", page " + pageNo + " (" + kind + "): " + detail);
    this.pageNo = pageNo;
    this.kind = kind;
  }

  public int pageNo() {
    return pageNo;
  }

  public String kind() {
    return kind;
  }
}
