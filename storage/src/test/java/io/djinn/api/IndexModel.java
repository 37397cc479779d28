package io.djinn.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.djinn.gin.scan.Formula;
import io.djinn.gin.scan.KeyQuery;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.builtin.ArrayOps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.agrona.collections.IntHashSet;

/**
 * What an index of arrays of strings must hold, and what it must answer: rows of a fixed set of
 * TIDs, each absent or with a value, and for each key the rows that have it.
 *
 * <p>A value is a list of key numbers, {@link #NULL_ELEMENT} among them where an element is null.
 */
final class IndexModel {
  static final int NULL_ELEMENT = -1;

  /** Different numbers in the second column, half of them negative. */
  private static final int NUMBERS = 60;

  /** The class of the second column. */
  static final DescendingOps NUMBERS_CLASS = new DescendingOps();

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
  private record Clause(int column, GinQuery query, IntHashSet rows) {
    Clause(GinQuery query, IntHashSet rows) {
      this(0, query, rows);
    }
  }

  private final long[] tids;
  private final String[] keys;
  private final int[][] values;
  private final IntHashSet[] rowsOfKey;
  private final IntHashSet empty = new IntHashSet();
  private final IntHashSet withNull = new IntHashSet();
  private final IntHashSet nullItems = new IntHashSet();
  private final boolean hasNumbers;
  private final IntHashSet[] rowsOfNumber = new IntHashSet[NUMBERS];

  /** Null where the index has no third column. */
  private final ModelDocuments documents;

  private final String[] sorted;
  private final Map<String, Integer> keyOfText = new HashMap<>();
  private int present;

