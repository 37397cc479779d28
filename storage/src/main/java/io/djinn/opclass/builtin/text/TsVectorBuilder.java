package io.djinn.opclass.builtin.text;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Collects lexemes with positions and makes a {@link TsVector} of them; may begin again on another.
 */
final class TsVectorBuilder {
  /** Positions that to_tsvector keeps of a lexeme; a literal may have one more. */
  private static final int MOST_PARSED_POSITIONS = TsVector.MAX_POSITIONS - 1;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int NONE = -1;
  private static final int LEAST_SLOTS = 128;

  /** Of more than these emptying takes longer than a short text does. */
  private static final int MOST_KEPT_SLOTS = 1024;

  /** A lexeme's number in what is sorted, below its first bytes. */
  private static final int NUMBER_BITS = 24;

  private static final int HEAD_BYTES = 5;

  /** Lexemes with the same first bytes are compared with each other up to so many. */
  private static final int FEW = 16;

  private byte[] bytes;
  private int byteCount;

  // By lexeme.
  private int[] starts = new int[64];
  private int[] ends = new int[64];
  private int[] firstPosition = new int[64];
  private int[] lastPosition = new int[64];
  private int[] positionCounts = new int[64];
  private int count;

  // Chains of positions.
  private char[] positions = new char[64];
  private int[] nextPosition = new int[64];
  private int positionCount;

  /** Open addressing; a lexeme's number plus one. */
  private int[] slots = new int[LEAST_SLOTS];

  private long[] order = new long[64];
  private long literalBytes;
  private boolean isSorted;

  /**
   * @param expectedBytes of all lexemes, about
   */
  TsVectorBuilder(int expectedBytes) {
    bytes = new byte[Math.max(64, Math.min(expectedBytes, TsVector.MAX_BYTES))];
  }

  /** Forgets what was collected. */
  void begin() {
    if (slots.length > MOST_KEPT_SLOTS) {
      slots = new int[LEAST_SLOTS];
    } else {
      Arrays.fill(slots, 0);
    }
    byteCount = 0;
    count = 0;
    positionCount = 0;
    literalBytes = 0;
    isSorted = false;
  }

  /** Adds a lexeme at a position that is not less than any before; too long a one is left out. */
  void addParsed(byte[] lexeme, int length, int position) {
    if (length > TsVector.MAX_LEXEME_BYTES) {
      return;
    }
    ensureBytes(length);
    System.arraycopy(lexeme, 0, bytes, byteCount, length);
    int number = intern(length);
    int had = positionCounts[number];
    if (had > 0) {
      int last = TsVector.positionOf(positions[lastPosition[number]]);
      if (had >= MOST_PARSED_POSITIONS || last == TsVector.MAX_POSITION || last == position) {
        return;
      }
    }
    addPosition(number, TsVector.pack(position, 0));
  }

  /** Adds what the scanner is on. */
  void addLiteral(LexemeScanner scanner) {
    byte[] lexeme = scanner.word().getBytes(StandardCharsets.UTF_8);
    if (lexeme.length > TsVector.MAX_LEXEME_BYTES) {
      throw new IllegalArgumentException(
          "word is too long ("
              + lexeme.length
              + " bytes, max "
              + TsVector.MAX_LEXEME_BYTES
              + " bytes)");
    }
    if (literalBytes > TsVector.MAX_BYTES) {
      throw tooLong(literalBytes);
    }
    literalBytes += lexeme.length;
    ensureBytes(lexeme.length);
    System.arraycopy(lexeme, 0, bytes, byteCount, lexeme.length);
    int number = intern(lexeme.length);
    for (int i = 0; i < scanner.positionCount(); i++) {
      addPosition(number, scanner.position(i));
    }
  }

  /** Adds a lexeme that is greater than all before. */
  void appendSorted(TsVector from, int index, int shift) {
    isSorted = true;
    int length = from.length(index);
    ensureBytes(length);
    System.arraycopy(from.bytes(), from.start(index), bytes, byteCount, length);
    newLexeme(length);
    appendPositions(from, index, shift);
  }

