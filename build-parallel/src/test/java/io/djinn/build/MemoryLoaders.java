package io.djinn.build;

import io.djinn.build.merge.RangeLoader;
import io.djinn.build.merge.RangeLoaderFactory;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.NativeMemory;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Loads into a sorted map of key in hexadecimal → TIDs, and checks the order of what it is given.
 */
final class MemoryLoaders implements RangeLoaderFactory {
  private static final int WORK_BYTES = 4096;
  private static final int WHOLE = -1;

  /** By range, then by part. */
  private final Map<Integer, TreeMap<Integer, Map<String, List<Long>>>> ranges = new TreeMap<>();

  private int parts;
  private Map<String, List<Long>> index;

  /** The index, or null before it is complete. */
  Map<String, List<Long>> index() {
    return index;
  }

  boolean isComplete() {
    return index != null;
  }

  /** The first difference from what the index should be, in words; "" where there is none. */
  String difference(Map<String, List<Long>> expected) {
    for (Map.Entry<String, List<Long>> entry : expected.entrySet()) {
      List<Long> found = index.get(entry.getKey());
      if (!entry.getValue().equals(found)) {
        return "key " + entry.getKey() + " has " + found + " instead of " + entry.getValue();
      }
    }
    return index.size() == expected.size()
        ? ""
        : index.size() + " keys instead of " + expected.size();
  }

  @Override
  public long workBytes() {
    return WORK_BYTES;
  }

  @Override
  public RangeLoader open(int range, MemoryAccount account) {
    return openPart(range, WHOLE, account);
  }

  @Override
  public RangeLoader openPart(int range, int part, MemoryAccount account) {
    account.draw(WORK_BYTES);
    return new Loader(range, part, account);
  }

  /** Parts of lists of keys that were loaded in parts. */
  int parts() {
    return parts;
  }

  private synchronized void add(int range, int part, Map<String, List<Long>> loaded) {
    parts += part == WHOLE ? 0 : 1;
    if (ranges.computeIfAbsent(range, r -> new TreeMap<>()).put(part, loaded) != null) {
      throw new AssertionError("range " + range + ", part " + part + " is loaded twice");
    }
  }

  @Override
  public synchronized void complete(int[] inKeyOrder, MemoryAccount account) {
    Map<String, List<Long>> all = new TreeMap<>();
    String last = "";
    if (ranges.size() != inKeyOrder.length) {
      throw new AssertionError(ranges.size() + " of " + inKeyOrder.length + " ranges are loaded");
    }
    for (int range : inKeyOrder) {
      for (Map.Entry<String, List<Long>> entry : joined(ranges.get(range)).entrySet()) {
        if (entry.getKey().compareTo(last) <= 0) {
          throw new AssertionError("key " + entry.getKey() + " behind " + last);
        }
        last = entry.getKey();
        all.put(last, entry.getValue());
      }
    }
    index = all;
  }

  /** The keys of a range, which are one where it was loaded in parts. */
  private static Map<String, List<Long>> joined(
      TreeMap<Integer, Map<String, List<Long>>> partsOfRange) {
    if (partsOfRange.firstKey() == WHOLE) {
      return partsOfRange.get(WHOLE);
    }
    Map<String, List<Long>> joined = new TreeMap<>();
    for (Map<String, List<Long>> part : partsOfRange.values()) {
      part.forEach(
          (key, list) -> {
            List<Long> before = joined.computeIfAbsent(key, k -> new ArrayList<>());
            if (!before.isEmpty() && before.get(before.size() - 1) >= list.get(0)) {
              throw new AssertionError("parts of the list of key " + key + " overlap");
            }
            before.addAll(list);
          });
    }
    if (joined.size() != 1) {
      throw new AssertionError(joined.size() + " keys in the parts of one list");
    }
    return joined;
  }

  private final class Loader implements RangeLoader {
    private final int range;
    private final int part;
    private final MemoryAccount account;
    private final Map<String, List<Long>> loaded = new TreeMap<>();
    private String lastKey = "";
    private List<Long> list;

    Loader(int range, int part, MemoryAccount account) {
      this.range = range;
      this.part = part;
      this.account = account;
    }

    @Override
    public void key(long address, int length) {
      byte[] key = new byte[length];
      NativeMemory.copyToArray(address, key, 0, length);
      String text = HexFormat.of().formatHex(key);
      if (text.compareTo(lastKey) <= 0) {
        throw new AssertionError("key " + text + " behind " + lastKey);
      }
      lastKey = text;
      list = new ArrayList<>();
    }

    @Override
    public void tids(long[] tids, int count) {
      for (int i = 0; i < count; i++) {
        if (!list.isEmpty() && tids[i] <= list.get(list.size() - 1)) {
          throw new AssertionError("TID " + tids[i] + " behind " + list.get(list.size() - 1));
        }
        list.add(tids[i]);
      }
    }

    @Override
    public void endKey() {
      if (list.isEmpty()) {
        throw new AssertionError("key " + lastKey + " has no TID");
      }
      loaded.put(lastKey, list);
    }

    @Override
    public void finish() {
      add(range, part, loaded);
    }

    @Override
    public long pages() {
      return 1;
    }

    @Override
    public void close() {
      account.release(WORK_BYTES);
    }
  }
}
