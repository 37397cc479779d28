package io.djinn.api;

import io.djinn.opclass.GinQuery;
import io.djinn.opclass.builtin.ArrayOps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.agrona.collections.IntHashSet;

/**
 * What an index of arrays of strings must hold, and what it must answer: rows of a fixed set of
 * TIDs, each absent or with a value, and for each key the rows that have it.
 *
 * <p>A value is a list of key numbers, {@link #NULL_ELEMENT} among them where an element is null.
 */
final class IndexModel {
  static final int NULL_ELEMENT = -1;

  /** The value SQL NULL, told from an empty array by identity. */
  static final int[] NULL_ITEM = new int[0];

  private static final int SMALL_SET = 1_500;

  /**
   * A search and its answer.
   *
   * @param isExact whether the keys alone decide
   */
  record Ask(List<GinIndex.Condition> conditions, long[] tids, boolean isExact) {}

  /** One clause: a query and the rows that answer it, by its number. */
  private record Clause(GinQuery query, IntHashSet rows) {}

  private final long[] tids;
  private final String[] keys;
  private final int[][] values;
  private final IntHashSet[] rowsOfKey;
  private final IntHashSet empty = new IntHashSet();
  private final IntHashSet withNull = new IntHashSet();
  private final IntHashSet nullItems = new IntHashSet();
  private int present;

  /**
   * @param tids ascending
   * @param keys all different
   */
  IndexModel(long[] tids, String[] keys) {
    this.tids = tids;
    this.keys = keys;
    values = new int[tids.length][];
    rowsOfKey = new IntHashSet[keys.length];
    for (int i = 0; i < keys.length; i++) {
      rowsOfKey[i] = new IntHashSet(8);
    }
  }

  int rowCount() {
    return tids.length;
  }

  int keyCount() {
    return keys.length;
  }

  /** Rows that are not absent. */
  int present() {
    return present;
  }

  long tid(int row) {
    return tids[row];
  }

  int[] value(int row) {
    return values[row];
  }

  String key(int key) {
    return keys[key];
  }

  int rowsOf(int key) {
    return rowsOfKey[key].size();
  }

  /** A value as the operator class takes it. */
  List<String> list(int[] value) {
    if (value == NULL_ITEM) {
      return null;
    }
    List<String> list = new ArrayList<>(value.length);
    for (int key : value) {
      list.add(key == NULL_ELEMENT ? null : keys[key]);
    }
    return list;
  }

  /** Gives a row another value, null where it goes; returns the value before. */
  int[] set(int row, int[] value) {
    int[] before = values[row];
    if (before != null) {
      present--;
      remove(row, before);
    }
    values[row] = value;
    if (value != null) {
      present++;
      add(row, value);
    }
    return before;
  }

  private void add(int row, int[] value) {
    if (value == NULL_ITEM) {
      nullItems.add(row);
    } else if (value.length == 0) {
      empty.add(row);
    }
    for (int key : value) {
      (key == NULL_ELEMENT ? withNull : rowsOfKey[key]).add(row);
    }
  }

  private void remove(int row, int[] value) {
    nullItems.remove(row);
    empty.remove(row);
    for (int key : value) {
      (key == NULL_ELEMENT ? withNull : rowsOfKey[key]).remove(row);
    }
  }

  /** A search of one to three clauses with its answer. */
  Ask ask(SplittableRandom random, boolean exactOnly) {
    int clauseCount = random.nextInt(8) < 6 ? 1 : 2 + random.nextInt(2);
    List<Clause> clauses = new ArrayList<>();
    boolean isExact = true;
    for (int i = 0; i < clauseCount; i++) {
      int kind = random.nextInt(exactOnly ? 6 : 10);
      isExact &= kind < 6;
      clauses.add(clause(random, kind));
    }
    IntHashSet smallest = clauses.get(0).rows();
    for (Clause clause : clauses) {
      smallest = clause.rows().size() < smallest.size() ? clause.rows() : smallest;
    }
    long[] answer = new long[smallest.size()];
    int count = 0;
    for (IntHashSet.IntIterator rows = smallest.iterator(); rows.hasNext(); ) {
      int row = rows.nextValue();
      boolean isFound = true;
      for (Clause clause : clauses) {
        isFound &= clause.rows().contains(row);
      }
      if (isFound) {
        answer[count++] = tids[row];
      }
    }
    answer = Arrays.copyOf(answer, count);
    Arrays.sort(answer);
    List<GinIndex.Condition> conditions = new ArrayList<>();
    clauses.forEach(clause -> conditions.add(new GinIndex.Condition(0, clause.query())));
    return new Ask(conditions, answer, isExact);
  }

  private Clause clause(SplittableRandom random, int kind) {
    return switch (kind) {
      case 0, 1, 2 -> contains(random);
      case 3, 4, 5 -> overlaps(random);
      case 6, 7 -> containedBy(random);
      default -> equalTo(random);
    };
  }

  /** Operands: of a row there is, of any keys, with a null element, empty, or SQL NULL. */
  private int[] operand(SplittableRandom random, boolean smallOnly) {
    int roll = random.nextInt(100);
    if (roll == 0) {
      return NULL_ITEM;
    }
    if (roll == 1) {
      return new int[0];
    }
    int[] operand;
    int[] value = values[random.nextInt(values.length)];
    if (value != null && value.length > 0 && roll < 60) {
      operand = value.clone();
    } else {
      operand = new int[1 + random.nextInt(5)];
      for (int i = 0; i < operand.length; i++) {
        operand[i] = random.nextInt(keys.length);
      }
    }
    if (roll < 4) {
      operand[random.nextInt(operand.length)] = NULL_ELEMENT;
    }
    if (smallOnly && random.nextInt(60) != 0) {
      operand = Arrays.stream(operand).filter(this::isSmall).toArray();
    }
    for (int i = operand.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int moving = operand[i];
      operand[i] = operand[other];
      operand[other] = moving;
    }
    return operand;
  }

