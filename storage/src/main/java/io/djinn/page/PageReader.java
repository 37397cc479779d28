package io.djinn.page;

/** Gives the bytes of pages: of a snapshot inside a step, or of the open batch. */
public interface PageReader {
  /**
   * Address of the page's {@link #pageSizeBytes()} bytes, valid until the step or operation ends.
   *
   * @throws io.djinn.error.CorruptPageException where the page is damaged or does not exist
   */
  long page(int pageNo);

  int pageSizeBytes();
}
