package io.djinn.batch;

/** How a batch gets and gives back page numbers; the free list behind it is itself in pages. */
public interface PageAllocator {
  /** Takes a page number for a batch; its contents do not matter. */
  int allocate(OpenBatch batch);

  /** Gives a page number back at the end of a batch's use of it. */
  void free(OpenBatch batch, int pageNo);

  /**
   * Pages the file must have for this many more to be allocated; what is free is used first, so
   * that a full disk does not keep anybody from freeing pages.
   */
  long pageCountAfter(OpenBatch batch, int allocations);
}
