package io.djinn.opclass.builtin.text;

import io.djinn.opclass.Ternary;

/**
 * Decides whether a document matches a query, from the positions it has; as PostgreSQL's {@code
 * TS_execute}.
 *
 * <p>Inside a phrase {@code &}, {@code |} and {@code !} are position by position. A lexeme without
 * positions meets any weight but no phrase.
 */
final class TsQueryEvaluation {
  private final TsQuery query;
  private final LexemePositions document;
  private final PositionList list = new PositionList();
  private boolean hasUnknown;

  private TsQueryEvaluation(TsQuery query, LexemePositions document) {
    this.query = query;
    this.document = document;
  }

  static boolean matches(TsQuery query, TsVector document) {
    return evaluate(query, new VectorPositions(query, document)) == Ternary.YES;
  }

  /**
   * @return YES or NO; MAYBE only where the document does not know of some lexemes
   */
  static byte evaluate(TsQuery query, LexemePositions document) {
    return new TsQueryEvaluation(query, document).evaluate();
  }

  private byte evaluate() {
    byte[] values = new byte[query.depth()];
    PhraseMatch[] matches = new PhraseMatch[query.hasPhrase() ? query.depth() : 0];
    int top = 0;
    for (int i = 0; i < query.size(); i++) {
      byte kind = query.kind(i);
      boolean isInPhrase = query.isInPhrase(i);
      switch (kind) {
        case TsQuery.OPERAND -> {
          if (isInPhrase) {
            matches[top++] = positionsOf(query.value(i));
          } else {
            values[top++] = presence(query.value(i));
          }
        }
        case TsQuery.NOT -> {
          if (isInPhrase) {
            matches[top - 1].negate();
          } else {
            values[top - 1] = not(values[top - 1]);
          }
        }
        default -> {
          top--;
          if (!isInPhrase) {
            values[top - 1] =
                kind == TsQuery.AND
                    ? and(values[top - 1], values[top])
                    : or(values[top - 1], values[top]);
          } else {
            PhraseMatch joined =
                PhraseMatch.join(kind, query.value(i), matches[top - 1], matches[top]);
            matches[top - 1] = joined;
            if (query.isWholePhrase(i)) {
              values[top - 1] =
                  joined.ternary == Ternary.MAYBE && !hasUnknown ? Ternary.NO : joined.ternary;
            }
          }
        }
      }
    }
    return values[0];
  }

  static byte not(byte value) {
    return value == Ternary.MAYBE ? value : value == Ternary.NO ? Ternary.YES : Ternary.NO;
  }

  static byte and(byte left, byte right) {
    if (left == Ternary.NO || right == Ternary.NO) {
      return Ternary.NO;
    }
    return left == Ternary.MAYBE ? left : right;
  }

  static byte or(byte left, byte right) {
    if (left == Ternary.YES || right == Ternary.YES) {
      return Ternary.YES;
    }
    return left == Ternary.MAYBE ? left : right;
  }

  private byte presence(int operand) {
    int weights = query.operand(operand).weights();
    if (weights == 0) {
      return document.presence(operand);
    }
    int lexemes = document.lexemeCount(operand);
    if (lexemes == LexemePositions.UNKNOWN) {
      return Ternary.MAYBE;
    }
    for (int i = 0; i < lexemes; i++) {
      list.clear();
      document.addPositions(operand, i, list);
      boolean hasPositions = list.size() > 0;
      list.filter(0, weights);
      if (!hasPositions || list.size() > 0) {
        return Ternary.YES;
      }
    }
    return Ternary.NO;
  }

  private PhraseMatch positionsOf(int operand) {
    PhraseMatch match = new PhraseMatch();
    int lexemes = document.lexemeCount(operand);
    if (lexemes == LexemePositions.UNKNOWN) {
      hasUnknown = true;
      match.ternary = Ternary.MAYBE;
      return match;
    }
    list.clear();
    for (int i = 0; i < lexemes; i++) {
      int before = list.size();
      document.addPositions(operand, i, list);
      if (list.size() == before) {
        match.ternary = Ternary.MAYBE;
        return match;
      }
      list.filter(before, query.operand(operand).weights());
    }
    if (list.size() > 0) {
      match.ternary = Ternary.YES;
      match.positions = list.toSortedDistinct();
      match.count = match.positions.length;
    }
    return match;
  }

  /** The positions of a document that is at hand. */
  private static final class VectorPositions implements LexemePositions {
    private final TsVector document;
    private final int[] first;
    private final int[] counts;

    VectorPositions(TsQuery query, TsVector document) {
      this.document = document;
      first = new int[query.operandCount()];
      counts = new int[first.length];
      for (int i = 0; i < first.length; i++) {
        TsQuery.Operand operand = query.operand(i);
        byte[] lexeme = operand.lexeme();
        int from = document.lowerBound(lexeme);
        int to = from;
        while (to < document.size() && document.startsWith(to, lexeme)) {
          if (!operand.isPrefix() && document.length(to) > lexeme.length) {
            break;
          }
          to++;
          if (!operand.isPrefix()) {
            break;
          }
        }
        first[i] = from;
        counts[i] = to - from;
      }
    }

    @Override
    public byte presence(int operand) {
      return counts[operand] > 0 ? Ternary.YES : Ternary.NO;
    }

    @Override
    public int lexemeCount(int operand) {
      return counts[operand];
    }

    @Override
    public void addPositions(int operand, int which, PositionList to) {
      int lexeme = first[operand] + which;
      for (int i = 0; i < document.positionCount(lexeme); i++) {
        to.add(document.packed(lexeme, i));
      }
    }
  }
}
