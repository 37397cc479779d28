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

  private final Map<Integer, Map<String, List<Long>>> ranges = new TreeMap<>();
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
    account.draw(WORK_BYTES);
    return new Loader(range, account);
  }

  private synchronized void add(int range, Map<String, List<Long>> loaded) {
    if (ranges.put(range, loaded) != null) {
      throw new AssertionError("range " + range + " is loaded twice");
    }
  }

  @Override
  public synchronized void complete(int count, MemoryAccount account) {
    Map<String, List<Long>> all = new TreeMap<>();
    String last = "";
    if (ranges.size() != count) {
      throw new AssertionError(ranges.size() + " of " + count + " ranges are loaded");
    }
    for (Map<String, List<Long>> range : ranges.values()) {
      for (Map.Entry<String, List<Long>> entry : range.entrySet()) {
        if (entry.getKey().compareTo(last) <= 0) {
          throw new AssertionError("key " + entry.getKey() + " behind " + last);
        }
        last = entry.getKey();
        all.put(last, entry.getValue());
      }
    }
    index = all;
  }

  private final class Loader implements RangeLoader {
    private final int range;
    private final MemoryAccount account;
    private final Map<String, List<Long>> loaded = new TreeMap<>();
    private String lastKey = "";
    private List<Long> list;

    Loader(int range, MemoryAccount account) {
      this.range = range;
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
      add(range, loaded);
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