  /** Adds positions to the lexeme added last, as far as they fit. */
  void appendPositions(TsVector from, int index, int shift) {
    int number = count - 1;
    for (int i = 0; i < from.positionCount(index); i++) {
      int had = positionCounts[number];
      boolean isFull =
          had == TsVector.MAX_POSITIONS
              || (had > 0
                  && TsVector.positionOf(positions[lastPosition[number]]) == TsVector.MAX_POSITION);
      if (isFull) {
        return;
      }
      char packed = from.packed(index, i);
      int shifted = Math.min(TsVector.positionOf(packed) + shift, TsVector.MAX_POSITION);
      addPosition(number, TsVector.pack(shifted, TsVector.weightOf(packed)));
    }
  }

  /** Makes room for so many bytes more, and for reading words of eight beyond their end. */
  private void ensureBytes(int more) {
    if (more > bytes.length - Long.BYTES - byteCount) {
      bytes = Arrays.copyOf(bytes, Math.max(byteCount + more + Long.BYTES, 2 * bytes.length));
    }
  }

  /** The number of the lexeme whose bytes follow the last one's. */
  private int intern(int length) {
    if (2 * count >= slots.length) {
      rehash();
    }
    int slot = hash(byteCount, length) & slots.length - 1;
    while (slots[slot] != 0) {
      int number = slots[slot] - 1;
      if (Arrays.equals(
          bytes, starts[number], ends[number], bytes, byteCount, byteCount + length)) {
        return number;
      }
      slot = slot + 1 & slots.length - 1;
    }
    slots[slot] = count + 1;
    return newLexeme(length);
  }

  private int newLexeme(int length) {
    if (count == starts.length) {
      starts = Arrays.copyOf(starts, 2 * count);
      ends = Arrays.copyOf(ends, 2 * count);
      firstPosition = Arrays.copyOf(firstPosition, 2 * count);
      lastPosition = Arrays.copyOf(lastPosition, 2 * count);
      positionCounts = Arrays.copyOf(positionCounts, 2 * count);
    }
    starts[count] = byteCount;
    byteCount += length;
    ends[count] = byteCount;
    firstPosition[count] = NONE;
    lastPosition[count] = NONE;
    positionCounts[count] = 0;
    return count++;
  }

  private void rehash() {
    slots = new int[2 * slots.length];
    for (int i = 0; i < count; i++) {
      int slot = hash(starts[i], ends[i] - starts[i]) & slots.length - 1;
      while (slots[slot] != 0) {
        slot = slot + 1 & slots.length - 1;
      }
      slots[slot] = i + 1;
    }
  }

  /** Two multipliers make lexemes that all fall into one slot hard to find. */
  private int hash(int start, int length) {
    long hash = length;
    int at = start;
    for (int left = length; left > 0; left -= Long.BYTES) {
      long word = (long) LONGS.get(bytes, at);
      if (left < Long.BYTES) {
        word &= (1L << left * Byte.SIZE) - 1;
      }
      hash = (hash ^ word) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 29;
      at += Long.BYTES;
    }
    return (int) (hash * 0xBF58476D1CE4E5B9L >>> 32);
  }

  private void addPosition(int number, char packed) {
    if (positionCount == positions.length) {
      positions = Arrays.copyOf(positions, 2 * positionCount);
      nextPosition = Arrays.copyOf(nextPosition, 2 * positionCount);
    }
    positions[positionCount] = packed;
    nextPosition[positionCount] = NONE;
    if (firstPosition[number] == NONE) {
      firstPosition[number] = positionCount;
    } else {
      nextPosition[lastPosition[number]] = positionCount;
    }
    lastPosition[number] = positionCount++;
    positionCounts[number]++;
  }

  TsVector buildSorted() {
    assert isSorted || count == 0;
    return build();
  }

