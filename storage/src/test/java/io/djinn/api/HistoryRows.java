package io.djinn.api;

import io.djinn.opclass.GinQuery;
import io.djinn.opclass.builtin.ArrayOps;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;

/**
 * The rows that histories of many threads are about: each has one value for good and is there or
 * not, so that a state is the set of rows that are there.
 */
final class HistoryRows {
  private static final long FIRST_TID = 5;
  private static final long TID_STEP = 1_000;
  private static final int EVERYWHERE = 1;

  /** Part of the answer that is asked for: this many rows, or the rows from one on. */
  enum Part {
    ALL,
    FIRST_ROWS,
    FROM_ROW
  }

  /**
   * A search.
   *
   * @param matching rows that answer it when they are there
   * @param argument of the part: number of rows, or the first row
   */
  record Ask(String words, List<GinQuery> queries, BitSet matching, Part part, int argument) {
    /** The rows that answer it in a state. */
    BitSet answer(BitSet state) {
      BitSet answer = (BitSet) state.clone();
      answer.and(matching);
      if (part == Part.FROM_ROW) {
        answer.clear(0, argument);
      } else if (part == Part.FIRST_ROWS && answer.cardinality() > argument) {
        int last = -1;
        for (int i = 0; i < argument; i++) {
          last = answer.nextSetBit(last + 1);
        }
        answer.clear(last + 1, answer.length());
      }
      return answer;
    }

    @Override
    public String toString() {
      return words + (part == Part.ALL ? "" : " " + part + " " + argument);
    }
  }

  private final int count;
  private final List<int[]> values = new ArrayList<>();

  HistoryRows(int count) {
    this.count = count;
    for (int row = 0; row < count; row++) {
      int mixed = (row * 7919) & Integer.MAX_VALUE;
      values.add(new int[] {EVERYWHERE, 10 + row % 5, 100 + mixed % 60, 1_000 + row / 3});
    }
  }

  int count() {
    return count;
  }

  static long tid(int row) {
    return FIRST_TID + row * TID_STEP;
  }

  /** The row with a TID; throws where there is none. */
  int row(long tid) {
    long row = (tid - FIRST_TID) / TID_STEP;
    if (tid < FIRST_TID || (tid - FIRST_TID) % TID_STEP != 0 || row >= count) {
      throw new AssertionError("TID " + tid + " was never inserted");
    }
    return (int) row;
  }

  List<Integer> value(int row) {
    List<Integer> value = new ArrayList<>();
    for (int key : values.get(row)) {
      value.add(key);
    }
    return value;
  }

  /** The search that every row answers. */
  Ask everything() {
    return ask("all rows", List.of(ArrayOps.containsAll(EVERYWHERE)), row -> true, Part.ALL, 0);
  }

  /** One search of each shape. */
  List<Ask> everyShape(SplittableRandom random) {
    List<Ask> asks = new ArrayList<>();
    for (int shape = 0; shape < SHAPES; shape++) {
      asks.add(shape(random, shape, Part.ALL, 0));
    }
    return asks;
  }

  /** A random search. */
  Ask ask(SplittableRandom random) {
    Part part = Part.values()[Math.max(0, random.nextInt(8) - 5)];
    int argument = random.nextInt(part == Part.FIRST_ROWS ? 12 : count);
    return shape(random, random.nextInt(SHAPES), part, argument);
  }

  private static final int SHAPES = 9;

  private Ask shape(SplittableRandom random, int shape, Part part, int argument) {
    int[] like = values.get(random.nextInt(count));
    int[] other = values.get(random.nextInt(count));
    return switch (shape) {
      case 0 -> everything();
      case 1 -> contains(part, argument, like[1]);
      case 2 -> contains(part, argument, like[2]);
      case 3 -> contains(part, argument, EVERYWHERE, like[1], other[2]);
      case 4 -> overlaps(part, argument, like[2], other[2], other[3]);
      case 5 -> overlaps(part, argument, like[1], other[3]);
      case 6 -> equalTo(part, argument, like);
      case 7 -> {
        Ask first = contains(part, argument, like[1]);
        Ask second = overlaps(part, argument, like[2], other[2]);
        BitSet both = (BitSet) first.matching().clone();
        both.and(second.matching());
        yield new Ask(
            first.words() + " and " + second.words(),
            List.of(first.queries().get(0), second.queries().get(0)),
            both,
            part,
            argument);
      }
      default ->
          ask("not null", List.of(ArrayOps.containsAll(new int[0])), row -> true, part, argument);
    };
  }

  private Ask contains(Part part, int argument, int... keys) {
    return ask(
        "contains " + java.util.Arrays.toString(keys),
        List.of(ArrayOps.containsAll(keys)),
        row -> {
          for (int key : keys) {
            if (!has(row, key)) {
              return false;
            }
          }
          return true;
        },
        part,
        argument);
  }

  private Ask overlaps(Part part, int argument, int... keys) {
    return ask(
        "overlaps " + java.util.Arrays.toString(keys),
        List.of(ArrayOps.overlaps(keys)),
        row -> {
          for (int key : keys) {
            if (has(row, key)) {
              return true;
            }
          }
          return false;
        },
        part,
        argument);
  }

  private Ask equalTo(Part part, int argument, int... keys) {
    // A limit counts what is still to be compared.
    return ask(
        "equals " + java.util.Arrays.toString(keys),
        List.of(ArrayOps.equalTo(keys)),
        row -> java.util.Arrays.equals(values.get(row), keys),
        part == Part.FIRST_ROWS ? Part.ALL : part,
        argument);
  }

  private Ask ask(
      String words, List<GinQuery> queries, IntPredicate matches, Part part, int argument) {
    BitSet matching = new BitSet(count);
    for (int row = 0; row < count; row++) {
      if (matches.test(row)) {
        matching.set(row);
      }
    }
    return new Ask(words, queries, matching, part, argument);
  }

  private boolean has(int row, int key) {
    for (int own : values.get(row)) {
      if (own == key) {
        return true;
      }
    }
    return false;
  }

  /**
   * Searches an index; throws where an answer is not ascending.
   *
   * @param between is run between rows and inside steps, where others may get a turn
   */
  BitSet search(GinIndex index, Snapshot snapshot, Ask ask, Runnable between) {
    List<GinIndex.Condition> conditions = new ArrayList<>();
    for (GinQuery query : ask.queries()) {
      conditions.add(new GinIndex.Condition(0, new InterruptedQuery(query, between)));
    }
    BitSet answer = new BitSet(count);
    try (TidCursor cursor = index.search(snapshot, conditions, null)) {
      if (ask.part() == Part.FIRST_ROWS) {
        cursor.limit(ask.argument());
      }
      between.run();
      if (ask.part() == Part.FROM_ROW) {
        cursor.advance(tid(ask.argument()));
      }
      long last = -1;
      while (cursor.next()) {
        if (cursor.tid() <= last) {
          throw new AssertionError(ask + " gave TID " + cursor.tid() + " after " + last);
        }
        last = cursor.tid();
        int row = row(last);
        if (!cursor.needsRecheck() || matches(ask, row)) {
          answer.set(row);
        }
        if (row % 128 == 0) {
          between.run();
        }
      }
    }
    return answer;
  }

  private boolean matches(Ask ask, int row) {
    List<Integer> value = value(row);
    return ask.queries().stream().allMatch(query -> query.matches(value));
  }
}
