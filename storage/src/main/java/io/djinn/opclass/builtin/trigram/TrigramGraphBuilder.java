package io.djinn.opclass.builtin.trigram;

import io.djinn.opclass.builtin.regex.CharacterTypes;
import io.djinn.opclass.builtin.regex.Nfa;
import io.djinn.opclass.builtin.regex.Place;
import io.djinn.opclass.builtin.regex.RegularExpression;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the trigrams that a regular expression asks for, from its automaton.
 *
 * <p>The automaton is walked together with what is known of the last two characters read: the
 * colour of a letter or digit, a blank for anything else, or nothing where a colour has too many
 * characters. Where the two and the next one are known, they are a trigram that any text passing
 * here has, and a new state of the graph is entered through an arc for it; all that is reached
 * without a trigram is the same state. What is too much is given up where it is: the states not yet
 * looked at count as last ones, and the arcs with the most or the least telling trigrams are
 * contracted. The graph then asks for less, never for more.
 */
final class TrigramGraphBuilder {
  private static final int MOST_ARCS = 1024;
  private static final int MOST_ARCS_OF_A_STATE = 64 * MOST_ARCS;
  private static final int MOST_TRIGRAMS = 256;
  private static final int MOST_CHARACTERS = 256;

  /** Looks at a colour from a key that all states together may take. */
  private static final int MOST_WORK = 4_000_000;

  /** Sum of penalties above which arcs are contracted although their number would be bearable. */
  private static final float WISHED_PENALTY = 16;

  /** By which of the three are blanks, the first highest: how little such a trigram tells. */
  private static final float[] PENALTIES = {1, 3.5f, 0, 0, 4.2f, 2.1f, 25, 0};

  private static final int UNKNOWN = -1;
  private static final int BLANK = -2;
  private static final int ANY_NEXT = (1 << Place.NEIGHBOURS) - 1;
  private static final int NEXT_WORD = 1 << Place.WORD;

  /**
   * Where the walk is.
   *
   * @param next which kinds of {@link Place} neighbour may come, as bits
   */
  private record Key(int beforePrevious, int previous, int automatonState, int next) {
    /** Whether all that the other key stands for is met by this one. */
    boolean covers(Key other) {
      return (next & other.next) == other.next
          && (previous == UNKNOWN
              || (previous == other.previous
                  && (beforePrevious == UNKNOWN || beforePrevious == other.beforePrevious)));
    }

    Key at(int state) {
      return new Key(beforePrevious, previous, state, next);
    }
  }

  private record Label(int first, int second, int third) {}

  private record Arc(State source, Label label, State target) {}

  /** A state of the graph. */
  private static final class State {
    private final Key key;
    private boolean last;
    private int number = -1;

    State(Key key) {
      this.key = key;
    }
  }

  /** What one colour has for trigrams. */
  private record Colour(boolean known, boolean hasBlank, int[] letters) {}

  private final Nfa nfa;
  private final RegularExpression expression;
  private final Colour[] colours;
  private final Map<Key, State> states = new LinkedHashMap<>();
  private final ArrayDeque<State> queue = new ArrayDeque<>();
  private final List<Arc> arcs = new ArrayList<>();

  private int work;

  private final Map<Integer, List<Key>> entered = new HashMap<>();
  private final ArrayDeque<Key> waiting = new ArrayDeque<>();

  private TrigramGraphBuilder(RegularExpression expression) {
    this.expression = expression;
    nfa = expression.automaton();
    colours = new Colour[nfa.alphabet().colourCount()];
  }

  /** The graph of an expression; null where texts may match without any trigram. */
  static TrigramGraph build(RegularExpression expression) {
    return new TrigramGraphBuilder(expression).build();
  }

  private TrigramGraph build() {
    State first = state(new Key(UNKNOWN, UNKNOWN, expression.firstState(), ANY_NEXT));
    boolean full = false;
    while (!queue.isEmpty()) {
      State state = queue.remove();
      if (full) {
        state.last = true;
      } else {
        enter(state);
      }
      full |=
          arcs.size() > MOST_ARCS
              || states.size() > TrigramGraph.MOST_STATES - 2
              || work > MOST_WORK;
    }
    if (first.last) {
      return null;
    }
    return select(first);
  }

  private State state(Key key) {
    State state = states.get(key);
    if (state == null) {
      state = new State(key);
      states.put(key, state);
      queue.add(state);
    }
    return state;
  }

  private Colour colour(int number) {
    if (colours[number] == null) {
      colours[number] = describe(nfa.alphabet().codePoints(number, MOST_CHARACTERS));
    }
    return colours[number];
  }

  private static Colour describe(int[] codePoints) {
    if (codePoints == null) {
      return new Colour(false, true, new int[0]);
    }
    boolean hasBlank = false;
    int[] letters = new int[codePoints.length];
    int n = 0;
    for (int c : codePoints) {
      if (CharacterTypes.isLetterOrDigit(c)) {
        letters[n++] = CharacterTypes.toLowerCase(c);
      } else {
        hasBlank = true;
      }
    }
    return new Colour(true, hasBlank, Arrays.stream(letters, 0, n).sorted().distinct().toArray());
  }

