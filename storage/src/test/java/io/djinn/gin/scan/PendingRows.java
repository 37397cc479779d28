package io.djinn.gin.scan;

import io.djinn.gin.entry.EntryKeys;
import io.djinn.gin.entry.EntryTreeFixture;
import io.djinn.gin.pending.Journal;
import io.djinn.gin.pending.PendingView;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.KeySink;
import io.djinn.opclass.Ternary;
import io.djinn.opclass.builtin.ArrayOps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * Rows of arrays, changed many times: an index whose tree holds some of the changes and a pending
 * view with the others, beside the rows as they are at last.
 */
final class PendingRows implements AutoCloseable {
  private static final int WORDS = 9;

  final EntryTreeFixture index = new EntryTreeFixture(512);
  final TreeMap<Long, TreeSet<byte[]>> keysOfRow = new TreeMap<>();
  final TreeMap<Long, List<List<String>>> values = new TreeMap<>();
  PendingView pending = PendingView.EMPTY;

  private final RandomGenerator random;
  private final int columns;
  private final long gap;
  private long lastTid;

  /**
   * @param rows that the tree holds at first
   * @param changes of rows that follow
   */
  PendingRows(RandomGenerator random, int columns, int rows, int changes, long gap) {
    this.random = random;
    this.columns = columns;
    this.gap = gap;
    Journal loaded = new Journal();
    for (int row = 0; row < rows; row++) {
      insert(loaded, newTid());
    }
    apply(loaded.operations());
    Journal frozen = new Journal();
    int before = rows == 0 || random.nextInt(3) == 0 ? 0 : random.nextInt(changes + 1);
    change(before, frozen);
    if (random.nextInt(3) > 0) {
      pending = pending.freeze();
    }
    change(changes - before, new Journal());
    if (pending.hasFrozen()) {
      // The walk has come up to some key; what it has applied is still pending.
      apply(frozen.operations().headMap(bound(), true));
    }
    index.commit();
    index.check();
  }

  private long newTid() {
    lastTid += 1 + (gap == 1 ? 0 : random.nextLong(gap));
    return lastTid;
  }

  /** A key somewhere among those of a column. */
  private byte[] bound() {
    byte[] key = {(byte) random.nextInt(columns), 0, 'w', (byte) ('a' + random.nextInt(WORDS))};
    return key;
  }

  /** Word 0 is in almost every row, the last ones in almost none. */
  private String randomWord() {
    int word = 0;
    while (word < WORDS && random.nextBoolean()) {
      word++;
    }
    return "w" + (char) ('a' + word) + "-long enough to go behind the head";
  }

  private List<String> randomValue() {
    int kind = random.nextInt(12);
    if (kind == 0) {
      return null;
    }
    List<String> value = new ArrayList<>();
    for (int i = kind == 1 ? 0 : 1 + random.nextInt(4); i > 0; i--) {
      value.add(random.nextInt(15) == 0 ? null : randomWord());
    }
    return value;
  }

  private void change(int changes, Journal all) {
    for (int left = changes; left > 0; ) {
      Journal batch = new Journal();
      int size = Math.min(left, 1 + random.nextInt(random.nextInt(5) == 0 ? 400 : 20));
      for (int i = 0; i < size; i++) {
        changeRow(batch);
      }
      left -= size;
      pending = pending.with(batch.run());
      all.add(batch);
    }
  }

  private void changeRow(Journal batch) {
    int kind = values.isEmpty() ? 9 : random.nextInt(10);
    Long tid = kind > 7 ? null : values.ceilingKey(random.nextLong(lastTid + 1));
    if (tid == null) {
      insert(batch, newTid());
    } else if (kind == 0) {
      // Once more what is there already.
      keysOfRow.get(tid).forEach(key -> batch.add(key, tid, true));
    } else {
      keysOfRow.remove(tid).forEach(key -> batch.add(key, tid, false));
      values.remove(tid);
      if (kind < 4) {
        insert(batch, tid);
      }
    }
  }

  private void insert(Journal batch, long tid) {
    List<List<String>> row = new ArrayList<>();
    TreeSet<byte[]> keys = new TreeSet<>(Arrays::compareUnsigned);
    for (int column = 0; column < columns; column++) {
      row.add(randomValue());
      ArrayOps.ofStrings().extract(row.get(column), new Keys(column, keys));
    }
    keys.forEach(key -> batch.add(key, tid, true));
    keysOfRow.put(tid, keys);
    values.put(tid, row);
  }

