package io.djinn.opclass.builtin.regex;

import java.util.Arrays;
import java.util.List;

/**
 * Runs automata over parts of one text in the text's context, with lookaround constraints decided.
 *
 * <p>The constraints are decided first, each at every place of the text by one run over it. For one
 * thread at a time.
 */
final class Simulation {
  private static final int NONE = -1;

  private final Nfa nfa;
  private final ColourKinds kinds;
  private final List<Expression.Look> looks;
  private final int[] lookStarts;
  private final StepBudget budget;

  private int length;
  private int[] colours = new int[0];

  /** For each constraint, the places where it holds, as bits. */
  private final long[][] lookBits;

  private final int[] visited;
  private int visit;
  private final int[] stack;
  private final int[] consuming;
  private int[] active;
  private int[] reached;
  private int[] ends = new int[64];
  private int endCount;

  Simulation(
      Nfa nfa,
      ColourKinds kinds,
      List<Expression.Look> looks,
      int[] lookStarts,
      StepBudget budget) {
    this.nfa = nfa;
    this.kinds = kinds;
    this.looks = looks;
    this.lookStarts = lookStarts;
    this.budget = budget;
    lookBits = new long[looks.size()][];
    visited = new int[nfa.stateCount()];
    stack = new int[nfa.stateCount() + 1];
    consuming = new int[nfa.stateCount()];
    active = new int[nfa.stateCount()];
    reached = new int[nfa.stateCount()];
  }

  /** Takes a text, and decides the constraints on it. */
  void load(int[] codePoints, int newLength) {
    length = newLength;
    if (colours.length < length) {
      colours = new int[Math.max(length, 2 * colours.length)];
    }
    Alphabet alphabet = nfa.alphabet();
    for (int i = 0; i < length; i++) {
      colours[i] = alphabet.colour(codePoints[i]);
    }
    for (int i = 0; i < lookStarts.length; i++) {
      Expression.Look look = looks.get(i);
      boolean ahead = look.ahead();
      endCount = 0;
      // What is ahead is read from the end of the text, so that it is known where it begins.
      run(lookStarts[i], ahead ? length : 0, ahead ? 0 : length, true, Integer.MAX_VALUE);
      long[] bits = new long[length / 64 + 1];
      for (int n = 0; n < endCount; n++) {
        bits[ends[n] >> 6] |= 1L << ends[n];
      }
      if (look.negated()) {
        for (int n = 0; n < bits.length; n++) {
          bits[n] = ~bits[n];
        }
      }
      lookBits[i] = bits;
    }
  }

  /** Whether some part of the text is accepted. */
  boolean matchesAnywhere(int start) {
    return firstEndAnywhere(start, 0) >= 0;
  }

  /** The first end of a part that is accepted and begins at {@code from} or later, or -1. */
  int firstEndAnywhere(int start, int from) {
    endCount = 0;
    run(start, from, length, true, 1);
    return endCount == 0 ? NONE : ends[0];
  }

  /** Whether exactly the part from {@code begin} to {@code end} is accepted. */
  boolean matches(int start, int begin, int end) {
    endCount = 0;
    run(start, begin, end, false, Integer.MAX_VALUE);
    return endCount > 0 && ends[endCount - 1] == end;
  }

  /**
   * Finds the ends up to {@code limit} of the parts from {@code begin} that are accepted; returns
   * how many, which {@link #copyEnds} gives until the next run.
   */
  int findEnds(int start, int begin, int limit) {
    endCount = 0;
    run(start, begin, limit, false, Integer.MAX_VALUE);
    return endCount;
  }

  /** Copies the ends found last, ascending. */
  void copyEnds(int[] to, int at) {
    System.arraycopy(ends, 0, to, at, endCount);
  }

  /** The last end up to {@code limit} of a part from {@code begin} that is accepted, or -1. */
  int lastEnd(int start, int begin, int limit) {
    endCount = 0;
    run(start, begin, limit, false, Integer.MAX_VALUE);
    return endCount == 0 ? NONE : ends[endCount - 1];
  }

  /** The first end from {@code least} to {@code limit} that is accepted, or -1. */
  int firstEnd(int start, int begin, int least, int limit) {
    endCount = 0;
    run(start, begin, limit, false, Integer.MAX_VALUE);
    for (int i = 0; i < endCount; i++) {
      if (ends[i] >= least) {
        return ends[i];
      }
    }
    return NONE;
  }

  /**
   * Runs from one place to another, towards either end of the text, and notes the places at which
   * the automaton accepts.
   *
   * @param everywhere whether it may start at any place passed, else only at the first
   * @param most stop after so many
   */
  private void run(int start, int from, int to, boolean everywhere, int most) {
    boolean backwards = to < from;
    int activeCount = 0;
    for (int place = from; ; place += backwards ? -1 : 1) {
      int before = place == 0 ? Place.EDGE : kinds.kind(colours[place - 1]);
      int after = place == length ? Place.EDGE : kinds.kind(colours[place]);
      int consumers =
          close(activeCount, everywhere || place == from ? start : -1, before, after, place);
      if (accepted) {
        if (endCount == ends.length) {
          ends = Arrays.copyOf(ends, 2 * endCount);
        }
        ends[endCount++] = place;
        if (endCount == most) {
          return;
        }
      }
      if (place == to) {
        return;
      }
      activeCount = consume(consumers, colours[backwards ? place - 1 : place]);
      if (activeCount == 0 && !everywhere) {
        return;
      }
    }
  }

  private boolean accepted;

  /** Follows what consumes nothing; leaves the states that consume in {@code consuming}. */
  private int close(int activeCount, int start, int before, int after, int place) {
    visit++;
    accepted = false;
    int consumers = 0;
    int depth = 0;
    for (int i = 0; i < activeCount; i++) {
      depth = push(active[i], depth);
    }
    if (start >= 0) {
      depth = push(start, depth);
    }
    int steps = 1;
    while (depth > 0) {
      int state = stack[--depth];
      steps++;
      switch (nfa.op(state)) {
        case Nfa.CHARS -> consuming[consumers++] = state;
        case Nfa.SPLIT -> {
          depth = push(nfa.next(state), depth);
          depth = push(nfa.other(state), depth);
        }
        case Nfa.PLACE -> {
          if (nfa.place(state).isBetween(before, after)) {
            depth = push(nfa.next(state), depth);
          }
        }
        case Nfa.LOOK -> {
          if ((lookBits[nfa.look(state)][place >> 6] >>> place & 1) != 0) {
            depth = push(nfa.next(state), depth);
          }
        }
        default -> accepted = true;
      }
    }
    budget.spend(steps);
    return consumers;
  }

  private int consume(int consumers, int colour) {
    visit++;
    int count = 0;
    for (int i = 0; i < consumers; i++) {
      if (nfa.consumes(consuming[i], colour)) {
        int next = nfa.next(consuming[i]);
        if (visited[next] != visit) {
          visited[next] = visit;
          reached[count++] = next;
        }
      }
    }
    int[] swap = active;
    active = reached;
    reached = swap;
    return count;
  }

  private int push(int state, int depth) {
    if (visited[state] == visit) {
      return depth;
    }
    visited[state] = visit;
    stack[depth] = state;
    return depth + 1;
  }
}
