package io.djinn.gin.posting;

import io.djinn.memory.ByteStrings;
import java.nio.ByteBuffer;
import org.agrona.BufferUtil;

/**
 * The buffers one thread needs to change posting lists: heap arrays for TIDs and off-heap room for
 * a new list and for an edit's arguments.
 */
final class PostingWorkspace {
  private static final int MAX_PAGE_BYTES = 1 << 16;
  private static final ThreadLocal<PostingWorkspace> OF_THREAD =
      ThreadLocal.withInitial(PostingWorkspace::new);

  final PostingList list = new PostingList();

  /** Off-heap memory that goes when this object goes. */
  private final ByteBuffer memory = ByteBuffer.allocateDirect(3 * MAX_PAGE_BYTES);

  private final long address = BufferUtil.address(memory);
  private long[] tids = new long[Segment.MAX_TIDS];
  private final ByteStrings payloads = new ByteStrings();

  /** The calling thread's own, for edits, which are stateless to their callers. */
  static PostingWorkspace ofThread() {
    return OF_THREAD.get();
  }

  /** Room for a list of one page. */
  long listAddress() {
    return address;
  }

  /** Room for arguments of {@link #argumentBytes()}. */
  long argumentAddress() {
    return address + MAX_PAGE_BYTES;
  }

  int argumentBytes() {
    return 2 * MAX_PAGE_BYTES;
  }

  /** An array of at least so many TIDs, whose contents are lost when a larger one is asked for. */
  long[] tids(int count) {
    if (tids.length < count) {
      tids = new long[Math.max(count, 2 * tids.length)];
    }
    return tids;
  }

  /** Payloads of the list decoded last, one a TID; null where it has none. */
  ByteStrings payloads() {
    return payloads.count() == 0 ? null : payloads;
  }

  /**
   * Decodes a list into {@link #tids(int)} and {@link #payloads()}; returns the number of TIDs.
   *
   * @throws MalformedListException where the bytes are no list
   */
  int decode(long list, int listBytes) {
    int count = PostingList.count(list, listBytes);
    // No segment holds more than eight TIDs a byte: a count beyond that is not worth an array.
    if (count > 8L * listBytes) {
      throw new MalformedListException(
          0, count + " TIDs in " + listBytes + " bytes, expected at most 8 a byte");
    }
    payloads.clear();
    return PostingList.hasPayloads(list, listBytes)
        ? this.list.decode(list, listBytes, tids(count), payloads)
        : this.list.decode(list, listBytes, tids(count));
  }
}
