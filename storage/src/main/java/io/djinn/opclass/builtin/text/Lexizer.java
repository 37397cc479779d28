package io.djinn.opclass.builtin.text;

import io.djinn.opclass.builtin.text.english.EnglishStemmer;
import io.djinn.opclass.builtin.text.english.EnglishStopWords;
import io.djinn.opclass.builtin.text.parser.TextParser;
import io.djinn.opclass.builtin.text.parser.TokenType;

/**
 * Goes through a text lexeme by lexeme: words in lower case, and in English stemmed.
 *
 * <p>Each word takes one position, also one that has no lexeme because it is a stop word. Words
 * over {@value TsVector#MAX_LEXEME_BYTES} bytes are passed over. For one thread at a time.
 */
final class Lexizer {
  /** Nothing longer is a word of any language: it is neither stemmed nor looked up. */
  private static final int LONGEST_STEMMED_BYTES = 1000;

  private final boolean isEnglish;
  private final TextParser parser = new TextParser();
  private final EnglishStemmer stemmer;
  private char[] text = new char[64];
  private char[] lexeme = new char[64];
  private int length;
  private int position;

  Lexizer(boolean isEnglish) {
    this.isEnglish = isEnglish;
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
      if (type.isIgnored() || utf8Length() > TsVector.MAX_LEXEME_BYTES) {
        continue;
      }
      position = Math.min(position + 1, TsVector.MAX_POSITION);
      if (lexize(type)) {
        return true;
      }
    }
    return false;
  }

  /** The current lexeme; the array may be longer. */
  char[] lexeme() {
    return lexeme;
  }

  int length() {
    return length;
  }

  int position() {
    return position;
  }

  /** The lexeme of a word that is not looked at by the parser; false for a stop word. */
  boolean lexizeWord(String word) {
    text = word.toCharArray();
    return lexize(0, text.length, utf8Length(0, text.length), isEnglish);
  }

  private boolean lexize(TokenType type) {
    return lexize(
        parser.start(),
        parser.end(),
        isEnglish ? utf8Length() : 0,
        isEnglish
            && switch (type) {
              case ASCIIWORD, WORD, ASCIIHWORD, HWORD, HWORD_ASCIIPART, HWORD_PART -> true;
              default -> false;
            });
  }

  private boolean lexize(int start, int end, int utf8Length, boolean isStemmed) {
    toLowerCase(start, end);
    if (isStemmed && utf8Length <= LONGEST_STEMMED_BYTES) {
      if (length == 0 || EnglishStopWords.contains(lexeme, length)) {
        return false;
      }
      int stem = stemmer.stem(lexeme, length);
      if (stem == 0) {
        // Nothing is left of an apostrophe or two: the word stays as it was.
        toLowerCase(start, end);
      } else {
        length = stem;
      }
    }
    return length > 0;
  }

  /** Lower case character by character, as the C library has it. */
  private void toLowerCase(int start, int end) {
    if (lexeme.length <= end - start) {
      lexeme = new char[2 * (end - start)];
    }
    int n = 0;
    for (int i = start; i < end; i++) {
      char c = text[i];
      if (c < 128) {
        lexeme[n++] = c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : c;
      } else if (Character.isHighSurrogate(c)) {
        int lower = Character.toLowerCase(Character.toCodePoint(c, text[++i]));
        n += Character.toChars(lower, lexeme, n);
      } else {
        lexeme[n++] = (char) Character.toLowerCase((int) c);
      }
    }
    length = n;
  }

  private int utf8Length() {
    return utf8Length(parser.start(), parser.end());
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
