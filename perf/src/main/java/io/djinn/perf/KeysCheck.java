package io.djinn.perf;

import io.djinn.api.Djinn;
import io.djinn.api.GinIndex;
import io.djinn.api.GinSpec;
import io.djinn.api.Snapshot;
import io.djinn.api.TidCursor;
import io.djinn.source.Row;
import io.djinn.source.RowSource;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * What an index over any source must hold and answer, by brute force over the rows: the count of
 * TIDs, and the rows of every key of some rows, the first and the last among them.
 */
final class KeysCheck {
  private static final int SAMPLED_ROWS = 8;

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
  private final Map<ByteBuffer, Trace> traces = new HashMap<>();
  private long tids;

  KeysCheck(RowSource source, GinSpec.Column column) {
    this.source = source;
    this.column = column;
    RowKeys keys = new RowKeys();
    long rows = source.rowCount();
    for (int i = 0; i < Math.min(SAMPLED_ROWS, rows); i++) {
      long row = 1 + (rows - 1) * i / (SAMPLED_ROWS - 1);
      extract(source.fetch(source.tidOf(row)), keys);
      keys.keys().forEach(key -> traces.put(key, new Trace()));
    }
    source.scan(
        0,
        source.blockCount(),
        (tid, row) -> {
          extract(row, keys);
          tids += keys.count();
          for (ByteBuffer key : keys.keys()) {
            Trace trace = traces.get(key);
            if (trace != null) {
              trace.add(tid);
            }
          }
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
