package io.djinn.build;

import io.djinn.source.InMemorySource;
import io.djinn.source.Row;
import io.djinn.source.RowSource;
import io.djinn.source.RowVisitor;
import io.djinn.source.SourceIdentity;
import java.util.function.LongPredicate;

/**
 * Rows in memory that tell a test how far a scan has come, so that it can write to the index that
 * is being built; they are given as they were when the scan began, whatever is written.
 */
final class OnlineSource implements RowSource {
  private final InMemorySource rows;
  private final LongPredicate beforeRow;

  /**
   * @param beforeRow takes the number of each row, 1-based, and says whether it is given at all
   */
  OnlineSource(InMemorySource rows, LongPredicate beforeRow) {
    this.rows = rows;
    this.beforeRow = beforeRow;
  }

  @Override
  public void scan(long fromBlock, long toBlock, RowVisitor visitor) {
    rows.scan(
        fromBlock,
        toBlock,
        (tid, row) -> !beforeRow.test(rows.rowNumberOf(tid)) || visitor.row(tid, row));
  }

  @Override
  public int slotBits() {
    return rows.slotBits();
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
  public boolean canFetch() {
    return rows.canFetch();
  }

  @Override
  public Row fetch(long tid) {
    return rows.fetch(tid);
  }

  @Override
  public long tidOf(long rowNumber) {
    return rows.tidOf(rowNumber);
  }

  @Override
  public long rowNumberOf(long tid) {
    return rows.rowNumberOf(tid);
  }

  @Override
  public SourceIdentity identity() {
    return rows.identity();
  }

  @Override
  public void close() {
    rows.close();
  }
}
