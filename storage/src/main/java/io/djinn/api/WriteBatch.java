package io.djinn.api;

import io.djinn.opclass.KeySink;
import io.djinn.source.Row;
import io.djinn.source.SourceIdentity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Inserts and deletes that become visible and durable together, or not at all.
 *
 * <p>Collecting takes no lock: keys are checked, extracted and kept off-heap. {@link #commit}
 * applies them in the writer's slot. Of several operations on one key of one row the last one
 * counts. Belongs to one thread.
 */
public final class WriteBatch implements AutoCloseable {
  private final Djinn db;
  private final Durability durability;
  private final BatchOperations operations;
  private final Map<GinIndex, GinSpec> bindings = new LinkedHashMap<>();
  private boolean isOpen = true;
  private boolean isCollecting;
  private int rowCount;

  WriteBatch(Djinn db, Durability durability) {
    this.db = db;
    this.durability = durability;
    operations = db.operationsPool().take();
  }

  /** The sink for one operation's keys; see {@link BatchOperations#column}. */
  void collect(GinIndex index, long tid, boolean isInsert, RowKeys keys) {
    requireOpen();
    operations.begin(index, tid, isInsert);
    isCollecting = true;
    try {
      List<GinSpec.Column> columns = index.spec().columns();
      for (int column = 0; column < columns.size(); column++) {
        keys.extract(column, columns.get(column), operations.column(column));
      }
      operations.end();
    } catch (Throwable t) {
      operations.cancel();
      throw t;
    } finally {
      isCollecting = false;
    }
    rowCount++;
  }

  /** Hands over the keys of one column of a row. */
  interface RowKeys {
    void extract(int column, GinSpec.Column spec, KeySink sink);
  }

  static RowKeys of(Row row) {
    return (column, spec, sink) -> row.extract(spec.path(), spec.operatorClass(), sink);
  }

  static RowKeys of(Object[] values) {
    return (column, spec, sink) -> spec.operatorClass().extract(values[column], sink);
  }

  private void requireOpen() {
    if (!isOpen) {
      throw new IllegalStateException("the batch was committed or closed");
    }
    requireNotCollecting();
  }

  private void requireNotCollecting() {
    if (isCollecting) {
      throw new IllegalStateException("the batch is taking the keys of a row");
    }
  }

  /**
   * Records with the batch which rows of a source the index holds once it is committed.
   *
   * @param identity of the source, which may have grown
   * @param lastRow highest row number ever indexed
   * @param absentRows as in {@link GinSpec#withRows}
   */
  public void bindRows(GinIndex index, SourceIdentity identity, long lastRow, long absentRows) {
    requireOpen();
    GinSpec spec = index.spec();
    bindings.put(index, spec.withSource(identity, spec.slotBits()).withRows(lastRow, absentRows));
  }

  /** Operations collected so far. */
  public int size() {
    return rowCount;
  }

  /**
   * Applies and publishes the batch; when this returns every new snapshot sees it, and its
   * durability mode has been met.
   *
   * @return number of the batch, in commit order
   */
  public long commit() {
    requireOpen();
    isOpen = false;
    long number;
    try {
      number = db.commit(operations, bindings, durability);
    } catch (Throwable t) {
      operations.close();
      throw t;
    }
    db.operationsPool().giveBack(operations);
    return number;
  }

  /** Forgets what was not committed. */
  @Override
  public void close() {
    requireNotCollecting();
    if (isOpen) {
      isOpen = false;
      operations.close();
    }
  }
}
