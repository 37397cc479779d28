package io.djinn.build;

import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.KeySink;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.source.ColumnPath;
import io.djinn.source.Row;
import io.djinn.source.RowSource;
import io.djinn.source.RowVisitor;
import io.djinn.source.SourceIdentity;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;

/** Rows of integers with any TIDs in any order, and what an index over them must hold. */
final class TestRows implements RowSource {
  static final int ROWS_A_BLOCK = 8;

  private final List<Long> tids = new ArrayList<>();
  private final List<int[]> values = new ArrayList<>();
  private LongConsumer visits = tid -> {};

  /** Adds a row; a null value is SQL NULL. */
  void add(long tid, int... value) {
    tids.add(tid);
    values.add(value);
  }

  int size() {
    return tids.size();
  }

  long tid(int i) {
    return tids.get(i);
  }

  int[] value(int i) {
    return values.get(i);
  }

  /** Hears of each row before it is handed over. */
  void onVisit(LongConsumer consumer) {
    visits = consumer;
  }

  /** Key in hexadecimal → TIDs. */
  Map<String, List<Long>> oracle() {
    Map<String, TreeSet<Long>> sets = new TreeMap<>();
    for (int i = 0; i < tids.size(); i++) {
      long tid = tids.get(i);
      ArrayOps.ofInts()
          .extract(
              values.get(i),
              new KeySink() {
                @Override
                public void key(byte[] bytes, int offset, int length) {
                  take("0000" + HexFormat.of().formatHex(bytes, offset, offset + length));
                }

                @Override
                public void nullElement() {
                  take("0001");
                }

                @Override
                public void emptyItem() {
                  take("0002");
                }

                @Override
                public void nullItem() {
                  take("0003");
                }

                private void take(String key) {
                  sets.computeIfAbsent(key, k -> new TreeSet<>()).add(tid);
                }
              });
    }
    Map<String, List<Long>> lists = new TreeMap<>();
    sets.forEach((key, set) -> lists.put(key, List.copyOf(set)));
    return lists;
  }

  @Override
  public int slotBits() {
    return 0;
  }

  @Override
  public long blockCount() {
    return (tids.size() + ROWS_A_BLOCK - 1) / ROWS_A_BLOCK;
  }

  @Override
  public long rowCount() {
    return tids.size();
  }

  @Override
  public long sizeBytes() {
    return values.stream().mapToLong(value -> value == null ? 4 : 4L + 4L * value.length).sum();
  }

  @Override
  public void scan(long fromBlock, long toBlock, RowVisitor visitor) {
    int to = (int) Math.min(tids.size(), toBlock * ROWS_A_BLOCK);
    for (int i = (int) fromBlock * ROWS_A_BLOCK; i < to; i++) {
      visits.accept(tids.get(i));
      if (!visitor.row(tids.get(i), new TestRow(values.get(i)))) {
        return;
      }
    }
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
    return tids.get((int) rowNumber - 1);
  }

  @Override
  public long rowNumberOf(long tid) {
    return tids.indexOf(tid) + 1;
  }

  @Override
  public SourceIdentity identity() {
    return new SourceIdentity("memory", "", 0, tids.size(), 0, 0);
  }

  @Override
  public void close() {}

  private record TestRow(int[] value) implements Row {
    @Override
    public void extract(ColumnPath column, GinOperatorClass operatorClass, KeySink keys) {
      operatorClass.extract(value, keys);
    }

    @Override
    public Object value(ColumnPath column, GinOperatorClass operatorClass) {
      return value;
    }

    @Override
    public String text() {
      return "";
    }
  }
}
