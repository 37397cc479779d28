package io.djinn.opclass.builtin.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A condition on documents: lexemes joined by {@code &}, {@code |}, {@code !} and the phrase
 * operators {@code <->} and {@code <n>}.
 *
 * <p>PostgreSQL's {@code tsquery}. A lexeme may stand for all that begin with it ({@code :*}) and
 * may be restricted to weights ({@code :AB}). The empty query matches nothing. Immutable.
 *
 * <p>Items are in postfix order, operands before their operator; nothing here recurses, so that a
 * query may be as deep as it is long.
 */
public final class TsQuery {
  /** Bytes of the longest lexeme. */
  public static final int MAX_LEXEME_BYTES = TsVector.MAX_LEXEME_BYTES;

  static final byte OPERAND = 0;
  static final byte NOT = 1;
  static final byte AND = 2;
  static final byte OR = 3;
  static final byte PHRASE = 4;

  /** Higher binds closer; by kind. */
  private static final int[] PRIORITIES = {5, 4, 2, 1, 3};

  /**
   * A lexeme asked for.
   *
   * @param lexeme in UTF-8, not to be changed
   * @param weights one bit a weight, 8 for A to 1 for D; 0 for any
   */
  record Operand(byte[] lexeme, boolean isPrefix, int weights) {}

  private final byte[] kinds;
  private final int[] values;
  private final Operand[] operands;

  /** Where the part that ends in an item begins. */
  private final int[] starts;

  private final boolean[] inPhrase;
  private final boolean[] isWholePhrase;
  private final int depth;
  private final boolean hasPhrase;
  private final boolean hasWeights;

  /**
   * @param kinds items in postfix order
   * @param values index of an operand, or the distance of a phrase
   */
  TsQuery(byte[] kinds, int[] values, Operand[] operands) {
    this.kinds = kinds;
    this.values = values;
    this.operands = operands;
    starts = new int[kinds.length];
    inPhrase = new boolean[kinds.length];
    isWholePhrase = new boolean[kinds.length];
    int height = 0;
    int highest = 0;
    boolean anyPhrase = false;
    for (int i = 0; i < kinds.length; i++) {
      switch (kinds[i]) {
        case OPERAND -> {
          starts[i] = i;
          height++;
        }
        case NOT -> starts[i] = starts[i - 1];
        default -> {
          starts[i] = starts[starts[i - 1] - 1];
          height--;
        }
      }
      highest = Math.max(highest, height);
      anyPhrase |= kinds[i] == PHRASE;
    }
    depth = highest;
    hasPhrase = anyPhrase;
    hasWeights = Arrays.stream(operands).anyMatch(operand -> operand.weights() != 0);
    for (int i = kinds.length - 1; i >= 0; i--) {
      isWholePhrase[i] = kinds[i] == PHRASE && !inPhrase[i];
      inPhrase[i] |= kinds[i] == PHRASE;
      if (kinds[i] != OPERAND) {
        inPhrase[i - 1] = inPhrase[i];
        if (kinds[i] != NOT) {
          inPhrase[starts[i - 1] - 1] = inPhrase[i];
        }
      }
    }
  }

  /**
   * Reads PostgreSQL's text form, as {@code 'fat' & 'rat':*AB}; lexemes are taken as they are.
   *
   * @throws IllegalArgumentException naming the text and what is wrong with it
   */
  public static TsQuery parse(String text) {
    return TsQueryParser.parse(text, TsQueryParser.AS_IS);
  }

  /** Whether there is nothing to match. */
  public boolean isEmpty() {
    return kinds.length == 0;
  }

  /** Whether a document matches, exactly. */
  public boolean matches(TsVector document) {
    return !isEmpty() && TsQueryEvaluation.matches(this, document);
  }

  int size() {
    return kinds.length;
  }

  byte kind(int item) {
    return kinds[item];
  }

  int value(int item) {
    return values[item];
  }

  int operandCount() {
    return operands.length;
  }

  Operand operand(int index) {
    return operands[index];
  }

  /** Whether positions of the item are asked for: it is below or at a phrase operator. */
  boolean isInPhrase(int item) {
    return inPhrase[item];
  }

  /** Whether the item is a phrase that is not part of another one. */
  boolean isWholePhrase(int item) {
    return isWholePhrase[item];
  }

  /** How many values an evaluation holds at most. */
  int depth() {
    return depth;
  }

  boolean hasPhrase() {
    return hasPhrase;
  }

  boolean hasWeights() {
    return hasWeights;
  }

  /** Whether every document that matches has at least one of the lexemes. */
  boolean requiresMatch() {
    boolean[] required = new boolean[depth];
    int top = 0;
    for (byte kind : kinds) {
      switch (kind) {
        case OPERAND -> required[top++] = true;
        case NOT -> required[top - 1] = false;
        case OR -> {
          top--;
          required[top - 1] &= required[top];
        }
        default -> {
          top--;
          required[top - 1] |= required[top];
        }
      }
    }
    return required[0];
  }

  /** PostgreSQL's text form, which {@link #parse} reads back; empty for the empty query. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    if (!isEmpty()) {
      print(text);
    }
    return text.toString();
  }

  /** Prints left to right; what is left to print is on a stack. */
  private void print(StringBuilder text) {
    String[] literals = new String[3 * kinds.length + 4];
    int[] items = new int[literals.length];
    int[] priorities = new int[literals.length];
    boolean[] rightOfPhrase = new boolean[literals.length];
    int top = 0;
    items[top] = kinds.length - 1;
    priorities[top++] = -1;
    while (top > 0) {
      top--;
      if (literals[top] != null) {
        text.append(literals[top]);
        literals[top] = null;
        continue;
      }
      int item = items[top];
      byte kind = kinds[item];
      if (kind == OPERAND) {
        print(operands[values[item]], text);
        continue;
      }
      int priority = PRIORITIES[kind];
      if (priority < priorities[top] || (kind == PHRASE && rightOfPhrase[top])) {
        text.append("( ");
        literals[top++] = " )";
      }
      items[top] = item - 1;
      priorities[top] = priority;
      rightOfPhrase[top++] = kind == PHRASE;
      if (kind == NOT) {
        text.append('!');
        continue;
      }
      literals[top++] =
          switch (kind) {
            case AND -> " & ";
            case OR -> " | ";
            default -> values[item] == 1 ? " <-> " : " <" + values[item] + "> ";
          };
      items[top] = starts[item - 1] - 1;
      priorities[top] = priority;
      rightOfPhrase[top++] = false;
    }
  }

  private static void print(Operand operand, StringBuilder text) {
    LexemeScanner.quote(new String(operand.lexeme(), StandardCharsets.UTF_8), text);
    if (operand.isPrefix() || operand.weights() != 0) {
      text.append(':');
    }
    if (operand.isPrefix()) {
      text.append('*');
    }
    for (int weight = 3; weight >= 0; weight--) {
      if ((operand.weights() & 1 << weight) != 0) {
        text.append((char) ('D' - weight));
      }
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TsQuery that && toString().equals(that.toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }
}
