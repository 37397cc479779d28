package io.djinn.opclass.builtin.regex;

import io.djinn.opclass.builtin.regex.Expression.Preference;
import java.util.ArrayList;
import java.util.List;

/**
 * How a match of an expression with back references is divided among its parts.
 *
 * <p>What a group captures, and so what a reference matches, depends on the order in which
 * divisions are tried, and some are never tried. The tree is therefore cut as PostgreSQL cuts it:
 * stretches that neither capture nor refer and agree on longer or shorter matches are one leaf.
 */
final class MatchTree {
  /** Most parts of one branch that are not plain, and their deepest nesting. */
  static final int DEEPEST = 250;

  enum Kind {
    LEAF,
    BACK_REFERENCE,
    CONCATENATION,
    ALTERNATION,
    ITERATION,
    CAPTURE
  }

  private static final int LONGER = 1;
  private static final int SHORTER = 2;
  private static final int MIXED = 4;
  private static final int CAPTURES = 8;
  private static final int REFERS = 16;

  /** A part: an automaton that tells where it may match, and its own parts. */
  static final class Node {
    private Kind kind;
    private int flags;
    private int start;
    private int capture;
    private int reference;
    private int min = 1;
    private int max = 1;
    private List<Node> children = List.of();

    private Node(Kind kind, int flags, int start) {
      this.kind = kind;
      this.flags = flags;
      this.start = start;
    }

    Kind kind() {
      return kind;
    }

    /** First state of its automaton. */
    int start() {
      return start;
    }

    boolean prefersShorter() {
      return (flags & SHORTER) != 0;
    }

    /** Number of the group it is, 0 for none. */
    int capture() {
      return capture;
    }

    /** Number of the group it refers to. */
    int reference() {
      return reference;
    }

    int min() {
      return min;
    }

    int max() {
      return max;
    }

    List<Node> children() {
      return children;
    }
  }

  private final Nfa nfa;
  private final String pattern;
  private int depth;

  private MatchTree(Nfa nfa, String pattern) {
    this.nfa = nfa;
    this.pattern = pattern;
  }

  /** The tree of an expression; its automata are added to {@code nfa}. */
  static MatchTree.Node build(Expression expression, Nfa nfa, String pattern) {
    return new MatchTree(nfa, pattern).choice(expression);
  }

  private static int up(int flags) {
    boolean mixed = (flags & LONGER) != 0 && (flags & SHORTER) != 0;
    return flags & (MIXED | CAPTURES | REFERS) | (mixed ? MIXED : 0);
  }

  private static boolean isMessy(int flags) {
    return (flags & (MIXED | CAPTURES | REFERS)) != 0;
  }

  private static int preference(int flags) {
    return flags & (LONGER | SHORTER);
  }

  private static int combine(int first, int second) {
    int preference = preference(first) != 0 ? preference(first) : preference(second);
    return up(first | second) | preference;
  }

  private void descend() {
    if (++depth > DEEPEST) {
      throw new InvalidRegularExpressionException(
          "expression is too complex: with back references, more than "
              + DEEPEST
              + " captures follow or hold each other",
          pattern,
          pattern.codePointCount(0, pattern.length()));
    }
  }

  private Node choice(Expression expression) {
    descend();
    Node node;
    if (expression instanceof Expression.Choice choice) {
      node = new Node(Kind.ALTERNATION, LONGER, nfa.add(expression, false));
      node.children = new ArrayList<>();
      for (Expression branch : choice.branches()) {
        Node child = branch(branch);
        node.children.add(child);
        node.flags |= up(node.flags | child.flags);
      }
      if (!isMessy(node.flags)) {
        node.kind = Kind.LEAF;
        node.children = List.of();
      }
    } else {
      node = branch(expression);
    }
    depth--;
    return node;
  }

  private Node branch(Expression expression) {
    List<Expression> items = ((Expression.Sequence) expression).items();
    return branch(items, 0, nfa.addSequence(items));
  }

