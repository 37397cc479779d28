package io.djinn.perf;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Rows of keys like the trigrams of a text: three characters each, common letters more often than
 * rare ones, all keys of a row different.
 *
 * <p>A number of rows is prepared, so that making them costs nothing while something is measured;
 * the row of a TID is the prepared one at the TID's remainder.
 */
final class TrigramRows {
  /** By falling frequency. */
  private static final String LETTERS = " etaoinshrdlcumwfgypbvkjxqz";

  private static final int KEY_LENGTH = 3;

  /** Half of the different keys there can be, so that drawing a row comes to an end. */
  static final int MOST_KEYS_PER_ROW = 9000;

  private final List<List<String>> prepared;
  private final int keysPerRow;

  /**
   * @param keysPerRow at most {@link #MOST_KEYS_PER_ROW}
   * @param count rows that are prepared
   */
  TrigramRows(int keysPerRow, int count, long seed) {
    if (keysPerRow < 1 || keysPerRow > MOST_KEYS_PER_ROW) {
      throw new IllegalArgumentException(
          keysPerRow + " keys a row: must be 1 to " + MOST_KEYS_PER_ROW);
    }
    this.keysPerRow = keysPerRow;
    SplittableRandom random = new SplittableRandom(seed);
    String[] vocabulary = new String[(int) Math.pow(LETTERS.length(), KEY_LENGTH)];
    prepared = new ArrayList<>(count);
    BitSet drawn = new BitSet(vocabulary.length);
    for (int row = 0; row < count; row++) {
      drawn.clear();
      String[] keys = new String[keysPerRow];
      for (int i = 0; i < keysPerRow; ) {
        int key = draw(random);
        if (!drawn.get(key)) {
          drawn.set(key);
          if (vocabulary[key] == null) {
            vocabulary[key] = text(key);
          }
          keys[i++] = vocabulary[key];
        }
      }
      prepared.add(List.of(keys));
    }
  }

  private static int draw(SplittableRandom random) {
    int key = 0;
    for (int i = 0; i < KEY_LENGTH; i++) {
      double skewed = random.nextDouble();
      key = key * LETTERS.length() + (int) (skewed * skewed * LETTERS.length());
    }
    return key;
  }

  private static String text(int key) {
    StringBuilder text = new StringBuilder(KEY_LENGTH);
    for (int left = key, i = 0; i < KEY_LENGTH; i++) {
      text.append(LETTERS.charAt(left % LETTERS.length()));
      left /= LETTERS.length();
    }
    return text.toString();
  }

  List<String> row(long tid) {
    return prepared.get((int) (tid % prepared.size()));
  }

  /** How many rows are prepared. */
  int count() {
    return prepared.size();
  }

  /** Different keys of the rows of the TIDs below this one. */
  long distinctKeys(long endTid) {
    Set<String> keys = new HashSet<>();
    for (int row = 0; row < Math.min(endTid, prepared.size()); row++) {
      keys.addAll(prepared.get(row));
    }
    return keys.size();
  }

  /** Pairs of a key and a row, of the rows of the TIDs below this one. */
  long pairs(long endTid) {
    return endTid * keysPerRow;
  }

  /** The prepared rows that have a key. */
  BitSet rowsWith(String key) {
    BitSet rows = new BitSet(prepared.size());
    for (int row = 0; row < prepared.size(); row++) {
      if (prepared.get(row).contains(key)) {
        rows.set(row);
      }
    }
    return rows;
  }
}
