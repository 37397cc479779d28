package io.djinn.batch;

import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.wal.LogRecords;

/**
 * The edits of the open batch, off-heap, linked page by page in the order they were made.
 *
 * <p>A link is the offset of an edit: next link (8 bytes), then op code, length and arguments as
 * they stand in the log. Offset 0 is no edit.
 */
final class EditLog implements AutoCloseable {
  private static final int LINK_BYTES = 8;
  private static final long FIRST = 8;
  private static final long INITIAL_BYTES = 64 << 10;

  private final MemoryAccount account;

  /** Kept for ever, so that forgetting never allocates. */
  private final MemoryRegion small;

  private MemoryRegion region;
  private long end = FIRST;

  EditLog(MemoryAccount account) {
    this.account = account;
    small = MemoryRegion.allocate(account, INITIAL_BYTES);
    region = small;
  }

  /** Forgets all edits, and memory beyond what small batches need. */
  void clear() {
    end = FIRST;
    if (region.sizeBytes() > 16 * INITIAL_BYTES) {
      region.close();
      region = small;
    }
  }

  /** Adds an edit behind another one (0 for the first of its page); returns its link. */
  long add(long previous, int opCode, long arguments, int length) {
    int size = (LINK_BYTES + LogRecords.EDIT_HEADER_BYTES + length + 7) & -8;
    if (end + size > region.sizeBytes()) {
      grow(size);
    }
    long link = end;
    long at = region.address() + link;
    NativeMemory.putLong(at, 0);
    NativeMemory.putByte(at + LINK_BYTES, opCode);
    NativeMemory.putShort(at + LINK_BYTES + 1, length);
    NativeMemory.copy(arguments, at + LINK_BYTES + LogRecords.EDIT_HEADER_BYTES, length);
    if (previous != 0) {
      NativeMemory.putLong(region.address() + previous, link);
    }
    end += size;
    return link;
  }

  private void grow(int size) {
    long wanted = Math.max(region.sizeBytes() * 2, Math.addExact(end, size));
    MemoryRegion larger = MemoryRegion.allocate(account, wanted);
    NativeMemory.copy(region.address(), larger.address(), end);
    if (region != small) {
      region.close();
    }
    region = larger;
  }

  /** Copies the edits of one page, in order, as they stand in the log; returns their bytes. */
  int copy(long firstLink, long to) {
    int length = 0;
    for (long link = firstLink; link != 0; link = NativeMemory.getLong(region.address() + link)) {
      long edit = region.address() + link + LINK_BYTES;
      int size = LogRecords.EDIT_HEADER_BYTES + NativeMemory.getUnsignedShort(edit + 1);
      NativeMemory.copy(edit, to + length, size);
      length += size;
    }
    return length;
  }

  @Override
  public void close() {
    small.close();
    region.close();
  }
}
