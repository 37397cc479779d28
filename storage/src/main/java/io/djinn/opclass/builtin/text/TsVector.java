package io.djinn.opclass.builtin.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A document as a sorted list of distinct lexemes, each with its positions and their weights, or
 * with none.
 *
 * <p>PostgreSQL's {@code tsvector}: lexemes are ordered by their UTF-8 bytes; a position is 1 to
 * {@value #MAX_POSITION}, those beyond count as the last; a weight is A, B, C or, unwritten, D.
 * Immutable.
 */
public final class TsVector {
  /** Bytes of the longest lexeme. */
  public static final int MAX_LEXEME_BYTES = 2046;

  /** The last position there is. */
  public static final int MAX_POSITION = 16_383;

  /** The most positions of one lexeme. */
  public static final int MAX_POSITIONS = 256;

  /** Bytes of all lexemes and positions, as PostgreSQL counts them. */
  public static final int MAX_BYTES = (1 << 20) - 1;

  /** The one without lexemes. */
  public static final TsVector EMPTY =
      new TsVector(new byte[0], new int[0], new char[0], new int[0]);

  private static final int WEIGHT_SHIFT = 14;

  private final byte[] bytes;
  private final int[] ends;
  private final char[] positions;
  private final int[] positionEnds;

  /**
   * @param bytes all lexemes, in order
   * @param ends where each ends
   * @param positions of all lexemes, packed with their weights
   * @param positionEnds where those of each lexeme end
   */
  TsVector(byte[] bytes, int[] ends, char[] positions, int[] positionEnds) {
    this.bytes = bytes;
    this.ends = ends;
    this.positions = positions;
    this.positionEnds = positionEnds;
  }

  /**
   * Reads PostgreSQL's text form, as {@code 'a fat cat':3A,7 rat}.
   *
   * @throws IllegalArgumentException naming the text and what is wrong with it
   */
  public static TsVector parse(String text) {
    LexemeScanner scanner = LexemeScanner.ofVector(text);
    TsVectorBuilder builder = new TsVectorBuilder(text.length());
    while (scanner.next()) {
      builder.addLiteral(scanner);
    }
    return builder.build();
  }

  /** Number of lexemes. */
  public int size() {
    return ends.length;
  }

  /** A lexeme, by its place in order. */
  public String lexeme(int index) {
    return new String(bytes, start(index), length(index), StandardCharsets.UTF_8);
  }

  /** How many positions a lexeme has, perhaps none. */
  public int positionCount(int index) {
    return positionEnds[index] - positionStart(index);
  }

  /** A position of a lexeme; they ascend. */
  public int position(int index, int which) {
    return positionOf(packed(index, which));
  }

  /** The weight of a position: A, B, C or D. */
  public char weight(int index, int which) {
    return (char) ('D' - weightOf(packed(index, which)));
  }

  byte[] bytes() {
    return bytes;
  }

  int start(int index) {
    return index == 0 ? 0 : ends[index - 1];
  }

  int length(int index) {
    return ends[index] - start(index);
  }

  int positionStart(int index) {
    return index == 0 ? 0 : positionEnds[index - 1];
  }

  char packed(int index, int which) {
    return positions[positionStart(index) + which];
  }

  static char pack(int position, int weight) {
    return (char) (weight << WEIGHT_SHIFT | position);
  }

  static int positionOf(int packed) {
    return packed & MAX_POSITION;
  }

  /** 3 for A to 0 for D. */
  static int weightOf(char packed) {
    return packed >> WEIGHT_SHIFT;
  }

  /** The first lexeme that is not less than some bytes. */
  int lowerBound(byte[] wanted) {
    int low = 0;
    int high = size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Arrays.compareUnsigned(bytes, start(middle), ends[middle], wanted, 0, wanted.length)
          < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  boolean startsWith(int index, byte[] prefix) {
    int start = start(index);
    return length(index) >= prefix.length
        && Arrays.equals(bytes, start, start + prefix.length, prefix, 0, prefix.length);
  }

  /**
   * The same with all positions of one weight; lexemes without positions stay so.
   *
   * @param weight A to D
   */
  public TsVector setWeight(char weight) {
    if (weight < 'A' || weight > 'D') {
      throw new IllegalArgumentException("weight " + weight + ": must be A, B, C or D");
    }
    char[] weighted = new char[positions.length];
    for (int i = 0; i < weighted.length; i++) {
      weighted[i] = pack(positionOf(positions[i]), 'D' - weight);
    }
    return new TsVector(bytes, ends, weighted, positionEnds);
  }

  /**
   * The lexemes of both, positions of the other shifted by the highest one here, as {@code ||}.
   *
   * @throws IllegalArgumentException where that is more than {@link #MAX_BYTES}
   */
  public TsVector concat(TsVector other) {
    int shift = 0;
    for (char position : positions) {
      shift = Math.max(shift, positionOf(position));
    }
    TsVectorBuilder builder = new TsVectorBuilder(bytes.length + other.bytes.length);
    int i = 0;
    int j = 0;
    while (i < size() || j < other.size()) {
      int order =
          i == size()
              ? 1
              : j == other.size()
                  ? -1
                  : Arrays.compareUnsigned(
                      bytes, start(i), ends[i], other.bytes, other.start(j), other.ends[j]);
      if (order <= 0) {
        builder.appendSorted(this, i++, 0);
      }
      if (order == 0) {
        builder.appendPositions(other, j++, shift);
      } else if (order > 0) {
        builder.appendSorted(other, j++, shift);
      }
    }
    return builder.buildSorted();
  }

  /** PostgreSQL's text form, which {@link #parse} reads back. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < size(); i++) {
      if (i > 0) {
        text.append(' ');
      }
      LexemeScanner.quote(lexeme(i), text);
      int count = positionCount(i);
      for (int j = 0; j < count; j++) {
        text.append(j == 0 ? ':' : ',').append(position(i, j));
        char weight = weight(i, j);
        if (weight != 'D') {
          text.append(weight);
        }
      }
    }
    return text.toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TsVector that
        && Arrays.equals(bytes, that.bytes)
        && Arrays.equals(ends, that.ends)
        && Arrays.equals(positions, that.positions)
        && Arrays.equals(positionEnds, that.positionEnds);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(bytes) + Arrays.hashCode(positions);
  }
}
