package io.djinn.opclass.builtin.trigram;

import io.djinn.opclass.builtin.FoundValue;
import io.djinn.opclass.builtin.regex.CharacterTypes;
import io.djinn.opclass.builtin.regex.StepBudget;
import java.util.Arrays;

/**
 * A pattern of {@code LIKE} or {@code ILIKE}: {@code %} any text, {@code _} any character, {@code
 * \} takes the character after it for itself.
 */
final class LikePattern {
  private static final int ANY_TEXT = -1;
  private static final int ANY_CHARACTER = -2;

  private final int[] items;
  private final boolean ignoreCase;

  /**
   * @throws IllegalArgumentException where the pattern ends with the escape character
   */
  LikePattern(String pattern, boolean ignoreCase) {
    this.ignoreCase = ignoreCase;
    int[] text = pattern.codePoints().toArray();
    int[] found = new int[text.length];
    int n = 0;
    for (int i = 0; i < text.length; i++) {
      int c = text[i];
      if (c == '%') {
        if (n == 0 || found[n - 1] != ANY_TEXT) {
          found[n++] = ANY_TEXT;
        }
      } else if (c == '_') {
        found[n++] = ANY_CHARACTER;
      } else {
        if (c == '\\') {
          if (++i == text.length) {
            throw new IllegalArgumentException(
                "pattern \""
                    + FoundValue.cut(pattern)
                    + "\" of LIKE ends with the escape character");
          }
          c = text[i];
        }
        found[n++] = ignoreCase ? CharacterTypes.toLowerCase(c) : c;
      }
    }
    items = Arrays.copyOf(found, n);
  }

  /** Trigrams of any text that matches, distinct and ascending. */
  int[] trigrams() {
    Trigrams trigrams = new Trigrams(items.length + 4);
    for (int i = 0; i < items.length; i++) {
      if (!isWord(i)) {
        continue;
      }
      int end = i;
      while (isWord(end)) {
        end++;
      }
      boolean startKnown = i == 0 || items[i - 1] >= 0;
      boolean endKnown = end == items.length || items[end] >= 0;
      int from = startKnown ? i - 2 : i;
      int to = endKnown ? end + 1 : end;
      for (int at = from; at + 2 < to; at++) {
        trigrams.append(
            Trigrams.key(letter(at, i, end), letter(at + 1, i, end), letter(at + 2, i, end)));
      }
      i = end - 1;
    }
    return trigrams.distinct();
  }

  private boolean isWord(int index) {
    return index < items.length
        && items[index] >= 0
        && CharacterTypes.isLetterOrDigit(items[index]);
  }

  private int letter(int index, int from, int to) {
    return index < from || index >= to ? Trigrams.BLANK : CharacterTypes.toLowerCase(items[index]);
  }

  boolean matches(CharSequence text, StepBudget budget) {
    int length = text.length();
    int at = 0;
    int item = 0;
    // Where to go on when a stretch after the last % does not fit: one character further.
    int retryItem = -1;
    int retryAt = 0;
    while (at < length) {
      budget.spend(1);
      int c = Character.codePointAt(text, at);
      if (item < items.length && items[item] == ANY_TEXT) {
        retryItem = ++item;
        retryAt = at;
        if (item == items.length) {
          return true;
        }
      } else if (item < items.length && fits(items[item], c)) {
        item++;
        at += Character.charCount(c);
      } else if (retryItem < 0) {
        return false;
      } else {
        item = retryItem;
        retryAt += Character.charCount(Character.codePointAt(text, retryAt));
        at = retryAt;
      }
    }
    while (item < items.length && items[item] == ANY_TEXT) {
      item++;
    }
    return item == items.length;
  }

  private boolean fits(int item, int c) {
    return item == ANY_CHARACTER || item == (ignoreCase ? CharacterTypes.toLowerCase(c) : c);
  }
}
