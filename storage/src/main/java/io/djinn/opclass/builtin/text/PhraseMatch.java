package io.djinn.opclass.builtin.text;

import io.djinn.opclass.Ternary;

/**
 * Where a part of a phrase matches: at some positions, or at all but some.
 *
 * <p>As PostgreSQL's {@code ExecPhraseData}: the positions are the last ones of each match, which
 * begins {@code width} before. Mutable until it is joined.
 */
final class PhraseMatch {
  private static final int LEFT_ONLY = 1;
  private static final int RIGHT_ONLY = 2;
  private static final int BOTH = 4;
  private static final char[] NO_POSITIONS = {};

  /** YES only with positions or negated. */
  byte ternary = Ternary.NO;

  char[] positions = NO_POSITIONS;
  int count;
  boolean isNegated;
  int width;

  /** The positions at which this does not match. */
  void negate() {
    if (ternary == Ternary.NO) {
      ternary = Ternary.YES;
      isNegated = true;
    } else if (ternary == Ternary.YES) {
      isNegated = !isNegated;
      if (count == 0 && !isNegated) {
        ternary = Ternary.NO;
      }
    }
  }

  /**
   * @param kind {@link TsQuery#AND}, {@link TsQuery#OR} or {@link TsQuery#PHRASE}
   */
  static PhraseMatch join(byte kind, int distance, PhraseMatch left, PhraseMatch right) {
    PhraseMatch joined = new PhraseMatch();
    boolean isOr = kind == TsQuery.OR;
    boolean isNo =
        isOr
            ? left.ternary == Ternary.NO && right.ternary == Ternary.NO
            : left.ternary == Ternary.NO || right.ternary == Ternary.NO;
    if (isNo) {
      return joined;
    }
    if (left.ternary == Ternary.MAYBE || right.ternary == Ternary.MAYBE) {
      joined.ternary = Ternary.MAYBE;
      return joined;
    }
    int leftWidth = left.ternary == Ternary.NO ? 0 : left.width;
    int rightWidth = right.ternary == Ternary.NO ? 0 : right.width;
    int leftShift;
    int rightShift;
    if (kind == TsQuery.PHRASE) {
      leftShift = distance + rightWidth;
      rightShift = 0;
      joined.width = distance + leftWidth + rightWidth;
    } else {
      joined.width = Math.max(leftWidth, rightWidth);
      leftShift = joined.width - leftWidth;
      rightShift = joined.width - rightWidth;
    }
    joined.isNegated = isOr ? left.isNegated || right.isNegated : left.isNegated && right.isNegated;
    joined.merge(
        emitted(isOr, left.isNegated, right.isNegated), left, leftShift, right, rightShift);
    joined.ternary = joined.count > 0 || joined.isNegated ? Ternary.YES : Ternary.NO;
    return joined;
  }

  /** Which listed positions the result lists, by De Morgan where a side is negated. */
  private static int emitted(boolean isOr, boolean leftNegated, boolean rightNegated) {
    if (leftNegated && rightNegated) {
      return isOr ? BOTH : BOTH | LEFT_ONLY | RIGHT_ONLY;
    }
    if (leftNegated) {
      return isOr ? LEFT_ONLY : RIGHT_ONLY;
    }
    if (rightNegated) {
      return isOr ? RIGHT_ONLY : LEFT_ONLY;
    }
    return isOr ? BOTH | LEFT_ONLY | RIGHT_ONLY : BOTH;
  }

  private void merge(int emit, PhraseMatch left, int leftShift, PhraseMatch right, int rightShift) {
    positions = new char[left.count + right.count];
    int i = 0;
    int j = 0;
    while (i < left.count || j < right.count) {
      // Shifted positions may pass the last one; PostgreSQL keeps 14 bits of them.
      int l =
          i < left.count ? TsVector.positionOf(left.positions[i]) + leftShift : Integer.MAX_VALUE;
      int r =
          j < right.count
              ? TsVector.positionOf(right.positions[j]) + rightShift
              : Integer.MAX_VALUE;
      int which = l < r ? LEFT_ONLY : l == r ? BOTH : RIGHT_ONLY;
      if (l <= r) {
        i++;
      }
      if (r <= l) {
        j++;
      }
      int position = Math.min(l, r);
      if ((emit & which) != 0 && position > 0) {
        positions[count++] = (char) position;
      }
    }
  }
}