  private boolean isSmall(int key) {
    return key == NULL_ELEMENT || rowsOfKey[key].size() < SMALL_SET;
  }

  private GinQuery query(String operator, int[] operand) {
    return ArrayOps.ofStrings().query(operator, list(operand));
  }

  private Clause contains(SplittableRandom random) {
    int[] operand = operand(random, false);
    boolean isAll = operand.length == 0 && operand != NULL_ITEM;
    boolean isLarge = true;
    for (int key : operand) {
      isLarge &= key != NULL_ELEMENT && !isSmall(key);
    }
    if (isLarge && operand != NULL_ITEM && random.nextInt(60) != 0) {
      operand = new int[] {random.nextInt(keys.length)};
      isAll = false;
    }
    IntHashSet rows = new IntHashSet();
    if (isAll) {
      for (int row = 0; row < values.length; row++) {
        if (values[row] != null && values[row] != NULL_ITEM) {
          rows.add(row);
        }
      }
    } else if (operand != NULL_ITEM && !has(operand, NULL_ELEMENT)) {
      IntHashSet smallest = rowsOfKey[operand[0]];
      for (int key : operand) {
        smallest = rowsOfKey[key].size() < smallest.size() ? rowsOfKey[key] : smallest;
      }
      for (IntHashSet.IntIterator found = smallest.iterator(); found.hasNext(); ) {
        int row = found.nextValue();
        boolean hasAll = true;
        for (int key : operand) {
          hasAll &= rowsOfKey[key].contains(row);
        }
        if (hasAll) {
          rows.add(row);
        }
      }
    }
    return new Clause(query("@>", operand), rows);
  }

  private Clause overlaps(SplittableRandom random) {
    int[] operand = operand(random, true);
    IntHashSet rows = new IntHashSet();
    for (int key : operand) {
      if (key != NULL_ELEMENT) {
        rows.addAll(rowsOfKey[key]);
      }
    }
    return new Clause(query("&&", operand), rows);
  }

  private Clause containedBy(SplittableRandom random) {
    int[] operand = operand(random, true);
    IntHashSet rows = new IntHashSet();
    if (operand != NULL_ITEM) {
      rows.addAll(empty);
      for (int key : operand) {
        if (key != NULL_ELEMENT) {
          for (IntHashSet.IntIterator found = rowsOfKey[key].iterator(); found.hasNext(); ) {
            int row = found.nextValue();
            boolean isContained = true;
            for (int element : values[row]) {
              isContained &= element != NULL_ELEMENT && has(operand, element);
            }
            if (isContained) {
              rows.add(row);
            }
          }
        }
      }
    }
    return new Clause(query("<@", operand), rows);
  }

  private Clause equalTo(SplittableRandom random) {
    int[] operand = operand(random, false);
    IntHashSet rows = new IntHashSet();
    if (operand == NULL_ITEM) {
      return new Clause(query("=", operand), rows);
    }
    IntHashSet candidates = empty;
    for (int key : operand) {
      IntHashSet of = key == NULL_ELEMENT ? withNull : rowsOfKey[key];
      candidates = candidates == empty || of.size() < candidates.size() ? of : candidates;
    }
    for (IntHashSet.IntIterator found = candidates.iterator(); found.hasNext(); ) {
      int row = found.nextValue();
      if (Arrays.equals(values[row], operand)) {
        rows.add(row);
      }
    }
    return new Clause(query("=", operand), rows);
  }

  private static boolean has(int[] operand, int key) {
    for (int other : operand) {
      if (other == key) {
        return true;
      }
    }
    return false;
  }

  /** Asks an index, with the clauses in any order; throws where the answer differs. */
  void check(GinIndex index, Snapshot snapshot, Ask ask, SplittableRandom random) {
    List<GinIndex.Condition> conditions = new ArrayList<>(ask.conditions());
    Collections.shuffle(conditions, new java.util.Random(random.nextLong()));
    long[] wanted = ask.tids();
    int at = 0;
    try (TidCursor cursor = index.search(snapshot, conditions, null)) {
      int leapAt = random.nextInt(10) == 0 ? random.nextInt(wanted.length + 1) : -1;
      while (true) {
        if (at == leapAt) {
          leapAt = -1;
          long target = random.nextLong(tids[tids.length - 1] + 2);
          cursor.advance(target);
          while (at < wanted.length && wanted[at] < target) {
            at++;
          }
        }
        if (!cursor.next()) {
          break;
        }
        if (cursor.needsRecheck() && !matches(conditions, cursor.tid())) {
          continue;
        }
        if (at == wanted.length || cursor.tid() != wanted[at]) {
          throw new AssertionError(
              conditions
                  + " gave TID "
                  + cursor.tid()
                  + " as its answer "
                  + at
                  + ", expected "
                  + (at == wanted.length ? "no more" : "TID " + wanted[at]));
        }
        at++;
      }
    }
    if (at != wanted.length) {
      throw new AssertionError(
          conditions + " gave " + at + " TIDs, expected " + wanted.length + ": " + wanted[at]);
    }
  }

  private boolean matches(List<GinIndex.Condition> conditions, long tid) {
    int row = Arrays.binarySearch(tids, tid);
    if (row < 0 || values[row] == null) {
      throw new AssertionError("TID " + tid + " is to be compared, but is not in the index");
    }
    List<String> value = list(values[row]);
    for (GinIndex.Condition condition : conditions) {
      if (!condition.query().matches(value)) {
        return false;
      }
    }
    return true;
  }
}
