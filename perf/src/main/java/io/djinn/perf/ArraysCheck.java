package io.djinn.perf;

import io.djinn.api.Djinn;
import io.djinn.api.GinIndex;
import io.djinn.api.GinStats;
import io.djinn.api.Snapshot;
import io.djinn.api.TidCursor;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.source.RowSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.LongStream;

/**
 * What an index over the generated table must hold and answer, from the generator alone: counts of
 * keys and TIDs, and the rows of a few queries by brute force.
 */
final class ArraysCheck {
  /**
   * A query and the rows that match it.
   *
   * @param values bits of the values asked for
   * @param isContains whether a row must have all of them, not any
   */
  private record Question(
      String text, GinQuery query, int values, boolean isContains, LongStream.Builder rows) {
    boolean matches(int present) {
      return isContains ? (present & values) == values : (present & values) != 0;
    }
  }

  private final List<Question> questions = new ArrayList<>();
  private final int[] bitOf = new int[ArraysTable.MAX_VALUE + 1];
  private final BitSet keys = new BitSet(ArraysTable.MAX_VALUE + 1);
  private final long rows;
  private long tids;
  private long row;

  ArraysCheck(long rows) throws IOException {
    this.rows = rows;
    List<Integer> first = new ArrayList<>();
    ArraysTable.forEach(
        Math.min(rows, 1), (values, count) -> Arrays.stream(values, 0, count).forEach(first::add));
    if (!first.isEmpty()) {
      int a = first.get(0);
      int b = first.get(1);
      ask("@> one value", true, a);
      ask("@> two values", true, a, b);
      ask("&& three values", false, 1, 2, ArraysTable.MAX_VALUE);
      ask("@> values no row has", true, a, b, first.get(2), first.get(3), 7, 70_007);
    }
    ArraysTable.forEach(rows, this::add);
  }

  private void ask(String text, boolean isContains, int... values) {
    int bits = 0;
    for (int value : values) {
      if (bitOf[value] == 0) {
        bitOf[value] = 1 << (int) Arrays.stream(bitOf).filter(bit -> bit != 0).count();
      }
      bits |= bitOf[value];
    }
    GinQuery query = isContains ? ArrayOps.containsAll(values) : ArrayOps.overlaps(values);
    questions.add(new Question(text, query, bits, isContains, LongStream.builder()));
  }

  private void add(int[] values, int count) {
    row++;
    tids += count;
    int present = 0;
    for (int i = 0; i < count; i++) {
      keys.set(values[i]);
      present |= bitOf[values[i]];
    }
    if (present != 0) {
      for (Question question : questions) {
        if (question.matches(present)) {
          question.rows().add(row);
        }
      }
    }
  }

  /**
   * Compares; throws where anything differs.
   *
   * @param source of the index, for row numbers
   */
  void check(Djinn db, GinIndex index, RowSource source) {
    require("rows of the source", rows, source.rowCount());
    try (Snapshot snapshot = db.snapshot()) {
      GinStats stats = index.stats(snapshot);
      require("keys", keys.cardinality(), stats.keys());
      require("tids", tids, stats.tids());
      for (Question question : questions) {
        long[] expected = question.rows().build().toArray();
        LongStream.Builder found = LongStream.builder();
        try (TidCursor cursor = index.search(snapshot, question.query())) {
          while (cursor.next()) {
            if (cursor.needsRecheck()) {
              throw new IllegalStateException(question.text() + " is not decided by the index");
            }
            found.add(source.rowNumberOf(cursor.tid()));
          }
        }
        long[] answer = found.build().toArray();
        if (!Arrays.equals(expected, answer)) {
          throw new IllegalStateException(
              question.text()
                  + ": "
                  + answer.length
                  + " rows found, brute force finds "
                  + expected.length);
        }
      }
    }
    List<String> problems = db.verify();
    if (!problems.isEmpty()) {
      throw new IllegalStateException("the store is damaged: " + problems);
    }
  }

  private static void require(String what, long expected, long found) {
    if (expected != found) {
      throw new IllegalStateException(what + ": found " + found + ", expected " + expected);
    }
  }
}