  /** Gathers what is reached from a state without a trigram, then makes the arcs out of it. */
  private void enter(State state) {
    entered.clear();
    waiting.clear();
    List<Key> reading = new ArrayList<>();
    List<Key[]> endings = new ArrayList<>();
    waiting.add(state.key);
    while (!waiting.isEmpty()) {
      Key key = waiting.remove();
      if (isCovered(key)) {
        continue;
      }
      if (work > MOST_WORK) {
        state.last = true;
        return;
      }
      entered.computeIfAbsent(key.automatonState, none -> new ArrayList<>(2)).add(key);
      int at = key.automatonState;
      switch (nfa.op(at)) {
        case Nfa.ACCEPT -> {
          state.last = true;
          return;
        }
        case Nfa.SPLIT -> {
          waiting.add(key.at(nfa.next(at)));
          waiting.add(key.at(nfa.other(at)));
        }
        case Nfa.LOOK -> waiting.add(key.at(nfa.next(at)));
        case Nfa.PLACE -> passPlace(key, endings);
        default -> {
          reading.add(key);
          readWithoutTrigram(key);
        }
      }
    }
    int arcsBefore = arcs.size();
    for (Key[] ending : endings) {
      addArc(state, ending[0], BLANK, ending[1]);
    }
    for (Key key : reading) {
      readWithTrigram(state, key);
      if (arcs.size() > MOST_ARCS_OF_A_STATE + arcsBefore || work > MOST_WORK) {
        arcs.subList(arcsBefore, arcs.size()).clear();
        state.last = true;
        return;
      }
    }
  }

