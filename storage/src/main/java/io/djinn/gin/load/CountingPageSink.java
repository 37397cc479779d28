package io.djinn.gin.load;

import io.djinn.page.PageSink;

/** A page sink that counts the pages written through it. */
final class CountingPageSink implements PageSink {
  private final PageSink sink;
  private long pages;

  CountingPageSink(PageSink sink) {
    this.sink = sink;
  }

  long pages() {
    return pages;
  }

  @Override
  public int allocate() {
    return sink.allocate();
  }

  @Override
  public void write(int pageNo, long page) {
    sink.write(pageNo, page);
    pages++;
  }

  @Override
  public int pageSizeBytes() {
    return sink.pageSizeBytes();
  }
}