  /**
   * The items from an index on.
   *
   * @param starts for each item, the state that reads it and the items after it
   */
  private Node branch(List<Expression> items, int from, int[] starts) {
    int flags = 0;
    for (int i = from; i < items.size(); i++) {
      Expression item = items.get(i);
      Expression atom = item instanceof Expression.Repeat repeat ? repeat.body() : item;
      if (atom instanceof Expression.At
          || atom instanceof Expression.Look
          || atom instanceof Expression.Empty) {
        continue;
      }
      int wanted = item instanceof Expression.Repeat repeat ? wanted(repeat.preference()) : 0;
      Node node = null;
      boolean messy = false;
      if (atom instanceof Expression.Group group) {
        node = group(group);
        messy = group.number() > 0;
      } else if (atom instanceof Expression.BackReference reference) {
        node = new Node(Kind.BACK_REFERENCE, REFERS, 0);
        node.reference = reference.group().number();
        messy = true;
      }
      int all = flags | wanted | (node == null ? 0 : node.flags);
      if (!messy && !isMessy(up(all))) {
        flags = all;
        continue;
      }
      if (node == null) {
        node = new Node(Kind.LEAF, 0, nfa.add(atom, false));
      }
      return messyBranch(items, from, i, starts, flags, wanted, node);
    }
    return new Node(Kind.LEAF, flags, starts[from]);
  }

  private static int wanted(Preference preference) {
    return switch (preference) {
      case NONE -> 0;
      case LONGER -> LONGER;
      case SHORTER -> SHORTER;
    };
  }

  private Node group(Expression.Group group) {
    Node node = choice(group.body());
    if (group.number() == 0) {
      return node;
    }
    if (node.capture != 0) {
      Node wrapper = new Node(Kind.CAPTURE, node.flags, node.start);
      wrapper.children = List.of(node);
      node = wrapper;
    }
    node.flags |= CAPTURES;
    node.capture = group.number();
    return node;
  }

  /** Items up to {@code at} as one leaf, the item at it, and the items behind it. */
  private Node messyBranch(
      List<Expression> items, int from, int at, int[] starts, int flags, int wanted, Node atom) {
    int restFlags = combine(wanted, atom.flags);
    Node part = quantify(items.get(at), atom, wanted);
    Node prefix =
        at == from
            ? null
            : new Node(
                Kind.LEAF, flags, nfa.add(new Expression.Sequence(items.subList(from, at)), false));
    if (at + 1 == items.size()) {
      return prefix == null
          ? part
          : concatenate(prefix, part, flags | combine(flags, part.flags), starts[from]);
    }
    descend();
    Node rest = branch(items, at + 1, starts);
    depth--;
    restFlags |= combine(restFlags, rest.flags);
    int topFlags = flags | combine(flags, restFlags);
    if (prefix == null) {
      return concatenate(part, rest, topFlags, starts[from]);
    }
    boolean plain =
        part.kind == Kind.LEAF
            && rest.kind == Kind.LEAF
            && !isMessy(up(part.flags | rest.flags))
            && part.capture == 0;
    Node second =
        plain
            ? new Node(Kind.LEAF, combine(part.flags, rest.flags), starts[at])
            : concatenate(part, rest, restFlags, starts[at]);
    return concatenate(prefix, second, topFlags, starts[from]);
  }

  private static Node concatenate(Node left, Node right, int flags, int start) {
    Node node = new Node(Kind.CONCATENATION, flags, start);
    node.children = List.of(left, right);
    return node;
  }

  /** The atom with its quantifier. */
  private Node quantify(Expression item, Node atom, int wanted) {
    int min = item instanceof Expression.Repeat repeat ? repeat.min() : 1;
    int max = item instanceof Expression.Repeat repeat ? repeat.max() : 1;
    Expression repeated = item instanceof Expression.Repeat repeat ? repeat.body() : item;
    if (repeated instanceof Expression.BackReference) {
      atom.start = nfa.add(item, false);
      atom.min = min;
      atom.max = max;
      atom.flags |= combine(wanted, atom.flags);
      return atom;
    }
    int tendency = atom.flags & (LONGER | SHORTER | MIXED);
    if (min == 1 && max == 1 && (wanted == 0 || tendency == 0 || wanted == tendency)) {
      return atom;
    }
    int flags = combine(wanted, atom.flags);
    Expression.Repeat repeat = (Expression.Repeat) item;
    int start = nfa.add(item, false);
    if ((atom.flags & (CAPTURES | REFERS)) == 0) {
      return new Node(Kind.LEAF, flags, start);
    }
    if (min > 0 && (atom.flags & REFERS) == 0) {
      // Only the last turn captures.
      int before = max == Expression.UNBOUNDED ? max : max - 1;
      Expression turns =
          before == 0
              ? new Expression.Empty()
              : new Expression.Repeat(repeat.body(), min - 1, before, repeat.preference());
      Node first = new Node(Kind.LEAF, preference(flags), nfa.add(turns, false));
      return concatenate(first, atom, flags, start);
    }
    Node node = new Node(Kind.ITERATION, flags, start);
    node.min = min;
    node.max = max;
    node.children = List.of(atom);
    return node;
  }
}
