package io.djinn.opclass.builtin.text.english;

import java.util.Arrays;

/**
 * The English stemmer of the Snowball project ("Porter 2"), as of the version in PostgreSQL 18:
 * release 2.2 with its later rule that {@code add}, {@code egg} and {@code off} keep both letters.
 *
 * <p>A word is seen as a row of letters with two regions: R1 is what follows the first consonant
 * behind a vowel, R2 is the same within R1. Suffixes are taken off in steps, each where it lies in
 * a region; the rules are told at the methods. Letters that are not ASCII are consonants.
 *
 * <p>For one thread at a time.
 */
public final class EnglishStemmer {
  private static final String[][] EXCEPTIONS = {
    {"skis", "ski"},
    {"skies", "sky"},
    {"dying", "die"},
    {"lying", "lie"},
    {"tying", "tie"},
    {"idly", "idl"},
    {"gently", "gentl"},
    {"ugly", "ugli"},
    {"early", "earli"},
    {"only", "onli"},
    {"singly", "singl"},
    {"sky", "sky"},
    {"news", "news"},
    {"howe", "howe"},
    {"atlas", "atlas"},
    {"cosmos", "cosmos"},
    {"bias", "bias"},
    {"andes", "andes"},
  };
  private static final int LONGEST_EXCEPTION = 6;

  /** Words that stay as they are once a plural has been taken off. */
  private static final String[] LATER_EXCEPTIONS = {
    "inning", "outing", "canning", "herring", "earring", "proceed", "exceed", "succeed"
  };

  /** Beginnings behind which R1 begins. */
  private static final String[] PREFIXES = {"gener", "commun", "arsen"};

  private static final String[][] STEP_2 = {
    {"ational", "ate"},
    {"tional", "tion"},
    {"enci", "ence"},
    {"anci", "ance"},
    {"abli", "able"},
    {"entli", "ent"},
    {"izer", "ize"},
    {"ization", "ize"},
    {"ation", "ate"},
    {"ator", "ate"},
    {"alism", "al"},
    {"aliti", "al"},
    {"alli", "al"},
    {"fulness", "ful"},
    {"ousli", "ous"},
    {"ousness", "ous"},
    {"iveness", "ive"},
    {"iviti", "ive"},
    {"biliti", "ble"},
    {"bli", "ble"},
    {"ogi", "og"},
    {"fulli", "ful"},
    {"lessli", "less"},
    {"li", ""},
  };
  private static final String[][] STEP_3 = {
    {"ational", "ate"},
    {"tional", "tion"},
    {"alize", "al"},
    {"icate", "ic"},
    {"iciti", "ic"},
    {"ical", "ic"},
    {"ful", ""},
    {"ness", ""},
    {"ative", ""},
  };
  private static final String[] STEP_4 = {
    "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ism", "ate",
    "iti", "ous", "ive", "ize", "ion"
  };

  // The same by last letter: most words have none of the suffixes.
  private static final String[][][] RULES_2 = byLastLetter(STEP_2);
  private static final String[][][] RULES_3 = byLastLetter(STEP_3);
  private static final String[][][] RULES_4 =
      byLastLetter(
          Arrays.stream(STEP_4).map(suffix -> new String[] {suffix, ""}).toArray(String[][]::new));

  private char[] word = new char[64];
  private int length;

  /** Where R1 and R2 begin. */
  private int r1;

  private int r2;

  /**
   * Stems the first characters of an array, a word in lower case, in place.
   *
   * @param letters with room for one more character than the word has
   * @return the length of the stem, which may be 0
   */
  public int stem(char[] letters, int count) {
    boolean hasPairs = false;
    for (int i = 0; i < count && !hasPairs; i++) {
      hasPairs = Character.isHighSurrogate(letters[i]);
    }
    if (hasPairs) {
      return stemWithPairs(letters, count);
    }
    if (count < 3) {
      return count;
    }
    char last = letters[count - 1];
    if (count <= LONGEST_EXCEPTION && (last == 's' || last == 'g' || last == 'y' || last == 'e')) {
      for (String[] exception : EXCEPTIONS) {
        if (equals(letters, count, exception[0])) {
          exception[1].getChars(0, exception[1].length(), letters, 0);
          return exception[1].length();
        }
      }
    }
    if (word.length <= count) {
      word = new char[2 * count];
    }
    System.arraycopy(letters, 0, word, 0, count);
    length = count;
    boolean hasConsonantY = prelude();
    markRegions();
    step1a();
    if (!isLaterException()) {
      step1b();
      step1c();
      step2();
      step3();
      step4();
      step5();
    }
    if (hasConsonantY) {
      for (int i = 0; i < length; i++) {
        if (word[i] == 'Y') {
          word[i] = 'y';
        }
      }
    }
    System.arraycopy(word, 0, letters, 0, length);
    return length;
  }

