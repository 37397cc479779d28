package io.djinn.opclass.builtin.regex;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells whether an automaton accepts any part of a text, by a deterministic automaton made as far
 * as texts ask for it.
 *
 * <p>A state of it is the set of automaton states reached by the last character, together with the
 * kind of that character; constraints are decided when the next character is known. Lookaround
 * constraints count as met. The states made are forgotten when they take too much memory. For one
 * thread at a time.
 */
final class LazyDfa {
  private static final int UNKNOWN = -1;
  private static final int MATCHED = -2;

  /** No match any more, whatever follows. */
  private static final int DEAD = -3;

  /** Most integers kept in transitions and sets together. */
  private static final int MOST_KEPT = 1 << 20;

  private record StateSet(int kind, int[] states) {
    @Override
    public boolean equals(Object other) {
      return other instanceof StateSet set && kind == set.kind && Arrays.equals(states, set.states);
    }

    @Override
    public int hashCode() {
      return 31 * Arrays.hashCode(states) + kind;
    }
  }

  private final Nfa nfa;
  private final int start;
  private final Alphabet alphabet;
  private final ColourKinds kinds;
  private final boolean anchored;
  private final StepBudget budget;
  private final int end;

  private final Map<StateSet, Integer> numbers = new HashMap<>();
  private final List<StateSet> sets = new ArrayList<>();
  private int[][] moves = new int[16][];
  private int kept;

  private final int[] visited;
  private int visit;
  private final int[] stack;
  private final int[] consuming;
  private final int[] reached;

  /**
   * @param start first state of the automaton to run
   * @param anchored whether it can only match from the start of the text
   */
  LazyDfa(Nfa nfa, int start, ColourKinds kinds, boolean anchored, StepBudget budget) {
    this.nfa = nfa;
    this.start = start;
    this.kinds = kinds;
    this.anchored = anchored;
    this.budget = budget;
    alphabet = nfa.alphabet();
    end = alphabet.colourCount();
    visited = new int[nfa.stateCount()];
    stack = new int[nfa.stateCount() + 1];
    consuming = new int[nfa.stateCount()];
    reached = new int[nfa.stateCount()];
  }

  boolean matches(CharSequence text) {
    int state = initial();
    int length = text.length();
    for (int i = 0; i < length; i++) {
      int c = text.charAt(i);
      if (c >= Character.MIN_HIGH_SURROGATE
          && c <= Character.MAX_HIGH_SURROGATE
          && i + 1 < length
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        c = Character.toCodePoint((char) c, text.charAt(++i));
      }
      int colour = alphabet.colour(c);
      int next = moves[state][colour];
      state = next == UNKNOWN ? move(state, colour) : next;
      if (state < 0) {
        return state == MATCHED;
      }
    }
    return atEnd(state);
  }

  boolean matches(byte[] utf8, int offset, int length) {
    int state = initial();
    int limit = offset + length;
    for (int i = offset; i < limit; ) {
      int c = utf8[i++];
      if (c < 0) {
        int decoded = Utf8.decode(utf8, i - 1, limit);
        c = Utf8.codePoint(decoded);
        i += Utf8.length(decoded) - 1;
      }
      int colour = alphabet.colour(c);
      int next = moves[state][colour];
      state = next == UNKNOWN ? move(state, colour) : next;
      if (state < 0) {
        return state == MATCHED;
      }
    }
    return atEnd(state);
  }

  private int initial() {
    return number(new StateSet(Place.EDGE, new int[] {start}));
  }

  private boolean atEnd(int state) {
    int next = moves[state][end];
    return (next == UNKNOWN ? move(state, end) : next) == MATCHED;
  }

  private int number(StateSet set) {
    Integer known = numbers.get(set);
    if (known != null) {
      return known;
    }
    int size = alphabet.colourCount() + 1 + set.states.length;
    if (kept + size > MOST_KEPT && !sets.isEmpty()) {
      numbers.clear();
      sets.clear();
      Arrays.fill(moves, null);
      kept = 0;
    }
    int number = sets.size();
    if (number == moves.length) {
      moves = Arrays.copyOf(moves, 2 * number);
    }
    moves[number] = new int[alphabet.colourCount() + 1];
    Arrays.fill(moves[number], UNKNOWN);
    sets.add(set);
    numbers.put(set, number);
    kept += size;
    return number;
  }

  private int move(int from, int colour) {
    StateSet set = sets.get(from);
    int kind = colour == end ? Place.EDGE : kinds.kind(colour);
    int target = target(set, colour, kind);
    if (target == UNKNOWN) {
      StateSet next = new StateSet(kinds.matter() ? kind : Place.OTHER, reachedStates());
      int[] row = moves[from];
      target = next.states.length == 0 && anchored ? DEAD : number(next);
      if (moves[from] == row) {
        row[colour] = target;
      }
      return target;
    }
    moves[from][colour] = target;
    return target;
  }

  private int reachedCount;

  private int[] reachedStates() {
    int[] states = Arrays.copyOf(reached, reachedCount);
    Arrays.sort(states);
    return states;
  }

  /** MATCHED, DEAD, or UNKNOWN with the states reached in {@code reached}. */
  private int target(StateSet set, int colour, int kind) {
    visit++;
    int consumers = 0;
    int depth = 0;
    int steps = 0;
    for (int state : set.states) {
      depth = push(state, depth);
    }
    if (!anchored) {
      depth = push(start, depth);
    }
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
          if (nfa.place(state).isBetween(set.kind, kind)) {
            depth = push(nfa.next(state), depth);
          }
        }
        case Nfa.LOOK -> depth = push(nfa.next(state), depth);
        default -> {
          budget.spend(steps);
          return MATCHED;
        }
      }
    }
    budget.spend(steps);
    if (colour == end) {
      return DEAD;
    }
    visit++;
    reachedCount = 0;
    for (int i = 0; i < consumers; i++) {
      if (nfa.consumes(consuming[i], colour)) {
        int next = nfa.next(consuming[i]);
        if (visited[next] != visit) {
          visited[next] = visit;
          reached[reachedCount++] = next;
        }
      }
    }
    return UNKNOWN;
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