  /** Applies operations to the tree. */
  private void apply(Map<byte[], TreeMap<Long, Boolean>> operations) {
    operations.forEach(
        (key, tids) -> {
          long[] inserts = tids.keySet().stream().filter(tids::get).mapToLong(t -> t).toArray();
          long[] deletes =
              tids.keySet().stream().filter(t -> !tids.get(t)).mapToLong(t -> t).toArray();
          if (inserts.length > 0) {
            index.insert(key, inserts);
          }
          if (deletes.length > 0) {
            index.remove(key, deletes);
          }
        });
  }

  private record Keys(int column, TreeSet<byte[]> keys) implements KeySink {
    private void add(int category, byte[] key) {
      keys.add(EntryKeys.compose(column, category, key));
    }

    @Override
    public void key(byte[] bytes, int offset, int length) {
      add(GinQuery.NORMAL_KEY, Arrays.copyOfRange(bytes, offset, offset + length));
    }

    @Override
    public void nullElement() {
      add(GinQuery.NULL_ELEMENT, new byte[0]);
    }

    @Override
    public void emptyItem() {
      add(GinQuery.EMPTY_ITEM, new byte[0]);
    }

    @Override
    public void nullItem() {
      add(GinQuery.NULL_ITEM, new byte[0]);
    }
  }

  GinQuery randomQuery() {
    List<String> operand = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      operand.add(random.nextInt(12) == 0 ? null : randomWord());
    }
    String[] operators = {"@>", "&&", "<@", "="};
    return ArrayOps.ofStrings().query(operators[random.nextInt(operators.length)], operand);
  }

  GinScan.Condition randomCondition() {
    GinQuery query = random.nextInt(3) == 0 ? randomRanges() : randomQuery();
    return new GinScan.Condition(random.nextInt(columns), query);
  }

  /** A formula over keys and ranges of keys, in any mode. */
  private GinQuery randomRanges() {
    List<byte[]> keys = new ArrayList<>();
    List<byte[]> ends = new ArrayList<>();
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      keys.add(randomBound());
      ends.add(
          switch (random.nextInt(6)) {
            case 0 -> null;
            case 1 -> KeyQuery.NO_END;
            default -> randomBound();
          });
    }
    keys.sort(Arrays::compareUnsigned);
    GinQuery.Mode[] modes = GinQuery.Mode.values();
    Formula formula = Formula.random(random, random.nextInt(4), keys.size());
    return new KeyQuery(modes[random.nextInt(modes.length)], keys, ends, false, formula::value);
  }

  /** A word, the beginning of words, or nothing. */
  private byte[] randomBound() {
    String word = randomWord();
    return word.substring(0, random.nextInt(3) == 0 ? word.length() : random.nextInt(3))
        .getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  /** What the index should say of a row: NO, YES, or MAYBE where the row must be compared. */
  int answer(long tid, GinScan.Condition condition) {
    TreeSet<byte[]> row = keysOfRow.get(tid);
    GinQuery query = condition.query();
    byte[] presence = new byte[query.keyCount()];
    boolean any = false;
    for (int i = 0; i < presence.length; i++) {
      boolean has = has(row, condition, i);
      presence[i] = has ? Ternary.YES : Ternary.NO;
      any |= has;
    }
    boolean isCandidate =
        switch (query.mode()) {
          case NONE -> false;
          case DEFAULT -> any;
          case INCLUDE_EMPTY -> any || hasCategory(row, condition, GinQuery.EMPTY_ITEM);
          case ALL -> !hasCategory(row, condition, GinQuery.NULL_ITEM);
          case EVERYTHING -> true;
        };
    return isCandidate ? query.consistent(presence) : Ternary.NO;
  }

  /** Whether a row has a query key, or one of its range. */
  private static boolean has(TreeSet<byte[]> row, GinScan.Condition condition, int key) {
    GinQuery query = condition.query();
    if (!query.isRange(key)) {
      return row.contains(
          EntryKeys.compose(condition.column(), query.category(key), query.key(key)));
    }
    return row.stream()
        .filter(one -> one[0] == condition.column() && one[1] == GinQuery.NORMAL_KEY)
        .anyMatch(
            one ->
                KeyQuery.covers(
                    query, key, Arrays.copyOfRange(one, EntryKeys.HEADER_BYTES, one.length)));
  }

  private static boolean hasCategory(
      TreeSet<byte[]> row, GinScan.Condition condition, int category) {
    return row.contains(EntryKeys.compose(condition.column(), category, new byte[0]));
  }

  boolean matches(long tid, GinScan.Condition condition) {
    return condition.query().matches(values.get(tid).get(condition.column()));
  }

  GinScan scan(List<GinScan.Condition> conditions, ScanRoom room) {
    return new GinScan(index.metaPageNo(), conditions, pending, room);
  }

  @Override
  public void close() {
    index.close();
  }
}
