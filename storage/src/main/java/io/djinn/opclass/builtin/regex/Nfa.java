package io.djinn.opclass.builtin.regex;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Automata of an expression and of parts of it, in one numbering of states.
 *
 * <p>A state either consumes one character of a set, or goes on to one or two states, perhaps only
 * at a certain place, or accepts. Lookaround constraints are states that pass where their bit is
 * set, or always, as the reader of the automaton likes; a back reference is the automaton of what
 * its group matches, which accepts at least the texts the reference does.
 */
public final class Nfa {
  /** Most states of an expression with its parts: bounds memory and the work per character. */
  static final int MOST_STATES = 50_000;

  public static final byte CHARS = 0;
  public static final byte SPLIT = 1;
  public static final byte PLACE = 2;
  public static final byte LOOK = 3;
  public static final byte ACCEPT = 4;

  private static final Place[] PLACES = Place.values();

  private final String pattern;
  private final Alphabet alphabet;
  private byte[] op = new byte[64];
  private int[] next = new int[64];
  private int[] other = new int[64];
  private int count;
  private final List<ColourSet> sets = new ArrayList<>();

  Nfa(String pattern, Alphabet alphabet) {
    this.pattern = pattern;
    this.alphabet = alphabet;
  }

  public Alphabet alphabet() {
    return alphabet;
  }

  public int stateCount() {
    return count;
  }

  public byte op(int state) {
    return op[state];
  }

  public int next(int state) {
    return next[state];
  }

  /** Second successor of a SPLIT. */
  public int other(int state) {
    return other[state];
  }

  public boolean consumes(int state, int colour) {
    return sets.get(other[state]).contains(colour);
  }

  public Place place(int state) {
    return PLACES[other[state]];
  }

  /** Index of the constraint of a LOOK state. */
  int look(int state) {
    return other[state];
  }

  private int add(byte newOp, int newNext, int newOther) {
    if (count == MOST_STATES) {
      throw new InvalidRegularExpressionException(
          "expression is too complex: it has more than " + MOST_STATES + " states",
          pattern,
          pattern.codePointCount(0, pattern.length()));
    }
    if (count == op.length) {
      op = Arrays.copyOf(op, 2 * count);
      next = Arrays.copyOf(next, 2 * count);
      other = Arrays.copyOf(other, 2 * count);
    }
    op[count] = newOp;
    next[count] = newNext;
    other[count] = newOther;
    return count++;
  }

  /**
   * Adds the automaton of an expression.
   *
   * @param backwards whether it reads the text from its end
   * @return its first state
   */
  int add(Expression expression, boolean backwards) {
    return add(expression, add(ACCEPT, -1, -1), backwards, true);
  }

  /**
   * Adds the automaton of items one after the other, read forwards.
   *
   * @return for each item the state from which the rest of the items is read, from it to the end
   */
  int[] addSequence(List<Expression> items) {
    int[] starts = new int[items.size() + 1];
    starts[items.size()] = add(ACCEPT, -1, -1);
    for (int i = items.size() - 1; i >= 0; i--) {
      starts[i] = add(items.get(i), starts[i + 1], false, true);
    }
    return starts;
  }

  /** Adds states that go on to {@code target} after the expression; returns the first. */
  private int add(Expression expression, int target, boolean backwards, boolean constraints) {
    if (expression instanceof Expression.Chars chars) {
      sets.add(alphabet.colours(chars.set()));
      return add(CHARS, target, sets.size() - 1);
    } else if (expression instanceof Expression.Sequence sequence) {
      List<Expression> items = sequence.items();
      int first = target;
      for (int i = 0; i < items.size(); i++) {
        Expression item = items.get(backwards ? i : items.size() - 1 - i);
        first = add(item, first, backwards, constraints);
      }
      return first;
    } else if (expression instanceof Expression.Choice choice) {
      List<Expression> branches = choice.branches();
      int first = add(branches.get(branches.size() - 1), target, backwards, constraints);
      for (int i = branches.size() - 2; i >= 0; i--) {
        first = add(SPLIT, add(branches.get(i), target, backwards, constraints), first);
      }
      return first;
    } else if (expression instanceof Expression.Repeat repeat) {
      return addRepeat(repeat, target, backwards, constraints);
    } else if (expression instanceof Expression.Group group) {
      return add(group.body(), target, backwards, constraints);
    } else if (expression instanceof Expression.BackReference reference) {
      return add(reference.group().body(), target, backwards, false);
    } else if (expression instanceof Expression.At at) {
      return constraints ? add(PLACE, target, at.place().ordinal()) : target;
    } else if (expression instanceof Expression.Look look) {
      return constraints ? add(LOOK, target, look.index()) : target;
    }
    return target;
  }

  private int addRepeat(
      Expression.Repeat repeat, int target, boolean backwards, boolean constraints) {
    int first = target;
    if (repeat.max() == Expression.UNBOUNDED) {
      int loop = add(SPLIT, -1, target);
      // The array may be another one after the call.
      int body = add(repeat.body(), loop, backwards, constraints);
      next[loop] = body;
      // With at least one turn, the first of them need not be written out.
      first = repeat.min() == 0 ? loop : body;
    } else {
      for (int i = repeat.min(); i < repeat.max(); i++) {
        first = add(SPLIT, add(repeat.body(), first, backwards, constraints), target);
      }
    }
    int written = repeat.max() == Expression.UNBOUNDED ? Math.min(repeat.min(), 1) : 0;
    for (int i = written; i < repeat.min(); i++) {
      first = add(repeat.body(), first, backwards, constraints);
    }
    return first;
  }
}
