package io.djinn.api;

import io.djinn.source.InMemorySource;
import io.djinn.source.Row;
import io.djinn.source.RowSource;
import io.djinn.source.RowVisitor;
import io.djinn.source.SourceIdentity;
import java.util.ArrayList;
import java.util.List;

/** The rows of an {@link EveryKindStore}'s index, one a block, under the TIDs it has for them. */
final class SparseRows implements RowSource {
  private final InMemorySource rows;

  SparseRows(int count) {
    List<Object[]> values = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      values.add(new Object[] {EveryKindStore.values(row)});
    }
    rows = InMemorySource.of(List.of("v"), values, 1);
  }

  @Override
  public int slotBits() {
    return EveryKindStore.SLOT_BITS;
  }

  @Override
  public long blockCount() {
    return rows.blockCount();
  }

  @Override
  public long rowCount() {
    return rows.rowCount();
  }

  @Override
  public long sizeBytes() {
    return rows.sizeBytes();
  }

  @Override
  public void scan(long fromBlock, long toBlock, RowVisitor visitor) {
    rows.scan(
        fromBlock,
        Math.min(toBlock, rows.blockCount()),
        (tid, row) -> visitor.row(tid << EveryKindStore.SLOT_BITS, row));
  }

  @Override
  public boolean canFetch() {
    return false;
  }

  @Override
  public Row fetch(long tid) {
    throw new UnsupportedOperationException("rows are scanned only");
  }

  @Override
  public long tidOf(long rowNumber) {
    return EveryKindStore.tid((int) rowNumber - 1);
  }

  @Override
  public long rowNumberOf(long tid) {
    if ((tid & (1L << EveryKindStore.SLOT_BITS) - 1) != 0) {
      throw new IllegalArgumentException("TID " + tid + " is no row");
    }
    return rows.rowNumberOf(tid >>> EveryKindStore.SLOT_BITS);
  }

  @Override
  public SourceIdentity identity() {
    return rows.identity();
  }

  @Override
  public void close() {}
}
