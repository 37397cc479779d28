package io.djinn.api;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * The lives of an index that one thread makes, fills and drops again and again, by commit numbers:
 * each life began and ended somewhere in a range of them.
 */
final class SideHistory {
  /** From being made to being dropped. */
  private static final class Life {
    private final long madeAfter;
    private final long madeBy;
    private long droppedAfter = Long.MAX_VALUE;
    private long droppedBy = Long.MAX_VALUE;
    private final TreeMap<Long, BitSet> rows = new TreeMap<>();

    Life(long madeAfter, long madeBy) {
      this.madeAfter = madeAfter;
      this.madeBy = madeBy;
    }
  }

  private final List<Life> lives = new ArrayList<>();

  /** The index was made by a commit above one number and not above another. */
  void made(long after, long by) {
    lives.add(new Life(after, by));
  }

  void dropped(long after, long by) {
    Life life = lives.get(lives.size() - 1);
    life.droppedAfter = after;
    life.droppedBy = by;
  }

  /**
   * Rows were added to the index there is. A batch that changed nothing has the number of the one
   * before it, whose rows stay.
   */
  void added(long number, BitSet rows) {
    lives.get(lives.size() - 1).rows.computeIfAbsent(number, none -> new BitSet()).or(rows);
  }

  /** Rows behind a number in the present life. */
  BitSet rows(long number) {
    return rows(lives.get(lives.size() - 1), number);
  }

  private static BitSet rows(Life life, long number) {
    BitSet rows = new BitSet();
    life.rows.headMap(number, true).values().forEach(rows::or);
    return rows;
  }

  /**
   * Whether an index with these rows, or none where null, may be behind one of some numbers.
   *
   * @param numbers each stands for itself and the numbers up to the next commit
   */
  boolean mayBe(List<Long> numbers, Set<Long> allNumbers, BitSet found) {
    return numbers.stream().anyMatch(number -> mayBe(number, next(number, allNumbers), found));
  }

  private static long next(long number, Set<Long> allNumbers) {
    return allNumbers.stream()
        .mapToLong(Long::longValue)
        .filter(other -> other > number)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  private boolean mayBe(long from, long to, BitSet found) {
    if (found == null) {
      long absentAfter = Long.MIN_VALUE;
      for (Life life : lives) {
        if (absentAfter < to && life.madeBy > from) {
          return true;
        }
        absentAfter = life.droppedAfter;
      }
      return absentAfter < to;
    }
    for (Life life : lives) {
      if (life.madeAfter < to && life.droppedBy > from && rows(life, from).equals(found)) {
        return true;
      }
    }
    return false;
  }
}
