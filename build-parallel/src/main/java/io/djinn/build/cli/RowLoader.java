package io.djinn.build.cli;

import io.djinn.api.Djinn;
import io.djinn.api.Durability;
import io.djinn.api.GinIndex;
import io.djinn.api.WriteBatch;
import io.djinn.source.Row;
import io.djinn.source.RowSource;
import io.djinn.source.SourceIdentity;
import java.util.function.LongConsumer;

/**
 * Inserts and deletes rows of a source by their numbers, in batches, each of which records what the
 * index then holds: a restart goes on behind the last batch.
 */
final class RowLoader implements AutoCloseable {
  private final Djinn db;
  private final GinIndex index;
  private final RowSource source;
  private final int batchRows;
  private final Durability durability;
  private final Cancellation cancellation;
  private WriteBatch batch;
  private long lastRow;
  private long absentRows;
  private long done;

  /**
   * @param batchRows rows of a batch
   * @param durability of each batch
   */
  RowLoader(
      Djinn db,
      GinIndex index,
      RowSource source,
      int batchRows,
      Durability durability,
      Cancellation cancellation) {
    this.db = db;
    this.index = index;
    this.source = source;
    this.batchRows = batchRows;
    this.durability = durability;
    this.cancellation = cancellation;
    lastRow = index.spec().lastRow();
    absentRows = index.spec().absentRows();
  }

  /**
   * Inserts rows; what was inserted before is so no second time.
   *
   * @param progress takes the rows done so far, batch by batch
   * @return rows inserted
   */
  long insert(RowNumbers rows, LongConsumer progress) {
    IndexSource.requireRows(source, rows);
    for (RowNumbers.Range range : rows.ranges()) {
      insert(range, progress);
    }
    commit(progress);
    return done;
  }

  /** Scans the blocks of a range, which is quicker than a fetch for each row. */
  private void insert(RowNumbers.Range range, LongConsumer progress) {
    int slotBits = source.slotBits();
    long first = source.tidOf(range.first());
    long last = source.tidOf(range.last());
    source.scan(
        first >>> slotBits,
        (last >>> slotBits) + 1,
        (tid, row) -> {
          if (tid >= first && tid <= last) {
            begin();
            index.insert(batch, tid, row);
            inserted(source.rowNumberOf(tid));
            ended(progress);
          }
          return tid < last;
        });
  }

  private void inserted(long number) {
    if (number > lastRow) {
      absentRows += number - lastRow - 1;
      lastRow = number;
    }
  }

  /** Deletes rows, fetching their values. */
  long delete(RowNumbers rows, LongConsumer progress) {
    IndexSource.requireRows(source, rows);
    rows.forEach(
        number -> {
          long tid = source.tidOf(number);
          Row row = source.fetch(tid);
          begin();
          index.delete(batch, tid, row);
          if (number <= lastRow) {
            absentRows = Math.min(lastRow, absentRows + 1);
          }
          ended(progress);
        });
    commit(progress);
    return done;
  }

  private void begin() {
    if (batch == null) {
      batch = db.begin(durability);
    }
  }

  private void ended(LongConsumer progress) {
    done++;
    if (batch.size() >= batchRows) {
      commit(progress);
    }
  }

  private void commit(LongConsumer progress) {
    cancellation.check();
    if (batch == null) {
      return;
    }
    try (WriteBatch full = batch) {
      batch = null;
      SourceIdentity bound = index.spec().source();
      if (bound != null) {
        // A row behind the last one indexed may be half written: only rows that are indexed have
        // to stay what they are.
        boolean isAhead = lastRow > index.spec().lastRow();
        full.bindRows(index, isAhead ? source.identity() : bound, lastRow, absentRows);
      }
      full.commit();
    }
    progress.accept(done);
  }

  /** Forgets what was not committed. */
  @Override
  public void close() {
    if (batch != null) {
      batch.close();
      batch = null;
    }
  }
}
