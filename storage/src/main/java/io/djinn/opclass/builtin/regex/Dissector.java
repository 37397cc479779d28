package io.djinn.opclass.builtin.regex;

import java.util.Arrays;

/**
 * Matches expressions with back references, by trying divisions of a text among the parts of the
 * expression in PostgreSQL's order.
 *
 * <p>The work can grow without measure; each try takes from the budget of steps. For one thread at
 * a time.
 */
final class Dissector {
  private static final int UNSET = -1;

  private final MatchTree.Node tree;
  private final Simulation simulation;
  private final StepBudget budget;
  private final boolean ignoreCase;
  private final int[] captureStart;
  private final int[] captureEnd;

  /**
   * Ends that the divisions under way have yet to try, those of the innermost last: an array for
   * each would be as much garbage as the work has steps.
   */
  private int[] held = new int[64];

  private int heldCount;
  private int[] text = new int[0];
  private int length;

  Dissector(
      MatchTree.Node tree,
      int groupCount,
      Simulation simulation,
      StepBudget budget,
      boolean ignoreCase) {
    this.tree = tree;
    this.simulation = simulation;
    this.budget = budget;
    this.ignoreCase = ignoreCase;
    captureStart = new int[groupCount + 1];
    captureEnd = new int[groupCount + 1];
  }

  /**
   * Whether some part of the text, which the simulation has loaded, matches.
   *
   * <p>Parts are looked for as PostgreSQL does: between a place and the first end from there on,
   * and again behind that end while it is not the end of the text. An empty part at the end of the
   * text is therefore only seen where no part before it ends later.
   */
  boolean matches(int[] codePoints, int newLength) {
    text = codePoints;
    length = newLength;
    // Work that was given up leaves some behind.
    heldCount = 0;
    int from = 0;
    do {
      int end = simulation.firstEndAnywhere(tree.start(), from);
      if (end < 0) {
        return false;
      }
      for (int begin = from; begin <= end; begin++) {
        if (matchesFrom(begin)) {
          return true;
        }
      }
      from = end + 1;
    } while (from < length);
    return false;
  }

  private boolean matchesFrom(int begin) {
    boolean shorter = tree.prefersShorter();
    int first = heldCount;
    int count = holdEnds(tree, begin, length);
    boolean matched = false;
    for (int i = 0; i < count && !matched; i++) {
      Arrays.fill(captureStart, UNSET);
      matched = dissect(tree, begin, held[first + (shorter ? i : count - 1 - i)]);
    }
    heldCount = first;
    return matched;
  }

  /** Holds the ends of what a node accepts from a place on; returns how many there are. */
  private int holdEnds(MatchTree.Node node, int begin, int limit) {
    int count = simulation.findEnds(node.start(), begin, limit);
    int first = hold(count);
    simulation.copyEnds(held, first);
    return count;
  }

  /** Makes room for more numbers; returns where. */
  private int hold(int count) {
    int first = heldCount;
    if (held.length - first < count) {
      held = Arrays.copyOf(held, Math.max(2 * held.length, Math.addExact(first, count)));
    }
    heldCount = first + count;
    return first;
  }

  /** Divides a part of the text that the automaton of the node accepts. */
  private boolean dissect(MatchTree.Node node, int begin, int end) {
    budget.spend(1);
    boolean matched =
        switch (node.kind()) {
          case LEAF -> true;
          case BACK_REFERENCE -> matchReference(node, begin, end);
          case CONCATENATION -> concatenation(node, begin, end);
          case ALTERNATION -> alternation(node, begin, end);
          case ITERATION ->
              node.children().get(0).prefersShorter()
                  ? shortIteration(node, begin, end)
                  : longIteration(node, begin, end);
          case CAPTURE -> dissect(node.children().get(0), begin, end);
        };
    if (matched && node.capture() > 0) {
      captureStart[node.capture()] = begin;
      captureEnd[node.capture()] = end;
    }
    return matched;
  }

  private void forget(MatchTree.Node node) {
    if (node.capture() > 0) {
      captureStart[node.capture()] = UNSET;
    }
    budget.spend(1);
    for (MatchTree.Node child : node.children()) {
      forget(child);
    }
  }

  private boolean concatenation(MatchTree.Node node, int begin, int end) {
    MatchTree.Node left = node.children().get(0);
    MatchTree.Node right = node.children().get(1);
    boolean shorter = left.prefersShorter();
    int first = heldCount;
    int count = holdEnds(left, begin, end);
    boolean matched = false;
    for (int i = 0; i < count && !matched; i++) {
      int middle = held[first + (shorter ? i : count - 1 - i)];
      matched =
          simulation.matches(right.start(), middle, end)
              && dissect(left, begin, middle)
              && dissect(right, middle, end);
      if (!matched) {
        forget(left);
        forget(right);
      }
    }
    heldCount = first;
    return matched;
  }

  private boolean alternation(MatchTree.Node node, int begin, int end) {
    for (MatchTree.Node child : node.children()) {
      if (simulation.matches(child.start(), begin, end) && dissect(child, begin, end)) {
        return true;
      }
    }
    return false;
  }

