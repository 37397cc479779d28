package io.djinn.testkit;

import io.djinn.opclass.GinQuery;
import io.djinn.opclass.KeySink;
import io.djinn.opclass.Ternary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongPredicate;

/**
 * The oracle of every GIN test: composite keys of one column in a sorted map, each with the sorted
 * set of its TIDs, and the plainest evaluation of a query over them.
 */
public final class KeyMap implements KeySink {
  private static final byte[] NO_BYTES = {};

  private final Map<byte[], TreeSet<Long>> map = new TreeMap<>(Arrays::compareUnsigned);
  private long tid;

  /** The keys that follow are those of this row. */
  public KeyMap row(long newTid) {
    tid = newTid;
    return this;
  }

  @Override
  public void key(byte[] bytes, int offset, int length) {
    add(GinQuery.NORMAL_KEY, bytes, offset, length);
  }

  @Override
  public void nullElement() {
    add(GinQuery.NULL_ELEMENT, NO_BYTES, 0, 0);
  }

  @Override
  public void emptyItem() {
    add(GinQuery.EMPTY_ITEM, NO_BYTES, 0, 0);
  }

  @Override
  public void nullItem() {
    add(GinQuery.NULL_ITEM, NO_BYTES, 0, 0);
  }

  private void add(int category, byte[] bytes, int offset, int length) {
    map.computeIfAbsent(composite(category, bytes, offset, length), key -> new TreeSet<>())
        .add(tid);
  }

  private static byte[] composite(int category, byte[] bytes, int offset, int length) {
    byte[] key = new byte[1 + length];
    key[0] = (byte) category;
    System.arraycopy(bytes, offset, key, 1, length);
    return key;
  }

  private TreeSet<Long> tids(int category, byte[] bytes) {
    return map.getOrDefault(composite(category, bytes, 0, bytes.length), new TreeSet<>());
  }

  /** The rows that have a query key, or any key of its range. */
  private TreeSet<Long> tids(GinQuery query, int key) {
    if (!query.isRange(key)) {
      return tids(query.category(key), query.key(key));
    }
    TreeSet<Long> tids = new TreeSet<>();
    byte[] from = composite(GinQuery.NORMAL_KEY, query.key(key), 0, query.key(key).length);
    byte[] end = query.end(key);
    map.forEach(
        (one, rows) -> {
          boolean isBefore =
              end == null
                  ? one[0] == GinQuery.NORMAL_KEY
                  : Arrays.compareUnsigned(one, composite(GinQuery.NORMAL_KEY, end, 0, end.length))
                      < 0;
          if (isBefore && Arrays.compareUnsigned(from, one) <= 0) {
            tids.addAll(rows);
          }
        });
    return tids;
  }

  /** Number of distinct composite keys. */
  public int keyCount() {
    return map.size();
  }

  /**
   * The TIDs that answer a query, ascending.
   *
   * @param recheck compares the row at a TID; called only where keys alone do not decide
   */
  public TreeSet<Long> search(GinQuery query, LongPredicate recheck) {
    TreeSet<Long> answer = new TreeSet<>();
    byte[] presence = new byte[query.keyCount()];
    List<TreeSet<Long>> tidsOfKey = new ArrayList<>();
    for (int i = 0; i < presence.length; i++) {
      tidsOfKey.add(tids(query, i));
    }
    for (long candidate : candidates(query)) {
      for (int i = 0; i < presence.length; i++) {
        presence[i] = tidsOfKey.get(i).contains(candidate) ? Ternary.YES : Ternary.NO;
      }
      int decision = query.consistent(presence);
      if (decision == Ternary.MAYBE && !query.needsRecheck()) {
        throw new AssertionError("MAYBE of a query that says it needs no recheck: " + query);
      }
      if (decision == Ternary.YES || (decision == Ternary.MAYBE && recheck.test(candidate))) {
        answer.add(candidate);
      }
    }
    return answer;
  }

  private TreeSet<Long> candidates(GinQuery query) {
    TreeSet<Long> candidates = new TreeSet<>();
    switch (query.mode()) {
      case NONE -> {
        return candidates;
      }
      case DEFAULT -> {}
      case INCLUDE_EMPTY -> candidates.addAll(tids(GinQuery.EMPTY_ITEM, NO_BYTES));
      case ALL ->
          map.forEach(
              (key, tids) -> {
                if (key[0] != GinQuery.NULL_ITEM) {
                  candidates.addAll(tids);
                }
              });
      case EVERYTHING -> map.values().forEach(candidates::addAll);
    }
    for (int i = 0; i < query.keyCount(); i++) {
      candidates.addAll(tids(query, i));
    }
    return candidates;
  }
}
