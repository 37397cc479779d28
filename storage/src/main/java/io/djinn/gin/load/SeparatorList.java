package io.djinn.gin.load;

import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The pages of one level of an entry tree in key order, each with the lowest key it may hold;
 * off-heap, in chunks drawn on an account as they are needed.
 *
 * <pre>
 * entry: page number (4), length (2), separator
 * </pre>
 */
public final class SeparatorList implements AutoCloseable {
  private static final int MIN_CHUNK_BYTES = 4096;
  private static final int PAGE_NO = 0;
  private static final int LENGTH = PAGE_NO + 4;
  private static final int SEPARATOR = LENGTH + 2;

  private final MemoryAccount account;
  private final int chunkBytes;
  private final List<MemoryRegion> chunks = new ArrayList<>();

  /** Bytes used of each chunk. */
  private int[] used = new int[8];

  private long size;

  /**
   * @param account what the chunks draw on; a chunk is a page, 4 KiB at least
   */
  public SeparatorList(MemoryAccount account, int pageSizeBytes) {
    this.account = account;
    chunkBytes = Math.max(MIN_CHUNK_BYTES, pageSizeBytes);
  }

  /** Appends a page; its separator lies above all before and is shorter than a page. */
  void add(long separator, int length, int pageNo) {
    int needed = SEPARATOR + length;
    int last = chunks.size() - 1;
    if (last < 0 || used[last] + needed > chunkBytes) {
      chunks.add(MemoryRegion.allocate(account, chunkBytes));
      last++;
      if (last == used.length) {
        used = Arrays.copyOf(used, 2 * last);
      }
      used[last] = 0;
    }
    long entry = chunks.get(last).address() + used[last];
    NativeMemory.putInt(entry + PAGE_NO, pageNo);
    NativeMemory.putShort(entry + LENGTH, length);
    NativeMemory.copy(separator, entry + SEPARATOR, length);
    used[last] += needed;
    size++;
  }

  /** Pages in the list. */
  public long size() {
    return size;
  }

  /** Takes each page of the list, in key order. */
  interface Visitor {
    /**
     * @param separator address of the lowest key the page may hold, valid during the call
     */
    void page(long separator, int length, int pageNo);
  }

  void forEach(Visitor visitor) {
    for (int i = 0; i < chunks.size(); i++) {
      long chunk = chunks.get(i).address();
      int at = 0;
      while (at < used[i]) {
        int length = NativeMemory.getUnsignedShort(chunk + at + LENGTH);
        visitor.page(chunk + at + SEPARATOR, length, NativeMemory.getInt(chunk + at + PAGE_NO));
        at += SEPARATOR + length;
      }
    }
  }

  /** Gives the memory back. */
  @Override
  public void close() {
    chunks.forEach(MemoryRegion::close);
    chunks.clear();
    size = 0;
  }
}
