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
    int[] ends = simulation.ends(tree.start(), begin, length);
    for (int i = 0; i < ends.length; i++) {
      Arrays.fill(captureStart, UNSET);
      if (dissect(tree, begin, ends[shorter ? i : ends.length - 1 - i])) {
        return true;
      }
    }
    return false;
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
    int[] middles = simulation.ends(left.start(), begin, end);
    for (int i = 0; i < middles.length; i++) {
      int middle = middles[shorter ? i : middles.length - 1 - i];
      if (simulation.matches(right.start(), middle, end)
          && dissect(left, begin, middle)
          && dissect(right, middle, end)) {
        return true;
      }
      forget(left);
      forget(right);
    }
    return false;
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
    MatchTree.Node child = node.children().get(0);
    int least = Math.max(node.min(), 1);
    int most = mostTurns(node, begin, end, least);
    int[] ends = new int[most + 1];
    ends[0] = begin;
    int verified = 0;
    int turn = 1;
    int limit = end;
    while (turn > 0) {
      ends[turn] = simulation.lastEnd(child.start(), ends[turn - 1], limit);
      boolean found = ends[turn] >= 0;
      if (!found) {
        turn--;
      } else {
        verified = Math.min(verified, turn - 1);
        if (ends[turn] != end) {
          boolean needlesslyEmpty =
              ends[turn] == ends[turn - 1] && (turn >= least || least - turn < end - ends[turn]);
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
        int previous = ends[turn - 1];
        if (ends[turn] > previous) {
          limit = ends[turn] - 1;
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
    MatchTree.Node child = node.children().get(0);
    int least = Math.max(node.min(), 1);
    int most = mostTurns(node, begin, end, least);
    int[] ends = new int[most + 1];
    ends[0] = begin;
    int verified = 0;
    int turn = 1;
    int limit = begin;
    while (turn > 0) {
      if (limit == ends[turn - 1]
          && limit != end
          && (turn >= least || least - turn < end - limit)) {
        limit++;
      }
      // Once the turns are used up, the last one has to reach the end.
      if (turn >= most) {
        limit = end;
      }
      ends[turn] = simulation.firstEnd(child.start(), ends[turn - 1], limit, end);
      if (ends[turn] < 0) {
        turn--;
      } else {
        verified = Math.min(verified, turn - 1);
        if (ends[turn] != end) {
          if (turn < most) {
            turn++;
            limit = ends[turn - 1];
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
        if (ends[turn] < end) {
          limit = ends[turn] + 1;
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
  private int verify(MatchTree.Node child, int[] ends, int verified, int turns) {
    for (int i = verified + 1; i <= turns; i++) {
      forget(child);
      if (!dissect(child, ends[i - 1], ends[i])) {
        return i - 1;
      }
    }
    return turns;
  }
}
