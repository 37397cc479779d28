package io.djinn.opclass.builtin.trigram.regex;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Divides Unicode into colours: code points of one colour are in the same sets of an expression, so
 * that an automaton need not tell them apart.
 */
public final class Alphabet {
  /** Code points below have their colour in a table. */
  private static final int TABLE_SIZE = 0x800;

  /** First code points of the intervals, ascending from 0, and their colours. */
  private final int[] starts;

  private final int[] colours;
  private final int colourCount;
  private final int[] table = new int[TABLE_SIZE];

  /** For each set, the colours in it as bits. */
  private final Map<CharSet, long[]> members = new HashMap<>();

  Alphabet(Iterable<CharSet> sets) {
    starts = intervals(sets);
    colours = new int[starts.length];
    int count = 1;
    for (CharSet set : sets) {
      if (!members.containsKey(set)) {
        members.put(set, null);
        count = split(set, count);
      }
    }
    colourCount = count;
    for (int c = 0, interval = 0; c < TABLE_SIZE; c++) {
      if (interval + 1 < starts.length && starts[interval + 1] == c) {
        interval++;
      }
      table[c] = colours[interval];
    }
    members.replaceAll((set, none) -> colourBits(set));
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

  /** Gives the part of each colour that is in the set a colour of its own, if the rest is not. */
  private int split(CharSet set, int count) {
    int[] inside = new int[count];
    int[] all = new int[count];
    for (int colour : colours) {
      all[colour]++;
    }
    List<int[]> runs = new ArrayList<>();
    for (int i = 0; i < set.rangeCount(); i++) {
      int from = intervalOf(set.first(i));
      int to = from;
      while (to < starts.length && starts[to] <= set.last(i)) {
        inside[colours[to++]]++;
      }
      runs.add(new int[] {from, to});
    }
    int[] renamed = new int[count];
    int next = count;
    for (int colour = 0; colour < count; colour++) {
      boolean divided = inside[colour] > 0 && inside[colour] < all[colour];
      renamed[colour] = divided ? next++ : colour;
    }
    for (int[] run : runs) {
      for (int i = run[0]; i < run[1]; i++) {
        colours[i] = renamed[colours[i]];
      }
    }
    return next;
  }

  private int intervalOf(int codePoint) {
    int at = Arrays.binarySearch(starts, codePoint);
    return at >= 0 ? at : ~at - 1;
  }

  private long[] colourBits(CharSet set) {
    long[] bits = new long[(colourCount + 63) / 64];
    for (int i = 0; i < set.rangeCount(); i++) {
      for (int at = intervalOf(set.first(i));
          at < starts.length && starts[at] <= set.last(i);
          at++) {
        bits[colours[at] >> 6] |= 1L << colours[at];
      }
    }
    return bits;
  }

  public int colourCount() {
    return colourCount;
  }

  int colour(int codePoint) {
    return codePoint < TABLE_SIZE ? table[codePoint] : colours[intervalOf(codePoint)];
  }

  /** The colours of a set the alphabet was made for, as bits. */
  long[] colours(CharSet set) {
    return members.get(set);
  }

  static boolean contains(long[] bits, int colour) {
    return (bits[colour >> 6] >>> colour & 1) != 0;
  }

  /** The code points of a colour; null where they are more than {@code most}. */
  public int[] codePoints(int colour, int most) {
    int[] found = new int[most];
    int n = 0;
    for (int i = 0; i < starts.length; i++) {
      if (colours[i] == colour) {
        int end = i + 1 < starts.length ? starts[i + 1] : Character.MAX_CODE_POINT + 1;
        if (end - starts[i] > most - n) {
          return null;
        }
        for (int c = starts[i]; c < end; c++) {
          found[n++] = c;
        }
      }
    }
    return Arrays.copyOf(found, n);
  }
}
