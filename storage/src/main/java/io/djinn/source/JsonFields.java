package io.djinn.source;

import java.util.Arrays;

/**
 * Where the values of one row's fields are, so that further columns need not read the row again.
 */
final class JsonFields {
  private String[] names = new String[16];
  private int[] starts = new int[16];
  private int[] ends = new int[16];
  private int count;

  void clear() {
    count = 0;
  }

  /**
   * @param start index of the value's first byte
   * @param end an index past the value's last byte; past its number where it is one
   */
  void add(String name, int start, int end) {
    if (count == names.length) {
      names = Arrays.copyOf(names, 2 * count);
      starts = Arrays.copyOf(starts, 2 * count);
      ends = Arrays.copyOf(ends, 2 * count);
    }
    names[count] = name;
    starts[count] = start;
    ends[count++] = end;
  }

  /** Index of the last field of that name, or -1. */
  int find(String name) {
    for (int i = count - 1; i >= 0; i--) {
      if (names[i].equals(name)) {
        return i;
      }
    }
    return -1;
  }

  int start(int field) {
    return starts[field];
  }

  int end(int field) {
    return ends[field];
  }
}
