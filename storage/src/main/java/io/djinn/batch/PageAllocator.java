package io.djinn.batch;

/** How a batch gets and gives back page numbers; the free list behind it is itself in pages. */
public interface PageAllocator {
  /** Takes a page number for a batch; its contents do not matter. */
  int allocate(OpenBatch batch);

  /** Gives a page number back at the end of a batch's use of it. */
  void free(OpenBatch batch, int pageNo);

  /** Pages handed out so far, page 0 included, as the batch sees it. */
  long pageCount(OpenBatch batch);
}