  /** A letter of two characters is one consonant; no suffix has any. */
  private int stemWithPairs(char[] letters, int count) {
    char[] original = Arrays.copyOf(letters, count);
    int shortened = 0;
    for (int i = 0; i < count; i++) {
      if (Character.isHighSurrogate(original[i]) && i + 1 < count) {
        i++;
        letters[shortened++] = Character.MIN_LOW_SURROGATE;
      } else {
        letters[shortened++] = original[i];
      }
    }
    int stem = stem(letters, shortened);
    char[] result = Arrays.copyOf(letters, stem);
    int from = 0;
    int to = 0;
    for (char c : result) {
      if (c == Character.MIN_LOW_SURROGATE) {
        while (!Character.isHighSurrogate(original[from])) {
          from++;
        }
        letters[to++] = original[from++];
        letters[to++] = original[from++];
      } else {
        letters[to++] = c;
      }
    }
    return to;
  }

  private static boolean equals(char[] letters, int count, String other) {
    if (other.length() != count) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (letters[i] != other.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Takes an apostrophe off the front; writes each y that is a consonant as Y. */
  private boolean prelude() {
    if (word[0] == '\'') {
      System.arraycopy(word, 1, word, 0, --length);
    }
    boolean found = false;
    if (word[0] == 'y') {
      word[0] = 'Y';
      found = true;
    }
    for (int i = 1; i < length; i++) {
      if (word[i] == 'y' && isVowel(word[i - 1])) {
        word[i] = 'Y';
        found = true;
      }
    }
    return found;
  }

  private void markRegions() {
    r2 = length;
    r1 = -1;
    for (String prefix : PREFIXES) {
      if (length >= prefix.length() && equals(word, prefix.length(), prefix)) {
        r1 = prefix.length();
        break;
      }
    }
    if (r1 < 0) {
      r1 = behindVowelAndConsonant(0);
    }
    r2 = behindVowelAndConsonant(r1);
  }

  private int behindVowelAndConsonant(int from) {
    int i = from;
    while (i < length && !isVowel(word[i])) {
      i++;
    }
    while (i < length && isVowel(word[i])) {
      i++;
    }
    return Math.min(i + 1, length);
  }

  /** Takes off {@code 's} and plurals. */
  private void step1a() {
    if (endsWith("'s'")) {
      length -= 3;
    } else if (endsWith("'s")) {
      length -= 2;
    } else if (endsWith("'")) {
      length--;
    }
    if (endsWith("sses")) {
      length -= 2;
    } else if (endsWith("ied") || endsWith("ies")) {
      length -= length > 4 ? 2 : 1;
    } else if (endsWith("s") && !endsWith("us") && !endsWith("ss") && hasVowel(length - 2)) {
      length--;
    }
  }

  private boolean isLaterException() {
    if (length < 6 || length > 7) {
      return false;
    }
    for (String exception : LATER_EXCEPTIONS) {
      if (equals(word, length, exception)) {
        return true;
      }
    }
    return false;
  }

  /** Takes off {@code -ed}, {@code -ing} and their adverbs, and mends what is left. */
  private void step1b() {
    if (endsWith("eed") || endsWith("eedly")) {
      int stem = length - (endsWith("eed") ? 3 : 5);
      if (stem >= r1) {
        length = stem + 2;
      }
      return;
    }
    int suffix =
        endsWith("ed") ? 2 : endsWith("ing") ? 3 : endsWith("edly") ? 4 : endsWith("ingly") ? 5 : 0;
    if (suffix == 0 || !hasVowel(length - suffix)) {
      return;
    }
    length -= suffix;
    if (endsWith("at") || endsWith("bl") || endsWith("iz")) {
      word[length++] = 'e';
    } else if (endsInDouble()) {
      char first = word[0];
      if (length != 3 || (first != 'a' && first != 'e' && first != 'o')) {
        length--;
      }
    } else if (length == r1 && endsInShortSyllable(length)) {
      word[length++] = 'e';
    }
  }

  private boolean endsInDouble() {
    return length >= 2
        && word[length - 1] == word[length - 2]
        && "bdfgmnprt".indexOf(word[length - 1]) >= 0;
  }

  /** A y behind a consonant becomes an i, except in words like {@code by}. */
  private void step1c() {
    if (length > 2
        && (word[length - 1] == 'y' || word[length - 1] == 'Y')
        && !isVowel(word[length - 2])) {
      word[length - 1] = 'i';
    }
  }

  private void step2() {
    String[] rule = longest(RULES_2);
    if (rule == null) {
      return;
    }
    int stem = length - rule[0].length();
    if (stem < r1) {
      return;
    }
    boolean applies =
        switch (rule[0]) {
          case "ogi" -> stem > 0 && word[stem - 1] == 'l';
          case "li" -> stem > 0 && "cdeghkmnrt".indexOf(word[stem - 1]) >= 0;
          default -> true;
        };
    if (applies) {
      replace(stem, rule[1]);
    }
  }

  private void step3() {
    String[] rule = longest(RULES_3);
    if (rule == null) {
      return;
    }
    int stem = length - rule[0].length();
    if (stem >= (rule[0].equals("ative") ? Math.max(r1, r2) : r1)) {
      replace(stem, rule[1]);
    }
  }

  private void step4() {
    String[] rule = longest(RULES_4);
    if (rule == null) {
      return;
    }
    int stem = length - rule[0].length();
    if (stem < r2) {
      return;
    }
    if (endsWith("ion") && (stem == 0 || (word[stem - 1] != 's' && word[stem - 1] != 't'))) {
      return;
    }
    length = stem;
  }

  /** Takes off a last e or the second of two l. */
  private void step5() {
    if (length == 0) {
      return;
    }
    int stem = length - 1;
    if (word[stem] == 'e') {
      if (stem >= r2 || (stem >= r1 && !endsInShortSyllable(stem))) {
        length = stem;
      }
    } else if (word[stem] == 'l' && stem >= r2 && stem > 0 && word[stem - 1] == 'l') {
      length = stem;
    }
  }

  private static String[][][] byLastLetter(String[][] rules) {
    String[][][] byLetter = new String[26][][];
    for (int i = 0; i < byLetter.length; i++) {
      char letter = (char) ('a' + i);
      byLetter[i] =
          Arrays.stream(rules)
              .filter(rule -> rule[0].charAt(rule[0].length() - 1) == letter)
              .toArray(String[][]::new);
    }
    return byLetter;
  }

  private String[] longest(String[][][] rules) {
    char last = length == 0 ? 0 : word[length - 1];
    if (last < 'a' || last > 'z') {
      return null;
    }
    String[] longest = null;
    for (String[] rule : rules[last - 'a']) {
      if ((longest == null || rule[0].length() > longest[0].length()) && endsWith(rule[0])) {
        longest = rule;
      }
    }
    return longest;
  }

  private void replace(int stem, String by) {
    by.getChars(0, by.length(), word, stem);
    length = stem + by.length();
  }

  /**
   * Consonant, vowel, consonant other than w, x and Y; or a word of a vowel and a consonant.
   *
   * @param end behind the syllable
   */
  private boolean endsInShortSyllable(int end) {
    if (end < 2 || isVowel(word[end - 1]) || !isVowel(word[end - 2])) {
      return false;
    }
    if (end == 2) {
      return true;
    }
    char last = word[end - 1];
    return last != 'w' && last != 'x' && last != 'Y' && !isVowel(word[end - 3]);
  }

  /** Whether there is a vowel among the first letters. */
  private boolean hasVowel(int count) {
    for (int i = 0; i < count; i++) {
      if (isVowel(word[i])) {
        return true;
      }
    }
    return false;
  }

  private boolean endsWith(String suffix) {
    int at = length - suffix.length();
    if (at < 0) {
      return false;
    }
    for (int i = suffix.length() - 1; i >= 0; i--) {
      if (word[at + i] != suffix.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isVowel(char c) {
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y';
  }
}