  private boolean matchReference(MatchTree.Node node, int begin, int end) {
    int from = captureStart[node.reference()];
    if (from == UNSET) {
      return false;
    }
    int size = captureEnd[node.reference()] - from;
    int min = node.min();
    int max = node.max();
    if (size == 0) {
      return begin == end;
    }
    if (begin == end) {
      return min == 0;
    }
    int turns = (end - begin) / size;
    if ((end - begin) % size != 0 || turns < min || (max != Expression.UNBOUNDED && turns > max)) {
      return false;
    }
    budget.spend(end - begin);
    for (int i = begin; i < end; i++) {
      if (!isSame(text[i], text[from + (i - begin) % size])) {
        return false;
      }
    }
    return true;
  }

  private boolean isSame(int a, int b) {
    return a == b || (ignoreCase && CharacterTypes.toLowerCase(a) == CharacterTypes.toLowerCase(b));
  }

  /** Divides into turns, each as long as it can be; no turn at all is tried last. */
  private boolean longIteration(MatchTree.Node node, int begin, int end) {
    int least = Math.max(node.min(), 1);
    int most = mostTurns(node, begin, end, least);
    int first = hold(most + 1);
    boolean matched = longIteration(node, end, least, most, first, begin);
    heldCount = first;
    return matched;
  }

  /**
   * @param ends where the ends of the turns are held, that of none first
   */
  private boolean longIteration(
      MatchTree.Node node, int end, int least, int most, int ends, int begin) {
    MatchTree.Node child = node.children().get(0);
    held[ends] = begin;
    int verified = 0;
    int turn = 1;
    int limit = end;
    while (turn > 0) {
      held[ends + turn] = simulation.lastEnd(child.start(), held[ends + turn - 1], limit);
      boolean found = held[ends + turn] >= 0;
      if (!found) {
        turn--;
      } else {
        verified = Math.min(verified, turn - 1);
        if (held[ends + turn] != end) {
          boolean needlesslyEmpty =
              held[ends + turn] == held[ends + turn - 1]
                  && (turn >= least || least - turn < end - held[ends + turn]);
          if (turn >= most) {
            turn--;
          } else if (!needlesslyEmpty) {
            turn++;
            limit = end;
            continue;
          }
        } else if (turn >= least) {
          verified = verify(child, ends, verified, turn);
          if (verified == turn) {
            return true;
          }
        }
      }
      // Shorten the last turn that can be; an empty one is tried only where it is needed.
      while (turn > 0) {
        int previous = held[ends + turn - 1];
        if (held[ends + turn] > previous) {
          limit = held[ends + turn] - 1;
          if (limit > previous || (turn < least && least - turn >= end - previous)) {
            break;
          }
        }
        turn--;
      }
    }
    return node.min() == 0 && begin == end;
  }

  /** Divides into turns, each as short as it can be; no turn at all is tried first. */
  private boolean shortIteration(MatchTree.Node node, int begin, int end) {
    if (node.min() == 0 && begin == end) {
      return true;
    }
    int least = Math.max(node.min(), 1);
    int most = mostTurns(node, begin, end, least);
    int first = hold(most + 1);
    boolean matched = shortIteration(node, end, least, most, first, begin);
    heldCount = first;
    return matched;
  }

  /**
   * @param ends where the ends of the turns are held, that of none first
   */
  private boolean shortIteration(
      MatchTree.Node node, int end, int least, int most, int ends, int begin) {
    MatchTree.Node child = node.children().get(0);
    held[ends] = begin;
    int verified = 0;
    int turn = 1;
    int limit = begin;
    while (turn > 0) {
      if (limit == held[ends + turn - 1]
          && limit != end
          && (turn >= least || least - turn < end - limit)) {
        limit++;
      }
      // Once the turns are used up, the last one has to reach the end.
      if (turn >= most) {
        limit = end;
      }
      held[ends + turn] = simulation.firstEnd(child.start(), held[ends + turn - 1], limit, end);
      if (held[ends + turn] < 0) {
        turn--;
      } else {
        verified = Math.min(verified, turn - 1);
        if (held[ends + turn] != end) {
          if (turn < most) {
            turn++;
            limit = held[ends + turn - 1];
            continue;
          }
          turn--;
        } else if (turn >= least) {
          verified = verify(child, ends, verified, turn);
          if (verified == turn) {
            return true;
          }
        }
      }
      while (turn > 0) {
        if (held[ends + turn] < end) {
          limit = held[ends + turn] + 1;
          break;
        }
        turn--;
      }
    }
    return false;
  }

  private int mostTurns(MatchTree.Node node, int begin, int end, int least) {
    int most = end - begin;
    if (node.max() != Expression.UNBOUNDED) {
      most = Math.min(most, node.max());
    }
    return Math.max(most, least);
  }

  /** Divides each turn from the first that is not verified; returns the last that could be. */
  private int verify(MatchTree.Node child, int ends, int verified, int turns) {
    for (int i = verified + 1; i <= turns; i++) {
      forget(child);
      if (!dissect(child, held[ends + i - 1], held[ends + i])) {
        return i - 1;
      }
    }
    return turns;
  }
}
