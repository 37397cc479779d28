package io.djinn.recovery;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything a {@link PageSession} holds: the numbers in its pages by page number, and the catalog.
 */
record PageState(SortedMap<Integer, List<Long>> pages, SortedMap<String, String> catalog) {
  static final PageState EMPTY = new PageState(new TreeMap<>(), new TreeMap<>());

  /** A copy to be changed before it is shown to anybody. */
  PageState copy() {
    return new PageState(new TreeMap<>(pages), new TreeMap<>(catalog));
  }

  void put(int pageNo, int slot, long value) {
    List<Long> slots = new ArrayList<>(pages.get(pageNo));
    slots.set(slot, value);
    pages.put(pageNo, slots);
  }

  /** Page number of the n-th page, counted round. */
  int pageAt(long n) {
    int at = (int) Math.floorMod(n, (long) pages.size());
    for (Map.Entry<Integer, List<Long>> entry : pages.entrySet()) {
      if (at-- == 0) {
        return entry.getKey();
      }
    }
    throw new AssertionError();
  }
}
