package io.djinn.opclass.builtin.regex;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** An immutable set of code points, kept as ascending ranges that neither meet nor touch. */
final class CharSet {
  static final CharSet NONE = new CharSet(new int[0]);
  static final CharSet ALL = new CharSet(new int[] {0, Character.MAX_CODE_POINT});

  /** First and last code point of each range. */
  private final int[] bounds;

  private CharSet(int[] bounds) {
    this.bounds = bounds;
  }

  /** What of the range is Unicode: a bound above U+10FFFF stands for no text. */
  static CharSet range(int first, int last) {
    int end = Math.min(last, Character.MAX_CODE_POINT);
    return first > end ? NONE : new CharSet(new int[] {first, end});
  }

  static CharSet of(int... codePoints) {
    Builder builder = new Builder();
    for (int codePoint : codePoints) {
      builder.add(codePoint, codePoint);
    }
    return builder.build();
  }

  int rangeCount() {
    return bounds.length / 2;
  }

  int first(int range) {
    return bounds[2 * range];
  }

  int last(int range) {
    return bounds[2 * range + 1];
  }

  boolean contains(int codePoint) {
    int at = Arrays.binarySearch(bounds, codePoint);
    // Between a first and its last, or on one of them.
    return at >= 0 || (~at & 1) == 1;
  }

  CharSet complement() {
    Builder builder = new Builder();
    int next = 0;
    for (int i = 0; i < rangeCount(); i++) {
      if (first(i) > next) {
        builder.add(next, first(i) - 1);
      }
      next = last(i) + 1;
    }
    if (next <= Character.MAX_CODE_POINT) {
      builder.add(next, Character.MAX_CODE_POINT);
    }
    return builder.build();
  }

  CharSet without(CharSet others) {
    return new Builder().add(complement()).add(others).build().complement();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CharSet set && Arrays.equals(bounds, set.bounds);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bounds);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < rangeCount(); i++) {
      text.append(String.format(i == 0 ? "%x-%x" : " %x-%x", first(i), last(i)));
    }
    return text.append(']').toString();
  }

  /** Collects ranges in any order. */
  static final class Builder {
    private final List<int[]> ranges = new ArrayList<>();

    Builder add(int first, int last) {
      ranges.add(new int[] {first, last});
      return this;
    }

    Builder add(CharSet set) {
      for (int i = 0; i < set.rangeCount(); i++) {
        add(set.first(i), set.last(i));
      }
      return this;
    }

    CharSet build() {
      ranges.sort(Comparator.comparingInt(range -> range[0]));
      int[] bounds = new int[2 * ranges.size()];
      int n = 0;
      for (int[] range : ranges) {
        if (n > 0 && range[0] <= bounds[n - 1] + 1) {
          bounds[n - 1] = Math.max(bounds[n - 1], range[1]);
        } else {
          bounds[n++] = range[0];
          bounds[n++] = range[1];
        }
      }
      return new CharSet(Arrays.copyOf(bounds, n));
    }
  }
}
