package io.djinn.page;

/** Where a bulk load puts finished pages: into extents reserved for it, beside all batches. */
public interface PageSink {
  /** Takes the next page number reserved for this load; numbers of one sink ascend. */
  int allocate();

  /**
   * Hands over a finished page, which is copied; batch number and checksum are set here.
   *
   * @param pageNo a number {@link #allocate()} gave
   * @param page address of its bytes
   */
  void write(int pageNo, long page);

  int pageSizeBytes();
}
