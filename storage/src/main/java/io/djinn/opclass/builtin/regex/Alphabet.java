package io.djinn.opclass.builtin.regex;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Divides Unicode into colours: code points of one colour are in the same sets of an expression, so
 * that an automaton need not tell them apart.
 */
public final class Alphabet {
  /** Code points below have their colour in a table. */
  private static final int TABLE_SIZE = 0x800;

  private static final int NONE = -1;

  /** First code points of the intervals, ascending from 0, and their colours. */
  private final int[] starts;

  private final int[] colours;
  private int colourCount = 1;
  private final int[] table = new int[TABLE_SIZE];

  /** First interval of each colour, and after each interval the next one of its colour. */
  private final int[] firstInterval;

  private final int[] nextInterval;

  private final Map<CharSet, ColourSet> members = new HashMap<>();

  Alphabet(Iterable<CharSet> sets) {
    starts = intervals(sets);
    int count = starts.length;
    colours = new int[count];
    divide(sets);
    firstInterval = new int[colourCount];
    nextInterval = new int[count];
    Arrays.fill(firstInterval, NONE);
    for (int i = count - 1; i >= 0; i--) {
      nextInterval[i] = firstInterval[colours[i]];
      firstInterval[colours[i]] = i;
    }
    for (int c = 0, interval = 0; c < TABLE_SIZE; c++) {
      if (interval + 1 < count && starts[interval + 1] == c) {
        interval++;
      }
      table[c] = colours[interval];
    }
    for (CharSet set : sets) {
      members.computeIfAbsent(set, this::coloursOf);
    }
  }

  private static int[] intervals(Iterable<CharSet> sets) {
    int[] bounds = new int[16];
    int n = 1;
    for (CharSet set : sets) {
      if (bounds.length < n + 2 * set.rangeCount()) {
        bounds = Arrays.copyOf(bounds, 2 * bounds.length + 2 * set.rangeCount());
      }
      for (int i = 0; i < set.rangeCount(); i++) {
        bounds[n++] = set.first(i);
        bounds[n++] = set.last(i) + 1;
      }
    }
    return Arrays.stream(bounds, 0, n)
        .filter(bound -> bound <= Character.MAX_CODE_POINT)
        .sorted()
        .distinct()
        .toArray();
  }

  /** For each set, gives the part of each colour that is in it a colour of its own. */
  private void divide(Iterable<CharSet> sets) {
    int count = starts.length;
    // How many intervals a colour has, how many of them are in the set at hand, and what those
    // become.
    int[] sizes = new int[count + 1];
    int[] inside = new int[count + 1];
    int[] renamed = new int[count + 1];
    int[] touched = new int[count];
    sizes[0] = count;
    for (CharSet set : sets) {
      int touchedCount = 0;
      for (int range = 0; range < set.rangeCount(); range++) {
        int last = set.last(range);
        for (int i = intervalOf(set.first(range)); i < count && starts[i] <= last; i++) {
          if (inside[colours[i]]++ == 0) {
            touched[touchedCount++] = colours[i];
          }
        }
      }
      for (int i = 0; i < touchedCount; i++) {
        int colour = touched[i];
        boolean divided = inside[colour] < sizes[colour];
        renamed[colour] = divided ? colourCount++ : colour;
        if (divided) {
          sizes[renamed[colour]] = inside[colour];
          sizes[colour] -= inside[colour];
        }
        inside[colour] = 0;
      }
      for (int range = 0; range < set.rangeCount(); range++) {
        int last = set.last(range);
        for (int i = intervalOf(set.first(range)); i < count && starts[i] <= last; i++) {
          colours[i] = renamed[colours[i]];
        }
      }
    }
  }

  private int intervalOf(int codePoint) {
    int at = Arrays.binarySearch(starts, codePoint);
    return at >= 0 ? at : ~at - 1;
  }

  private ColourSet coloursOf(CharSet set) {
    boolean[] inside = new boolean[colourCount];
    int n = 0;
    for (int range = 0; range < set.rangeCount(); range++) {
      int last = set.last(range);
      for (int i = intervalOf(set.first(range)); i < starts.length && starts[i] <= last; i++) {
        if (!inside[colours[i]]) {
          inside[colours[i]] = true;
          n++;
        }
      }
    }
    int[] found = new int[n];
    for (int colour = colourCount - 1; n > 0; colour--) {
      if (inside[colour]) {
        found[--n] = colour;
      }
    }
    return new ColourSet(found, colourCount);
  }

  public int colourCount() {
    return colourCount;
  }

  int colour(int codePoint) {
    return codePoint < TABLE_SIZE ? table[codePoint] : colours[intervalOf(codePoint)];
  }

  /** The colours of a set the alphabet was made for. */
  ColourSet colours(CharSet set) {
    return members.get(set);
  }

  /** The code points of a colour; null where they are more than {@code most}. */
  public int[] codePoints(int colour, int most) {
    int count = 0;
    for (int i = firstInterval[colour]; i != NONE; i = nextInterval[i]) {
      count += end(i) - starts[i];
      if (count > most) {
        return null;
      }
    }
    int[] found = new int[count];
    int n = 0;
    for (int i = firstInterval[colour]; i != NONE; i = nextInterval[i]) {
      for (int c = starts[i]; c < end(i); c++) {
        found[n++] = c;
      }
    }
    return found;
  }

  private int end(int interval) {
    return interval + 1 < starts.length ? starts[interval + 1] : Character.MAX_CODE_POINT + 1;
  }
}
