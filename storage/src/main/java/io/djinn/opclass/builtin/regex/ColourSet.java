package io.djinn.opclass.builtin.regex;

import java.util.Arrays;

/** A set of colours: those few that are in it or out of it, else one bit for each colour. */
final class ColourSet {
  private static final int FEW = 8;

  /** Ascending; null where there are bits. */
  private final int[] few;

  /** Whether the few are those that are not in it. */
  private final boolean excluded;

  private final long[] bits;

  /**
   * @param members ascending, distinct
   */
  ColourSet(int[] members, int colourCount) {
    excluded = members.length > colourCount / 2;
    int listed = excluded ? colourCount - members.length : members.length;
    if (listed <= FEW) {
      few = excluded ? complement(members, listed) : members;
      bits = null;
    } else {
      few = null;
      bits = new long[(colourCount + 63) / 64];
      for (int member : members) {
        bits[member >> 6] |= 1L << member;
      }
    }
  }

  private static int[] complement(int[] members, int count) {
    int[] others = new int[count];
    int n = 0;
    for (int i = 0, colour = 0; n < count; colour++) {
      if (i < members.length && members[i] == colour) {
        i++;
      } else {
        others[n++] = colour;
      }
    }
    return others;
  }

  boolean contains(int colour) {
    if (bits != null) {
      return (bits[colour >> 6] >>> colour & 1) != 0;
    }
    for (int listed : few) {
      if (listed == colour) {
        return !excluded;
      }
    }
    return excluded;
  }

  @Override
  public String toString() {
    return bits == null ? (excluded ? "not " : "") + Arrays.toString(few) : "many";
  }
}
