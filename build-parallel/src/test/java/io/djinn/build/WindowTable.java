package io.djinn.build;

import io.djinn.source.InMemorySource;
import io.djinn.source.Row;
import io.djinn.source.RowSource;
import io.djinn.source.RowVisitor;
import io.djinn.source.SourceIdentity;
import io.djinn.testkit.WindowWriter;
import java.util.List;
import java.util.TreeMap;

/**
 * The rows of some writers as a table of one block: what it gives is what they had written when the
 * scan began, with the step of each that was under way.
 */
final class WindowTable implements RowSource {
  private static final int SLOT_BITS = 24;

  private final List<WindowWriter> writers;
  private final Runnable behindRows;

  WindowTable(List<WindowWriter> writers) {
    this(writers, () -> {});
  }

  /**
   * @param behindRows runs when all rows were given, before the scan ends
   */
  WindowTable(List<WindowWriter> writers, Runnable behindRows) {
    this.writers = writers;
    this.behindRows = behindRows;
  }

  @Override
  public void scan(long fromBlock, long toBlock, RowVisitor visitor) {
    TreeMap<Long, List<Integer>> rows = new TreeMap<>();
    for (WindowWriter writer : writers) {
      writer.forEachRow(writer.begun(), (value, tid) -> rows.put(tid, value));
    }
    List<Long> tids = List.copyOf(rows.keySet());
    List<Object[]> given = rows.values().stream().map(value -> new Object[] {value}).toList();
    try (InMemorySource values = InMemorySource.of(List.of("v"), given, given.size() + 1)) {
      values.scan(
          0,
          values.blockCount(),
          (tid, row) -> visitor.row(tids.get((int) values.rowNumberOf(tid) - 1), row));
    }
    behindRows.run();
  }

  @Override
  public int slotBits() {
    return SLOT_BITS;
  }

  @Override
  public long blockCount() {
    return 1;
  }

  @Override
  public long rowCount() {
    return 1L << SLOT_BITS;
  }

  @Override
  public long sizeBytes() {
    return 1L << SLOT_BITS;
  }

  @Override
  public boolean canFetch() {
    return false;
  }

  @Override
  public Row fetch(long tid) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long tidOf(long rowNumber) {
    return rowNumber - 1;
  }

  @Override
  public long rowNumberOf(long tid) {
    return tid + 1;
  }

  @Override
  public SourceIdentity identity() {
    try (InMemorySource none = InMemorySource.ofValues(List.of())) {
      return none.identity();
    }
  }

  @Override
  public void close() {}
}
