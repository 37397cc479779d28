package io.djinn.opclass.builtin.trigram;

import io.djinn.opclass.builtin.regex.CharacterTypes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The trigrams of a text: three characters in a row of each word in lower case, with two blanks
 * before it and one after.
 *
 * <p>Words are runs of letters and digits. A trigram is kept as the 24 bits of its key, first byte
 * highest: the characters themselves where all are ASCII, else three bytes of a CRC of their UTF-8.
 */
public final class Trigrams {
  /** Bytes of a key. */
  static final int KEY_BYTES = 3;

  static final int BLANK = ' ';

  private static final int[] CRC_TABLE = crcTable();

  private int[] trigrams;
  private int count;

  /** Indexes at which a word's first trigram is, and after the last one's, in turn. */
  private int[] bounds = new int[8];

  private int boundCount;

  private int previous;
  private int beforePrevious;
  private boolean inWord;

  /**
   * @param expected about how many trigrams there will be
   */
  Trigrams(int expected) {
    trigrams = new int[Math.max(expected, 4)];
  }

  /** All trigrams of a text, in its order. */
  static Trigrams of(CharSequence text) {
    Trigrams trigrams = new Trigrams(text.length() + 4);
    int length = text.length();
    for (int i = 0; i < length; ) {
      int c = Character.codePointAt(text, i);
      trigrams.add(c);
      i += Character.charCount(c);
    }
    trigrams.endWord();
    return trigrams;
  }

  /**
   * The distinct trigrams as people see them, ascending: three characters, or the key as {@code
   * 0x123abc} where one of its bytes is neither an ASCII letter or digit nor a blank.
   */
  public static List<String> show(CharSequence text) {
    List<String> shown = new ArrayList<>();
    for (int trigram : of(text).distinct()) {
      char[] characters = {
        (char) (trigram >> 16), (char) (trigram >> 8 & 0xFF), (char) (trigram & 0xFF)
      };
      boolean printable = true;
      for (char c : characters) {
        printable &= c == BLANK || (c < 0x80 && CharacterTypes.isLetterOrDigit(c));
      }
      shown.add(printable ? new String(characters) : String.format("0x%06x", trigram));
    }
    return shown;
  }

  /** Takes the next character. */
  void add(int codePoint) {
    if (!CharacterTypes.isLetterOrDigit(codePoint)) {
      endWord();
      return;
    }
    if (!inWord) {
      startWord();
    }
    push(CharacterTypes.toLowerCase(codePoint));
  }

  private void startWord() {
    inWord = true;
    beforePrevious = BLANK;
    previous = BLANK;
    bound();
  }

  void endWord() {
    if (inWord) {
      push(BLANK);
      bound();
      inWord = false;
    }
  }

  private void bound() {
    if (boundCount == bounds.length) {
      bounds = Arrays.copyOf(bounds, 2 * boundCount);
    }
    bounds[boundCount++] = count;
  }

  private void push(int c) {
    append(key(beforePrevious, previous, c));
    beforePrevious = previous;
    previous = c;
  }

  void append(int trigram) {
    if (count == trigrams.length) {
      trigrams = Arrays.copyOf(trigrams, 2 * count);
    }
    trigrams[count++] = trigram;
  }

  int count() {
    return count;
  }

  int get(int index) {
    return trigrams[index];
  }

  /** Words of the text: their first trigrams and the ends of their last ones. */
  int wordCount() {
    return boundCount / 2;
  }

  int wordStart(int word) {
    return bounds[2 * word];
  }

  int wordEnd(int word) {
    return bounds[2 * word + 1];
  }

  /** The trigrams without order and number: distinct, ascending. */
  int[] distinct() {
    int[] sorted = Arrays.copyOf(trigrams, count);
    return Arrays.copyOf(sorted, sortDistinct(sorted, count));
  }

  /**
   * Puts in each trigram's place its index among the distinct ones, which are lost from here.
   *
   * @param values as many elements as there are trigrams; the distinct ones will be the first
   * @return how many are distinct
   */
  int numberInto(int[] values) {
    System.arraycopy(trigrams, 0, values, 0, count);
    int distinct = sortDistinct(values, count);
    for (int i = 0; i < count; i++) {
      trigrams[i] = Arrays.binarySearch(values, 0, distinct, trigrams[i]);
    }
    return distinct;
  }

  /** Sorts what has been collected and drops what is double; positions and words are lost. */
  int compact() {
    count = sortDistinct(trigrams, count);
    return count;
  }

  private static int sortDistinct(int[] values, int length) {
    Arrays.sort(values, 0, length);
    int n = 0;
    for (int i = 0; i < length; i++) {
      if (n == 0 || values[n - 1] != values[i]) {
        values[n++] = values[i];
      }
    }
    return n;
  }

  /** The key of three characters, already in lower case. */
  static int key(int first, int second, int third) {
    if ((first | second | third) < 0x80) {
      return first << 16 | second << 8 | third;
    }
    int crc = crc(crc(crc(~0, first), second), third);
    // The lowest three bytes of the complement, the lowest first.
    return Integer.reverseBytes(~crc) >>> 8;
  }

  private static int crc(int crc, int c) {
    if (c < 0x80) {
      return crcByte(crc, c);
    }
    int out = crc;
    if (c < 0x800) {
      out = crcByte(out, 0xC0 | c >> 6);
    } else {
      if (c < 0x10000) {
        out = crcByte(out, 0xE0 | c >> 12);
      } else {
        out = crcByte(out, 0xF0 | c >> 18);
        out = crcByte(out, 0x80 | c >> 12 & 0x3F);
      }
      out = crcByte(out, 0x80 | c >> 6 & 0x3F);
    }
    return crcByte(out, 0x80 | c & 0x3F);
  }

  /**
   * The table is that of the reflected CRC-32, the register shifts the other way: a slip of an old
   * program that keys on many disks have kept.
   */
  private static int crcByte(int crc, int octet) {
    return CRC_TABLE[(crc >>> 24 ^ octet) & 0xFF] ^ crc << 8;
  }

  private static int[] crcTable() {
    int[] table = new int[256];
    for (int i = 0; i < table.length; i++) {
      int crc = i;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) != 0 ? crc >>> 1 ^ 0xEDB88320 : crc >>> 1;
      }
      table[i] = crc;
    }
    return table;
  }

  static byte[] bytes(int trigram) {
    byte[] key = new byte[KEY_BYTES];
    write(trigram, key);
    return key;
  }

  static void write(int trigram, byte[] key) {
    key[0] = (byte) (trigram >> 16);
    key[1] = (byte) (trigram >> 8);
    key[2] = (byte) trigram;
  }
}
