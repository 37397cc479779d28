package io.djinn.perf;

import io.djinn.api.GinIndex;
import io.djinn.api.Snapshot;
import io.djinn.api.TidCursor;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.builtin.ArrayOps;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;

/** A query over {@link TrigramRows} with the rows that match it by brute force. */
final class TrigramQuestion {
  /** What a query looks like. */
  enum Shape {
    /** A key that no row has. */
    ABSENT(1),
    SINGLE(1),
    BOTH_OF_2(2),
    ALL_OF_3(3),
    ANY_OF_3(3);

    private final int keys;

    Shape(int keys) {
      this.keys = keys;
    }

    /** Its name among figures. */
    String figure() {
      return switch (this) {
        case ABSENT -> "Absent";
        case SINGLE -> "Single";
        case BOTH_OF_2 -> "BothOf2";
        case ALL_OF_3 -> "AllOf3";
        case ANY_OF_3 -> "AnyOf3";
      };
    }
  }

  private final String text;
  private final GinQuery query;
  private final BitSet rows;
  private final int prepared;

  private TrigramQuestion(String text, GinQuery query, BitSet rows, int prepared) {
    this.text = text;
    this.query = query;
    this.rows = rows;
    this.prepared = prepared;
  }

  /**
   * Questions of one shape; the keys of each are from a row, so that all of them have an answer.
   */
  static List<TrigramQuestion> of(
      TrigramRows rows, Shape shape, int count, SplittableRandom random) {
    List<TrigramQuestion> questions = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      String[] keys = new String[shape.keys];
      List<String> row = rows.row(random.nextInt(rows.count()));
      int first = random.nextInt(row.size());
      for (int at = 0; at < keys.length; at++) {
        // No letter of the rows' keys is a digit.
        keys[at] = shape == Shape.ABSENT ? "%03d".formatted(i) : row.get((first + at) % row.size());
      }
      boolean isUnion = shape == Shape.ANY_OF_3;
      BitSet matching = rows.rowsWith(keys[0]);
      for (int at = 1; at < keys.length; at++) {
        if (isUnion) {
          matching.or(rows.rowsWith(keys[at]));
        } else {
          matching.and(rows.rowsWith(keys[at]));
        }
      }
      questions.add(
          new TrigramQuestion(
              shape + " " + List.of(keys),
              isUnion ? ArrayOps.overlaps(keys) : ArrayOps.containsAll(keys),
              matching,
              rows.count()));
    }
    return questions;
  }

  /** Rows found; nothing else is done with them. */
  long ask(GinIndex index, Snapshot snapshot) {
    long found = 0;
    try (TidCursor cursor = index.search(snapshot, query)) {
      while (cursor.next()) {
        found++;
      }
    }
    return found;
  }

  /** Rows that match among those of the TIDs below this one. */
  long count(long endTid) {
    return endTid / prepared * rows.cardinality()
        + rows.get(0, (int) (endTid % prepared)).cardinality();
  }

  /**
   * Compares what an index finds with brute force; throws where it differs.
   *
   * @param endTid the rows of exactly the TIDs below this one are in the index
   */
  void check(GinIndex index, Snapshot snapshot, long endTid) {
    long expected = next(0);
    try (TidCursor cursor = index.search(snapshot, query)) {
      while (cursor.next()) {
        if (cursor.needsRecheck() || cursor.tid() != expected || expected >= endTid) {
          throw new IllegalStateException(
              text + ": found row " + cursor.tid() + ", brute force finds " + expected);
        }
        expected = next(expected + 1);
      }
    }
    if (expected < endTid) {
      throw new IllegalStateException(text + ": row " + expected + " was not found");
    }
  }

  /** The first matching TID from one on. */
  private long next(long from) {
    if (rows.isEmpty()) {
      return Long.MAX_VALUE;
    }
    long base = from / prepared * prepared;
    int at = rows.nextSetBit((int) (from % prepared));
    return at >= 0 ? base + at : base + prepared + rows.nextSetBit(0);
  }

  @Override
  public String toString() {
    return text;
  }
}
