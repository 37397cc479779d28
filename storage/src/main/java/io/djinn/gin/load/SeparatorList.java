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
  private static final int FIRST_CHUNK_BYTES = 512;
  private static final int MIN_CHUNK_BYTES = 4096;
  private static final int PAGE_NO = 0;
  private static final int LENGTH = PAGE_NO + 4;
  private static final int SEPARATOR = LENGTH + 2;

  private final MemoryAccount account;
  private final int mostChunkBytes;
  private final List<MemoryRegion> chunks = new ArrayList<>();

  /** Bytes used of each chunk. */
  private int[] used = new int[8];

  private long size;

  /**
   * @param account what the chunks draw on; each is twice as large as the one before, up to a page
   *     or 4 KiB: a build has many lists, most of them short
   */
  public SeparatorList(MemoryAccount account, int pageSizeBytes) {
    this.account = account;
    mostChunkBytes = Math.max(MIN_CHUNK_BYTES, pageSizeBytes);
  }

  /** Bytes a list of one page or a few draws. */
  public static int leastBytes() {
    return FIRST_CHUNK_BYTES;
  }

  /** Appends a page; its separator lies above all before and is shorter than a page. */
  void add(long separator, int length, int pageNo) {
    int needed = SEPARATOR + length;
    int last = chunks.size() - 1;
    if (last < 0 || used[last] + needed > chunks.get(last).sizeBytes()) {
      long doubled = last < 0 ? FIRST_CHUNK_BYTES : 2 * chunks.get(last).sizeBytes();
      long bytes = Math.max(needed, Math.min(mostChunkBytes, doubled));
      chunks.add(MemoryRegion.allocate(account, bytes));
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
