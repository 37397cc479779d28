package io.djinn.opclass.builtin.trigram;

import io.djinn.opclass.Ternary;

/**
 * Which trigrams any text that matches a regular expression must have, as a graph: the text can
 * only match if there is a way from the first state to the last whose arcs all have a trigram of
 * the text.
 *
 * <p>At most {@link #MOST_STATES} states, so that the states reached fit two words.
 */
final class TrigramGraph {
  static final int MOST_STATES = 128;
  static final int FIRST = 0;
  static final int LAST = 1;

  private final int[] trigrams;

  /** For each arc its source, its target, and the keys of which it needs one. */
  private final int[] sources;

  private final int[] targets;
  private final int[][] keys;

  /**
   * @param trigrams distinct, ascending
   * @param keys for each arc, indexes in {@code trigrams}
   */
  TrigramGraph(int[] trigrams, int[] sources, int[] targets, int[][] keys) {
    this.trigrams = trigrams;
    this.sources = sources;
    this.targets = targets;
    this.keys = keys;
  }

  /** All trigrams that arcs ask for, distinct and ascending. */
  int[] trigrams() {
    return trigrams;
  }

  int arcCount() {
    return sources.length;
  }

  /** Whether there may be a way, unknown keys counting as present. */
  boolean isPassable(byte[] presence) {
    long low = 1L << FIRST;
    long high = 0;
    boolean changed;
    do {
      changed = false;
      for (int i = 0; i < sources.length; i++) {
        int source = sources[i];
        int target = targets[i];
        boolean reached = ((source < 64 ? low : high) >>> source & 1) != 0;
        boolean known = ((target < 64 ? low : high) >>> target & 1) != 0;
        if (reached && !known && anyPresent(keys[i], presence)) {
          if (target == LAST) {
            return true;
          }
          if (target < 64) {
            low |= 1L << target;
          } else {
            high |= 1L << target;
          }
          changed = true;
        }
      }
    } while (changed);
    return false;
  }

  private static boolean anyPresent(int[] keys, byte[] presence) {
    for (int key : keys) {
      if (presence[key] != Ternary.NO) {
        return true;
      }
    }
    return false;
  }
}