  /**
   * @throws IllegalArgumentException where that is more than {@link TsVector#MAX_BYTES}
   */
  TsVector build() {
    if (count == 0) {
      return TsVector.EMPTY;
    }
    sort();
    byte[] sortedBytes = new byte[byteCount];
    int[] sortedEnds = new int[count];
    char[] sortedPositions = new char[positionCount];
    int[] positionEnds = new int[count];
    int byteEnd = 0;
    int positionEnd = 0;
    long counted = 0;
    for (int i = 0; i < count; i++) {
      int number = number(i);
      int length = ends[number] - starts[number];
      System.arraycopy(bytes, starts[number], sortedBytes, byteEnd, length);
      byteEnd += length;
      sortedEnds[i] = byteEnd;
      counted += length;
      int from = positionEnd;
      for (int p = firstPosition[number]; p != NONE; p = nextPosition[p]) {
        sortedPositions[positionEnd++] = positions[p];
      }
      positionEnd = distinct(sortedPositions, from, positionEnd);
      positionEnds[i] = positionEnd;
      if (positionEnd > from) {
        // Positions are shorts, their number before them, and begin at an even byte.
        counted += (counted & 1) + Short.BYTES * (1L + positionEnd - from);
      }
    }
    if (counted > TsVector.MAX_BYTES) {
      throw tooLong(counted);
    }
    return new TsVector(
        sortedBytes, sortedEnds, Arrays.copyOf(sortedPositions, positionEnd), positionEnds);
  }

  /** Sorts the lexemes: by their first bytes as numbers, then those that have the same. */
  private void sort() {
    if (order.length < count) {
      order = new long[starts.length];
    }
    for (int i = 0; i < count; i++) {
      order[i] = isSorted ? i : head(i) << NUMBER_BITS | i;
    }
    if (isSorted) {
      return;
    }
    Arrays.sort(order, 0, count);
    for (int from = 0; from < count; ) {
      int to = from + 1;
      while (to < count && order[to] >> NUMBER_BITS == order[from] >> NUMBER_BITS) {
        to++;
      }
      if (to - from > FEW) {
        sortMany(from, to);
      } else {
        sortFew(from, to);
      }
      from = to;
    }
  }

  private int number(int place) {
    return (int) order[place] & (1 << NUMBER_BITS) - 1;
  }

  /** The first bytes of a lexeme, so that signed comparison is byte order. */
  private long head(int number) {
    long head = 0;
    for (int i = 0; i < HEAD_BYTES; i++) {
      int at = starts[number] + i;
      head = head << Byte.SIZE | (at < ends[number] ? bytes[at] & 0xFF : 0);
    }
    return head - (1L << (HEAD_BYTES * Byte.SIZE - 1));
  }

  private int compare(int a, int b) {
    return Arrays.compareUnsigned(bytes, starts[a], ends[a], bytes, starts[b], ends[b]);
  }

  private void sortFew(int from, int to) {
    for (int i = from + 1; i < to; i++) {
      long moved = order[i];
      int number = number(i);
      int j = i;
      while (j > from && compare(number, number(j - 1)) < 0) {
        order[j] = order[j - 1];
        j--;
      }
      order[j] = moved;
    }
  }

  private void sortMany(int from, int to) {
    Integer[] numbers = new Integer[to - from];
    for (int i = from; i < to; i++) {
      numbers[i - from] = number(i);
    }
    Arrays.sort(numbers, this::compare);
    for (int i = from; i < to; i++) {
      order[i] = numbers[i - from];
    }
  }

  /**
   * Sorts positions and keeps of equal ones the greatest weight; where they end. At the last
   * position there is, which all beyond are counted as, the first one given stays instead.
   */
  private static int distinct(char[] all, int from, int to) {
    boolean ascend = true;
    for (int i = from + 1; i < to; i++) {
      ascend &= TsVector.positionOf(all[i - 1]) < TsVector.positionOf(all[i]);
    }
    if (ascend && to - from <= TsVector.MAX_POSITIONS) {
      return to;
    }
    // By position, then as given.
    long[] keys = new long[to - from];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = (long) TsVector.positionOf(all[from + i]) << 48 | (long) i << 16 | all[from + i];
    }
    Arrays.sort(keys);
    int end = from;
    for (long key : keys) {
      char packed = (char) key;
      int position = TsVector.positionOf(packed);
      if (end == from || position != TsVector.positionOf(all[end - 1])) {
        all[end++] = packed;
        boolean isLast = end > from + 1 && position == TsVector.MAX_POSITION;
        if (isLast || end - from == TsVector.MAX_POSITIONS) {
          break;
        }
      } else if (TsVector.weightOf(packed) > TsVector.weightOf(all[end - 1])) {
        all[end - 1] = packed;
      }
    }
    return end;
  }

  private static IllegalArgumentException tooLong(long found) {
    return new IllegalArgumentException(
        "string is too long for tsvector ("
            + found
            + " bytes, max "
            + TsVector.MAX_BYTES
            + " bytes)");
  }
}
