package io.djinn.perf;

import io.djinn.api.Djinn;
import io.djinn.api.GinIndex;
import io.djinn.api.GinSpec;
import io.djinn.api.Snapshot;
import io.djinn.api.TidCursor;
import io.djinn.source.Row;
import io.djinn.source.RowSource;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an index over any source must hold and answer, by brute force over the rows: the count of
 * TIDs, and the rows of some keys of some rows.
 */
final class KeysCheck {
  private static final int SAMPLED_ROWS = 4;
  private static final int KEYS_OF_ROW = 3;

  /** TIDs in order, told apart from others without keeping them. */
  private static final class Trace {
    private long count;
    private long hash;

    void add(long tid) {
      count++;
      hash = 31 * hash + tid + 1;
    }

    boolean isSame(Trace other) {
      return count == other.count && hash == other.hash;
    }
  }

  private final RowSource source;
  private final GinSpec.Column column;
  private final Map<ByteBuffer, Trace> traces = new TreeMap<>();
  private long tids;

  KeysCheck(RowSource source, GinSpec.Column column) {
    this.source = source;
    this.column = column;
    RowKeys keys = new RowKeys();
    long rows = source.rowCount();
    for (int i = 0; i < Math.min(SAMPLED_ROWS, rows); i++) {
      extract(source.fetch(source.tidOf(1 + (rows - 1) * i / Math.max(1, SAMPLED_ROWS - 1))), keys);
      List<ByteBuffer> sorted = keys.keys().stream().sorted().toList();
      for (int k = 0; k < Math.min(KEYS_OF_ROW, sorted.size()); k++) {
        int at = (sorted.size() - 1) * k / (KEYS_OF_ROW - 1);
        traces.put(sorted.get(at), new Trace());
      }
    }
    source.scan(
        0,
        source.blockCount(),
        (tid, row) -> {
          extract(row, keys);
          tids += keys.count();
          traces.forEach(
              (key, trace) -> {
                if (keys.keys().contains(key)) {
                  trace.add(tid);
                }
              });
          return true;
        });
  }

  private void extract(Row row, RowKeys keys) {
    keys.clear();
    row.extract(column.path(), column.operatorClass(), keys);
  }

  /** Compares; throws where anything differs. */
  void check(Djinn db, GinIndex index) {
    try (Snapshot snapshot = db.snapshot()) {
      BuildProbe.require("tids", tids, index.stats(snapshot).tids());
      for (Map.Entry<ByteBuffer, Trace> entry : traces.entrySet()) {
        Trace found = new Trace();
        try (TidCursor cursor = index.search(snapshot, new OneKeyQuery(entry.getKey().array()))) {
          while (cursor.next()) {
            found.add(cursor.tid());
          }
        }
        if (!found.isSame(entry.getValue())) {
          throw new IllegalStateException(
              "key "
                  + HexFormat.of().formatHex(entry.getKey().array())
                  + ": found "
                  + found.count
                  + " rows, brute force finds "
                  + entry.getValue().count);
        }
      }
    }
    List<String> problems = db.verify();
    if (!problems.isEmpty()) {
      throw new IllegalStateException("the store is damaged: " + problems);
    }
  }
}