  private boolean isCovered(Key key) {
    List<Key> known = entered.get(key.automatonState);
    if (known != null) {
      work += known.size();
      for (Key other : known) {
        if (other.covers(key)) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Goes past a place: it tells what is before it, and what may come.
   *
   * @param endings takes the key and the target where the place ends a word, which is a trigram
   */
  private void passPlace(Key key, List<Key[]> endings) {
    Place place = nfa.place(key.automatonState);
    int next = nfa.next(key.automatonState);
    int afterWord = possibleNext(place, Place.WORD, key.next);
    int afterOther =
        possibleNext(place, Place.EDGE, key.next)
            | possibleNext(place, Place.NEWLINE, key.next)
            | possibleNext(place, Place.OTHER, key.next);
    if (afterOther != 0 && key.previous < 0) {
      waiting.add(new Key(BLANK, BLANK, next, afterOther));
    }
    if (afterWord == 0) {
      return;
    }
    if ((afterWord & NEXT_WORD) != 0) {
      waiting.add(new Key(key.beforePrevious, key.previous, next, afterWord));
    } else {
      Key target = new Key(BLANK, BLANK, next, afterWord);
      if (isTrigram(key, BLANK)) {
        endings.add(new Key[] {key, target});
      } else {
        waiting.add(target);
      }
    }
  }

  private static int possibleNext(Place place, int before, int next) {
    int possible = 0;
    for (int after = 0; after < Place.NEIGHBOURS; after++) {
      if ((next >> after & 1) != 0 && place.isBetween(before, after)) {
        possible |= 1 << after;
      }
    }
    return possible;
  }

  /** Whether the colour can be read from the key. */
  private boolean reads(Key key, int colour) {
    return nfa.consumes(key.automatonState, colour)
        && (key.next == ANY_NEXT || (key.next >> expression.neighbour(colour) & 1) != 0);
  }

  private void readWithoutTrigram(Key key) {
    work += colours.length;
    int next = nfa.next(key.automatonState);
    for (int colour = 0; colour < colours.length; colour++) {
      if (reads(key, colour) && !colour(colour).known) {
        // Covers whatever the other colours lead to.
        waiting.add(new Key(UNKNOWN, UNKNOWN, next, ANY_NEXT));
        return;
      }
    }
    for (int colour = 0; colour < colours.length; colour++) {
      if (!reads(key, colour)) {
        continue;
      }
      if (colour(colour).hasBlank && !isTrigram(key, BLANK)) {
        waiting.add(new Key(BLANK, BLANK, next, ANY_NEXT));
      }
      if (colour(colour).letters.length > 0 && !isTrigram(key, colour)) {
        waiting.add(new Key(key.previous, colour, next, ANY_NEXT));
      }
    }
  }

  private void readWithTrigram(State state, Key key) {
    work += colours.length;
    int next = nfa.next(key.automatonState);
    for (int colour = 0; colour < colours.length; colour++) {
      if (!reads(key, colour)) {
        continue;
      }
      if (!colour(colour).known) {
        return;
      }
      if (colour(colour).hasBlank && isTrigram(key, BLANK)) {
        addArc(state, key, BLANK, new Key(BLANK, BLANK, next, ANY_NEXT));
      }
      if (colour(colour).letters.length > 0 && isTrigram(key, colour)) {
        addArc(state, key, colour, new Key(key.previous, colour, next, ANY_NEXT));
      }
    }
  }

  /** Whether what was read and this are a trigram that a text passing here has. */
  private static boolean isTrigram(Key key, int third) {
    boolean known = key.beforePrevious != UNKNOWN && key.previous != UNKNOWN;
    // Three blanks are none; after a word both are blanks at once.
    return known && !(key.previous == BLANK && third == BLANK);
  }

  private void addArc(State source, Key key, int third, Key target) {
    if (isCovered(target)) {
      return;
    }
    Label label = new Label(key.beforePrevious, key.previous, third);
    arcs.add(new Arc(source, label, state(target)));
  }

  /** All arcs of one label, which stay or are contracted together. */
  private final class Candidate {
    private final Label label;

    /** Source and target of each arc, packed, each pair once. */
    private final Set<Integer> ends = new LinkedHashSet<>();

    private final long size;
    private final float penalty;
    private boolean kept = true;

    Candidate(Label label) {
      this.label = label;
      size =
          (long) letters(label.first).length
              * letters(label.second).length
              * letters(label.third).length;
      int blanks =
          (label.first == BLANK ? 4 : 0)
              | (label.second == BLANK ? 2 : 0)
              | (label.third == BLANK ? 1 : 0);
      penalty = PENALTIES[blanks] * size;
    }

    int[] trigrams() {
      Trigrams found = new Trigrams((int) size);
      for (int first : letters(label.first)) {
        for (int second : letters(label.second)) {
          for (int third : letters(label.third)) {
            found.append(Trigrams.key(first, second, third));
          }
        }
      }
      return found.distinct();
    }
  }

  private static final int[] BLANK_LETTER = {Trigrams.BLANK};

  private int[] letters(int colour) {
    return colour == BLANK ? BLANK_LETTER : colours[colour].letters;
  }

  /** Numbers the states, and contracts arcs until those left are few enough. */
  private TrigramGraph select(State first) {
    int count = 2;
    for (State state : states.values()) {
      state.number = state == first ? TrigramGraph.FIRST : state.last ? TrigramGraph.LAST : count++;
    }
    Map<Label, Candidate> candidates = new LinkedHashMap<>();
    for (Arc arc : arcs) {
      candidates
          .computeIfAbsent(arc.label, Candidate::new)
          .ends
          .add(arc.source.number << 16 | arc.target.number);
    }
    int[] parents = new int[count];
    Arrays.setAll(parents, i -> i);
    parents = contract(candidates.values(), parents);
    return parents == null ? null : pack(candidates.values(), parents);
  }

  private static int[] contract(Iterable<Candidate> candidates, int[] states) {
    int[] parents = states;
    List<Candidate> worstFirst = new ArrayList<>();
    candidates.forEach(worstFirst::add);
    worstFirst.sort(Comparator.comparing(candidate -> -candidate.penalty));
    long size = 0;
    double penalty = 0;
    for (Candidate candidate : worstFirst) {
      size += candidate.size;
      penalty += candidate.penalty;
    }
    for (Candidate candidate : worstFirst) {
      if (size <= MOST_TRIGRAMS && penalty <= WISHED_PENALTY) {
        break;
      }
      int[] merged = parents.clone();
      for (int ends : candidate.ends) {
        int source = root(merged, ends >>> 16);
        int target = root(merged, ends & 0xFFFF);
        // The first and the last state stay the roots of theirs.
        merged[Math.max(source, target)] = Math.min(source, target);
      }
      if (root(merged, TrigramGraph.LAST) != root(merged, TrigramGraph.FIRST)) {
        parents = merged;
        candidate.kept = false;
        size -= candidate.size;
        penalty -= candidate.penalty;
      }
    }
    return size > MOST_TRIGRAMS ? null : parents;
  }

  private static int root(int[] parents, int state) {
    int root = state;
    while (parents[root] != root) {
      root = parents[root];
    }
    return root;
  }

  private static TrigramGraph pack(Iterable<Candidate> candidates, int[] parents) {
    Trigrams all = new Trigrams(MOST_TRIGRAMS);
    for (Candidate candidate : candidates) {
      if (candidate.kept) {
        for (int trigram : candidate.trigrams()) {
          all.append(trigram);
        }
      }
    }
    int[] trigrams = all.distinct();
    List<int[]> ends = new ArrayList<>();
    List<int[]> keys = new ArrayList<>();
    for (Candidate candidate : candidates) {
      if (!candidate.kept) {
        continue;
      }
      int[] indexes =
          Arrays.stream(candidate.trigrams())
              .map(trigram -> Arrays.binarySearch(trigrams, trigram))
              .toArray();
      Set<Integer> added = new HashSet<>();
      for (int pair : candidate.ends) {
        int source = root(parents, pair >>> 16);
        int target = root(parents, pair & 0xFFFF);
        if (source != target
            && source != TrigramGraph.LAST
            && target != TrigramGraph.FIRST
            && added.add(source << 16 | target)) {
          ends.add(new int[] {source, target});
          keys.add(indexes);
        }
      }
    }
    return new TrigramGraph(
        trigrams,
        ends.stream().mapToInt(pair -> pair[0]).toArray(),
        ends.stream().mapToInt(pair -> pair[1]).toArray(),
        keys.toArray(new int[0][]));
  }
}
