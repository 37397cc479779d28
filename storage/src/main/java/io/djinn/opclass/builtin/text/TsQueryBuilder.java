package io.djinn.opclass.builtin.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Collects the items of a query in postfix order, stop words among them, and makes a {@link
 * TsQuery} without the stop words.
 *
 * <p>An operator loses an operand that is a stop word, and itself with it; the distances of phrases
 * grow by the words that are gone, as in PostgreSQL's {@code tsquery_cleanup.c}.
 */
final class TsQueryBuilder {
  private static final byte STOP = 5;

  /** A subtree while stop words are taken out. */
  private static final class Node {
    final byte kind;
    int value;
    Node left;
    Node right;

    /** Distance that a phrase around it gains on the left and on the right. */
    int leftGap;

    int rightGap;

    Node(byte kind, int value) {
      this.kind = kind;
      this.value = value;
    }
  }

  private byte[] kinds = new byte[16];
  private int[] values = new int[16];
  private int count;
  private boolean hasStops;
  private final List<TsQuery.Operand> operands = new ArrayList<>();
  private long lexemeBytes;

  /**
   * @throws IllegalArgumentException where the lexeme, or all of them, are too long
   */
  void operand(String lexeme, boolean isPrefix, int weights) {
    byte[] bytes = lexeme.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > TsQuery.MAX_LEXEME_BYTES) {
      throw new IllegalArgumentException(
          "word is too long in tsquery: "
              + bytes.length
              + " bytes, max "
              + TsQuery.MAX_LEXEME_BYTES
              + " bytes");
    }
    if (lexemeBytes >= TsVector.MAX_BYTES) {
      throw new IllegalArgumentException(
          "value is too big in tsquery: over "
              + TsVector.MAX_BYTES
              + " bytes of lexemes before the last");
    }
    lexemeBytes += bytes.length + 1;
    add(TsQuery.OPERAND, operands.size());
    operands.add(new TsQuery.Operand(bytes, isPrefix, weights));
  }

  /** A word that is not searched for. */
  void stopWord() {
    hasStops = true;
    add(STOP, 0);
  }

  /**
   * @param distance of a phrase, else 0
   */
  void operator(byte kind, int distance) {
    add(kind, distance);
  }

  private void add(byte kind, int value) {
    if (count == kinds.length) {
      kinds = Arrays.copyOf(kinds, 2 * count);
      values = Arrays.copyOf(values, 2 * count);
    }
    kinds[count] = kind;
    values[count++] = value;
  }

  TsQuery build() {
    TsQuery.Operand[] all = operands.toArray(TsQuery.Operand[]::new);
    if (hasStops) {
      withoutStops();
    }
    return new TsQuery(Arrays.copyOf(kinds, count), Arrays.copyOf(values, count), all);
  }

  private void withoutStops() {
    Node[] stack = new Node[count];
    int top = 0;
    for (int i = 0; i < count; i++) {
      byte kind = kinds[i];
      Node node = new Node(kind, values[i]);
      if (kind == TsQuery.NOT) {
        Node inner = stack[--top];
        node.right = inner;
        node.leftGap = inner.leftGap;
        node.rightGap = inner.rightGap;
        stack[top++] = inner.kind == STOP ? inner : node;
      } else if (kind == TsQuery.OPERAND || kind == STOP) {
        stack[top++] = node;
      } else {
        node.right = stack[--top];
        node.left = stack[--top];
        stack[top++] = joined(node);
      }
    }
    flatten(stack[0]);
  }

  /** What is left of a binary operator whose operands have no stop words any more. */
  private static Node joined(Node node) {
    Node left = node.left;
    Node right = node.right;
    boolean isPhrase = node.kind == TsQuery.PHRASE;
    int distance = isPhrase ? node.value : 0;
    if (left.kind == STOP && right.kind == STOP) {
      Node gone = new Node(STOP, 0);
      gone.leftGap =
          isPhrase
              ? left.leftGap + distance + right.leftGap
              : Math.max(left.leftGap, right.leftGap);
      gone.rightGap = gone.leftGap;
      return gone;
    }
    if (left.kind == STOP) {
      if (isPhrase) {
        right.leftGap += left.leftGap + distance;
      }
      return right;
    }
    if (right.kind == STOP) {
      if (isPhrase) {
        left.rightGap += distance + right.rightGap;
      }
      return left;
    }
    if (isPhrase) {
      // A short in PostgreSQL.
      node.value = (short) (distance + left.rightGap + right.leftGap);
      node.leftGap = left.leftGap;
      node.rightGap = right.rightGap;
    }
    return node;
  }

  /** Writes the tree, which is no larger, over the items. */
  private void flatten(Node root) {
    if (root.kind == STOP) {
      count = 0;
      operands.clear();
      return;
    }
    Node[] stack = new Node[count];
    int top = 0;
    stack[top++] = root;
    int at = count;
    // Backward: an operator, its right operand, its left one.
    while (top > 0) {
      Node node = stack[--top];
      at--;
      kinds[at] = node.kind;
      values[at] = node.value;
      if (node.left != null) {
        stack[top++] = node.left;
      }
      if (node.right != null) {
        stack[top++] = node.right;
      }
    }
    count -= at;
    System.arraycopy(kinds, at, kinds, 0, count);
    System.arraycopy(values, at, values, 0, count);
  }
}
