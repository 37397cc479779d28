package io.djinn.opclass.builtin.regex;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Letters, digits and case of every code point, as the C library has them in the locale C.UTF-8.
 *
 * <p>The table is part of the program, not of the JVM: keys on disk depend on it, and they must not
 * change with the Unicode version of the Java that reads them. Case is mapped one code point to one
 * code point: {@code İ} becomes {@code i}, {@code ß} and {@code ﬁ} stay.
 */
public final class CharacterTypes {
  private static final String TABLE = "character-types.txt";

  private static final int PAGE_BITS = 8;
  private static final int PAGE_SIZE = 1 << PAGE_BITS;
  private static final int PAGE_MASK = PAGE_SIZE - 1;
  private static final int PAGES = (Character.MAX_CODE_POINT + 1) >> PAGE_BITS;

  private static final Map<String, CharSet> SETS = new HashMap<>();

  /** Whether a letter or digit, by page; pages without any are shared. */
  private static final boolean[][] LETTERS_AND_DIGITS = new boolean[PAGES][];

  /** What to add for the other case, by page. */
  private static final int[][] TO_LOWER = new int[PAGES][];

  private static final int[][] TO_UPPER = new int[PAGES][];

  static {
    try {
      load();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private CharacterTypes() {}

  private static void load() throws IOException {
    boolean[] none = new boolean[PAGE_SIZE];
    int[] same = new int[PAGE_SIZE];
    for (int page = 0; page < PAGES; page++) {
      LETTERS_AND_DIGITS[page] = none;
      TO_LOWER[page] = same;
      TO_UPPER[page] = same;
    }
    try (InputStream in = CharacterTypes.class.getResourceAsStream(TABLE)) {
      if (in == null) {
        throw new IllegalStateException(TABLE + " is missing beside " + CharacterTypes.class);
      }
      BufferedReader reader =
          new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        int blank = line.indexOf(' ');
        String name = line.substring(0, blank);
        String[] items = line.substring(blank + 1).split(" ");
        switch (name) {
          case "tolower" -> loadCase(items, TO_LOWER, same);
          case "toupper" -> loadCase(items, TO_UPPER, same);
          default -> SETS.put(name, parseSet(items));
        }
      }
    }
    CharSet letters = new CharSet.Builder().add(SETS.get("alpha")).add('0', '9').build();
    SETS.put("alnum", letters);
    for (int i = 0; i < letters.rangeCount(); i++) {
      for (int c = letters.first(i); c <= letters.last(i); c++) {
        int page = c >> PAGE_BITS;
        if (LETTERS_AND_DIGITS[page] == none) {
          LETTERS_AND_DIGITS[page] = new boolean[PAGE_SIZE];
        }
        LETTERS_AND_DIGITS[page][c & PAGE_MASK] = true;
      }
    }
  }

  /** Items {@code first-last} or {@code only}, hexadecimal. */
  private static CharSet parseSet(String[] items) {
    CharSet.Builder set = new CharSet.Builder();
    for (String item : items) {
      int dash = item.indexOf('-');
      int first = Integer.parseInt(dash < 0 ? item : item.substring(0, dash), 16);
      set.add(first, dash < 0 ? first : Integer.parseInt(item.substring(dash + 1), 16));
    }
    return set.build();
  }

  /** Items {@code first-last/step+delta}: bounds hexadecimal, step and signed delta decimal. */
  private static void loadCase(String[] items, int[][] pages, int[] same) {
    for (String item : items) {
      int dash = item.indexOf('-');
      int slash = item.indexOf('/');
      int sign = Math.max(item.indexOf('+', slash), item.indexOf('-', slash));
      int first = Integer.parseInt(item.substring(0, dash), 16);
      int last = Integer.parseInt(item.substring(dash + 1, slash), 16);
      int step = Integer.parseInt(item.substring(slash + 1, sign));
      int delta = Integer.parseInt(item.substring(sign));
      for (int c = first; c <= last; c += step) {
        int page = c >> PAGE_BITS;
        if (pages[page] == same) {
          pages[page] = new int[PAGE_SIZE];
        }
        pages[page][c & PAGE_MASK] = delta;
      }
    }
  }

  /** The members of one of the types the table names, or {@code alnum}. */
  static CharSet set(String type) {
    return SETS.get(type);
  }

  public static boolean isLetterOrDigit(int codePoint) {
    return LETTERS_AND_DIGITS[codePoint >> PAGE_BITS][codePoint & PAGE_MASK];
  }

  public static int toLowerCase(int codePoint) {
    return codePoint + TO_LOWER[codePoint >> PAGE_BITS][codePoint & PAGE_MASK];
  }

  public static int toUpperCase(int codePoint) {
    return codePoint + TO_UPPER[codePoint >> PAGE_BITS][codePoint & PAGE_MASK];
  }
}
