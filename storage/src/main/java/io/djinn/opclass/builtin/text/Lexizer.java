package io.djinn.opclass.builtin.text;

import io.djinn.opclass.builtin.text.english.EnglishStemmer;
import io.djinn.opclass.builtin.text.english.EnglishStopWords;
import io.djinn.opclass.builtin.text.parser.TextParser;
import io.djinn.opclass.builtin.text.parser.TokenType;
import java.nio.charset.StandardCharsets;

/**
 * Goes through a text lexeme by lexeme: words in lower case, and in English stemmed.
 *
 * <p>Each word takes one position, also one that has no lexeme because it is a stop word. Words
 * over {@value TsVector#MAX_LEXEME_BYTES} bytes are passed over. For one thread at a time.
 */
final class Lexizer {
  /** Nothing longer is a word of any language: it is neither stemmed nor looked up. */
  private static final int LONGEST_STEMMED_BYTES = 1000;

  /** The most bytes of a character that is one char. */
  private static final int CHAR_BYTES = 3;

  private final boolean isEnglish;
  private final TextParser parser = new TextParser();
  private final EnglishStemmer stemmer;
  private final StemCache stems;
  private char[] text = new char[64];

  /** The current word in lower case, or its stem. */
  private char[] word = new char[64];

  private int wordLength;
  private byte[] lexeme = new byte[64];
  private int length;
  private int position;

  /** A lexizer for a text or two. */
  Lexizer(boolean isEnglish) {
    this(isEnglish, null);
  }

  /**
   * @param stems of words of many texts; null for few
   */
  Lexizer(boolean isEnglish, StemCache stems) {
    this.isEnglish = isEnglish;
    this.stems = stems;
    stemmer = isEnglish ? new EnglishStemmer() : null;
  }

  void begin(String newText) {
    int textLength = newText.length();
    if (text.length < textLength) {
      text = new char[Math.max(textLength, 2 * text.length)];
    }
    newText.getChars(0, textLength, text, 0);
    parser.begin(text, textLength);
    position = 0;
  }

  /** Goes to the next lexeme; false at the end of the text. */
  boolean next() {
    while (parser.next()) {
      TokenType type = parser.type();
      if (type.isIgnored() || isLonger(parser.start(), parser.end(), TsVector.MAX_LEXEME_BYTES)) {
        continue;
      }
      position = Math.min(position + 1, TsVector.MAX_POSITION);
      if (lexize(type)) {
        return true;
      }
    }
    return false;
  }

  /** The current lexeme in UTF-8; the array may be longer. */
  byte[] lexeme() {
    return lexeme;
  }

  /** Bytes of the current lexeme. */
  int length() {
    return length;
  }

  String lexemeText() {
    return new String(lexeme, 0, length, StandardCharsets.UTF_8);
  }

  int position() {
    return position;
  }

  /** The lexeme of a word that is not looked at by the parser; false for a stop word. */
  boolean lexizeWord(String newWord) {
    text = newWord.toCharArray();
    return lexize(0, text.length, isEnglish);
  }

  private boolean lexize(TokenType type) {
    int start = parser.start();
    int end = parser.end();
    boolean isStemmed =
        isEnglish
            && switch (type) {
              case ASCIIWORD, WORD, ASCIIHWORD, HWORD, HWORD_ASCIIPART, HWORD_PART -> true;
              default -> false;
            };
    return isStemmed && stems != null && end - start <= StemCache.MAX_BYTES
        ? lexizeShort(start, end)
        : lexize(start, end, isStemmed);
  }

  /** Of a stemmed word that may be among those met before. */
  private boolean lexizeShort(int start, int end) {
    long low = 0;
    long high = 0;
    for (int i = end - 1; i >= start; i--) {
      char c = text[i];
      if (c >= 128 || c == 0) {
        return lexize(start, end, true);
      }
      high = high << Byte.SIZE | low >>> Long.SIZE - Byte.SIZE;
      low = low << Byte.SIZE | lowerCase(c);
    }
    int slot = StemCache.slot(low, high);
    if (stems.has(slot, low, high)) {
      length = stems.lexeme(slot, lexeme);
      return length > 0;
    }
    boolean isLexeme = lexize(start, end, true);
    stems.put(slot, low, high, lexeme, isLexeme ? length : 0);
    return isLexeme;
  }

  private boolean lexize(int start, int end, boolean isStemmed) {
    toLowerCase(start, end);
    if (isStemmed && !isLonger(start, end, LONGEST_STEMMED_BYTES)) {
      if (wordLength == 0 || EnglishStopWords.contains(word, wordLength)) {
        return false;
      }
      int stem = stemmer.stem(word, wordLength);
      if (stem == 0) {
        // Nothing is left of an apostrophe or two: the word stays as it was.
        toLowerCase(start, end);
      } else {
        wordLength = stem;
      }
    }
    encode();
    return length > 0;
  }

  /** Lower case character by character, as the C library has it. */
  private void toLowerCase(int start, int end) {
    if (word.length <= end - start) {
      word = new char[2 * (end - start)];
    }
    int n = 0;
    for (int i = start; i < end; i++) {
      char c = text[i];
      if (c < 128) {
        word[n++] = (char) lowerCase(c);
      } else if (Character.isHighSurrogate(c)) {
        int lower = Character.toLowerCase(Character.toCodePoint(c, text[++i]));
        n += Character.toChars(lower, word, n);
      } else {
        word[n++] = (char) Character.toLowerCase((int) c);
      }
    }
    wordLength = n;
  }

  /** Of an ASCII character. */
  private static int lowerCase(char c) {
    return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
  }

  /** Makes the word's bytes the lexeme. */
  private void encode() {
    if (lexeme.length < CHAR_BYTES * wordLength) {
      lexeme = new byte[2 * CHAR_BYTES * wordLength];
    }
    byte[] out = lexeme;
    int n = 0;
    for (int i = 0; i < wordLength; i++) {
      char c = word[i];
      if (c < 0x80) {
        out[n++] = (byte) c;
      } else if (c < 0x800) {
        out[n++] = (byte) (0xC0 | c >> 6);
        out[n++] = (byte) (0x80 | c & 0x3F);
      } else if (Character.isHighSurrogate(c)) {
        int codePoint = Character.toCodePoint(c, word[++i]);
        out[n++] = (byte) (0xF0 | codePoint >> 18);
        out[n++] = (byte) (0x80 | codePoint >> 12 & 0x3F);
        out[n++] = (byte) (0x80 | codePoint >> 6 & 0x3F);
        out[n++] = (byte) (0x80 | codePoint & 0x3F);
      } else {
        out[n++] = (byte) (0xE0 | c >> 12);
        out[n++] = (byte) (0x80 | c >> 6 & 0x3F);
        out[n++] = (byte) (0x80 | c & 0x3F);
      }
    }
    length = n;
  }

  /** Whether a part of the text has more bytes in UTF-8. */
  private boolean isLonger(int start, int end, int most) {
    return CHAR_BYTES * (end - start) > most && utf8Length(start, end) > most;
  }

  private int utf8Length(int start, int end) {
    int bytes = end - start;
    for (int i = start; i < end; i++) {
      char c = text[i];
      if (c >= 0x80) {
        // A pair of surrogates is four bytes.
        bytes += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
      }
    }
    return bytes;
  }
}
