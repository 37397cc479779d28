package io.djinn.gin.posting;

import io.djinn.error.CorruptPageException;
import io.djinn.error.DjinnException;
import io.djinn.page.PageKind;

/**
 * Bytes are not an encoded list; whoever knows the page they stand on turns this into a {@link
 * CorruptPageException} with {@link #onPage}.
 */
public final class MalformedListException extends DjinnException {
  private static final long serialVersionUID = 1L;

  /**
   * @param byteOffset position in the list, bytes
   * @param detail what was found and what was expected
   */
  public MalformedListException(int byteOffset, String detail) {
    super("posting list, byte offset " + byteOffset + ": " + detail);
  }

  /** The same, with the page the list stands on. */
  public CorruptPageException onPage(int pageNo, PageKind kind) {
    CorruptPageException corrupt =
        new CorruptPageException("pages", pageNo, PageKind.describe(kind.id()), getMessage());
    corrupt.initCause(this);
    return corrupt;
  }
}
