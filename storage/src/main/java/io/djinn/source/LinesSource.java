package io.djinn.source;

import java.util.concurrent.ConcurrentLinkedDeque;

/** A source whose rows are the lines of a file; kinds differ in what a line means. */
abstract sealed class LinesSource implements RowSource permits JsonLinesSource, PlainLinesSource {
  private final LinesFile lines;

  /** Readers at rest; the one used last is taken first, for the block it has at hand. */
  private final ConcurrentLinkedDeque<LinesReader> readers = new ConcurrentLinkedDeque<>();

  private volatile boolean closed;

  LinesSource(LinesFile lines) {
    this.lines = lines;
  }

  /**
   * @param file the file as the user named it, for messages
   */
  abstract LineRow newRow(String file);

  private LineRow newRow() {
    LineRow row = newRow(lines.identity().path());
    row.source = this;
    return row;
  }

  @Override
  public final int slotBits() {
    return lines.slotBits();
  }

  @Override
  public final long blockCount() {
    return lines.blockCount();
  }

  @Override
  public final long rowCount() {
    return lines.rows().rowCount();
  }

  @Override
  public final long sizeBytes() {
    return lines.length();
  }

  @Override
  public final void scan(long fromBlock, long toBlock, RowVisitor visitor) {
    BlockRange.require(fromBlock, toBlock, blockCount());
    LinesReader reader = take();
    try {
      int bits = lines.slotBits();
      reader.scan(fromBlock << bits, Math.min(toBlock << bits, rowCount()), visitor);
    } finally {
      giveBack(reader);
    }
  }

  @Override
  public final boolean canFetch() {
    return true;
  }

  @Override
  public final Row fetch(long tid) {
    return fetch(tid, null);
  }

  @Override
  public final Row fetch(long tid, Row spent) {
    if (!lines.has(tid)) {
      return null;
    }
    LinesReader reader = take();
    try {
      LineRow row = spent instanceof LineRow own && own.source == this ? own : newRow();
      reader.fetch(tid, row);
      return row;
    } finally {
      giveBack(reader);
    }
  }

  private LinesReader take() {
    if (closed) {
      throw new IllegalStateException("the source " + lines.identity().path() + " is closed");
    }
    LinesReader reader = readers.pollFirst();
    return reader != null ? reader : new LinesReader(lines, newRow());
  }

  private void giveBack(LinesReader reader) {
    readers.addFirst(reader);
    if (closed) {
      closeReaders();
    }
  }

  @Override
  public final long tidOf(long rowNumber) {
    lines.rows().requireRow(rowNumber);
    return rowNumber - 1;
  }

  @Override
  public final long rowNumberOf(long tid) {
    if (!lines.has(tid)) {
      throw BlockRows.noSuchRow(tid);
    }
    return tid + 1;
  }

  @Override
  public final SourceIdentity identity() {
    return lines.identity();
  }

  @Override
  public final void requireSameOrGrown(SourceIdentity recorded) {
    lines.requireSameOrGrown(recorded);
  }

  /** Scans and fetches under way end as if it were open. */
  @Override
  public final void close() {
    closed = true;
    closeReaders();
  }

  private void closeReaders() {
    LinesReader reader;
    while ((reader = readers.pollFirst()) != null) {
      reader.close();
    }
  }
}