  /**
   * @param tids ascending
   * @param keys all different
   * @param hasNumbers whether the index has a second column, of numbers made of the value
   * @param hasDocuments whether it has a third column too, of documents made of the value
   */
  IndexModel(long[] tids, String[] keys, boolean hasNumbers, boolean hasDocuments) {
    this.tids = tids;
    this.keys = keys;
    this.hasNumbers = hasNumbers;
    documents = hasDocuments ? new ModelDocuments(this::value, SMALL_SET) : null;
    sorted = keys.clone();
    Arrays.sort(sorted, (a, b) -> Arrays.compareUnsigned(a.getBytes(UTF_8), b.getBytes(UTF_8)));
    for (int i = 0; i < keys.length; i++) {
      keyOfText.put(keys[i], i);
    }
    for (int i = 0; i < NUMBERS; i++) {
      rowsOfNumber[i] = new IntHashSet();
    }
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

  /** A value as the columns of the index take it. */
  Object[] columns(int[] value) {
    if (documents != null) {
      return new Object[] {list(value), number(value), ModelDocuments.document(value)};
    }
    return hasNumbers ? new Object[] {list(value), number(value)} : new Object[] {list(value)};
  }

  private static Long number(int[] value) {
    return value == NULL_ITEM
        ? null
        : Long.valueOf(Math.floorMod(Arrays.stream(value).sum(), NUMBERS) - NUMBERS / 2);
  }

  private IntHashSet sameNumber(int[] value) {
    return rowsOfNumber[(int) (number(value) + NUMBERS / 2)];
  }

  private void add(int row, int[] value) {
    if (documents != null) {
      documents.add(row, value);
    }
    if (value != NULL_ITEM) {
      sameNumber(value).add(row);
    }
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
    if (documents != null) {
      documents.remove(row, value);
    }
    if (value != NULL_ITEM) {
      sameNumber(value).remove(row);
    }
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
      if (documents != null && random.nextInt(3) == 0) {
        ModelDocuments.Asked asked = documents.ask(random, exactOnly);
        isExact &= asked.isExact();
        clauses.add(new Clause(2, asked.query(), asked.rows()));
        continue;
      }
      int kind = random.nextInt(exactOnly ? 9 : 13);
      isExact &= kind < 9;
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
    clauses.forEach(
        clause -> conditions.add(new GinIndex.Condition(clause.column(), clause.query())));
    return new Ask(conditions, answer, isExact);
  }

  private Clause clause(SplittableRandom random, int kind) {
    return switch (kind) {
      case 0, 1, 2 -> contains(random);
      case 3, 4, 5 -> overlaps(random);
      case 6, 7 -> ranges(random);
      case 8 -> hasNumbers ? compared(random) : ranges(random);
      case 9, 10 -> containedBy(random);
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

  /** A formula over keys and ranges of keys; now and then one that takes rows without any. */
  private Clause ranges(SplittableRandom random) {
    int count = 1 + random.nextInt(4);
    boolean isWide = random.nextInt(60) == 0;
    TreeMap<byte[], byte[]> ends = new TreeMap<>(Arrays::compareUnsigned);
    for (int i = 0; i < count; i++) {
      int from = random.nextInt(sorted.length);
      int width = random.nextInt(isWide ? sorted.length : 12);
      boolean isLarge = false;
      for (int k = from; k < Math.min(sorted.length, from + Math.max(1, width)); k++) {
        isLarge |= !isSmall(keyOfText.get(sorted[k]));
      }
      if (!isLarge || isWide) {
        byte[] end =
            from + width < sorted.length ? sorted[from + width].getBytes(UTF_8) : KeyQuery.NO_END;
        ends.put(sorted[from].getBytes(UTF_8), width == 0 ? null : end);
      }
    }
    if (ends.isEmpty()) {
      return contains(random);
    }
    boolean takesAll = isWide && random.nextBoolean();
    KeyQuery query =
        new KeyQuery(
            takesAll ? GinQuery.Mode.ALL : GinQuery.Mode.DEFAULT,
            List.copyOf(ends.keySet()),
            new ArrayList<>(ends.values()),
            false,
            Formula.random(random, random.nextInt(4), ends.size())::value);
    IntHashSet candidates = new IntHashSet();
    if (takesAll) {
      for (int row = 0; row < values.length; row++) {
        if (values[row] != null) {
          candidates.add(row);
        }
      }
    } else {
      for (int key = 0; key < keys.length; key++) {
        byte[] bytes = keys[key].getBytes(UTF_8);
        for (int i = 0; i < query.keyCount(); i++) {
          if (KeyQuery.covers(query, i, bytes)) {
            candidates.addAll(rowsOfKey[key]);
          }
        }
      }
    }
    IntHashSet rows = new IntHashSet();
    for (IntHashSet.IntIterator found = candidates.iterator(); found.hasNext(); ) {
      int row = found.nextValue();
      if (query.matches(list(values[row]))) {
        rows.add(row);
      }
    }
    return new Clause(query, rows);
  }

  /** A comparison of the second column: mostly one that few rows answer. */
  private Clause compared(SplittableRandom random) {
    List<String> operators = NUMBERS_CLASS.operators();
    String operator = operators.get(random.nextInt(operators.size()));
    long operand = random.nextInt(-NUMBERS / 2 - 2, NUMBERS / 2 + 2);
    if (random.nextInt(60) > 0 && !operator.equals("=")) {
      operand = NUMBERS / 2 - random.nextInt(3);
      operand = operator.startsWith("<") ? -operand : operand;
    }
    GinQuery query = NUMBERS_CLASS.query(operator, operand);
    IntHashSet rows = new IntHashSet();
    for (int i = 0; i < NUMBERS; i++) {
      if (query.matches((long) i - NUMBERS / 2)) {
        rows.addAll(rowsOfNumber[i]);
      }
    }
    return new Clause(1, query, rows);
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
    if (random.nextInt(20) == 0) {
      checkBitmap(index, snapshot, conditions, wanted);
    }
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
        if (cursor.needsRecheck() && ask.isExact()) {
          throw new AssertionError(conditions + " left TID " + cursor.tid() + " to be compared");
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

  private void checkBitmap(
      GinIndex index, Snapshot snapshot, List<GinIndex.Condition> conditions, long[] wanted) {
    TidBitmap bitmap = index.bitmap(snapshot, conditions, TidBitmap.MIN_MEMORY);
    long[] found = new long[wanted.length];
    int count = 0;
    try (BitmapCursor cursor = bitmap.rows(null)) {
      while (cursor.next()) {
        if (!cursor.needsRecheck() || matches(conditions, cursor.tid())) {
          if (count < found.length) {
            found[count] = cursor.tid();
          }
          count++;
        }
      }
    }
    if (count != wanted.length || !Arrays.equals(found, wanted)) {
      throw new AssertionError(
          conditions + ": a bitmap gave " + count + " TIDs, expected " + wanted.length);
    }
  }

  private boolean matches(List<GinIndex.Condition> conditions, long tid) {
    int row = Arrays.binarySearch(tids, tid);
    if (row < 0 || values[row] == null) {
      throw new AssertionError("TID " + tid + " is to be compared, but is not in the index");
    }
    Object[] columns = columns(values[row]);
    for (GinIndex.Condition condition : conditions) {
      if (!condition.query().matches(columns[condition.column()])) {
        return false;
      }
    }
    return true;
  }
}
