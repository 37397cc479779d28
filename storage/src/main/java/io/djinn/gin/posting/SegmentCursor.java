package io.djinn.gin.posting;

import io.djinn.memory.ByteStrings;
import java.util.Arrays;

/**
 * The place of a stream in one list: the byte offset of the next segment, and what is left of the
 * segment decoded last.
 */
final class SegmentCursor {
  private static final long[] NONE = {};

  /** Takes no memory until a segment is decoded. */
  private long[] tids = NONE;

  private int next;
  private int count;

  /** Byte offset in the list of the segment to read next. */
  private int byteOffset;

  private long target;
  private long last;

  /** Takes the payloads of the TIDs given; null where nobody asked for them. */
  private ByteStrings kept;

  /** Payloads of the segment decoded last. */
  private ByteStrings payloads;

  long segmentsDecoded;
  long segmentsSkipped;

  /** Begins a stream anew, with no target and the counters at zero. */
  void reset() {
    target = 0;
    last = -1;
    segmentsDecoded = 0;
    segmentsSkipped = 0;
    kept = null;
    beginList();
  }

  void keepPayloads(ByteStrings newKept) {
    kept = newKept;
    payloads = new ByteStrings();
  }

  /** Gives up the memory of the segment decoded last, of which nothing is left. */
  void release() {
    tids = NONE;
    payloads = null;
    next = 0;
    count = 0;
  }

  /** Goes to the start of a list. */
  void beginList() {
    next = 0;
    count = 0;
    byteOffset = 0;
  }

  long target() {
    return target;
  }

  void advance(long tid) {
    target = Math.max(target, tid);
  }

  /** Takes TIDs of the decoded segment into the block; returns the new number there. */
  int take(long[] block, int filled) {
    if (next < count && tids[next] < target) {
      next = tids[count - 1] < target ? count : Arrays.binarySearch(tids, next, count, target);
      next = next < 0 ? -next - 1 : next;
    }
    int n = Math.min(count - next, TidStream.BLOCK - filled);
    System.arraycopy(tids, next, block, filled, n);
    if (kept != null) {
      keep(filled, n);
    }
    next += n;
    return filled + n;
  }

  private void keep(int filled, int count) {
    if (filled == 0) {
      kept.clear();
    }
    if (count > 0) {
      kept.addAll(payloads, next, next + count);
    }
  }

  /**
   * Decodes the next segment that may hold a TID not below the target; false at the list's end.
   *
   * @throws MalformedListException where the bytes are no list
   */
  boolean decodeNext(long list, int listBytes) {
    while (byteOffset < listBytes) {
      int at = byteOffset;
      int bytes = PostingList.segmentBytes(list, at, listBytes);
      int behind = at + bytes;
      if (behind < listBytes) {
        PostingList.segmentBytes(list, behind, listBytes);
        if (Segment.firstTid(list + behind) <= target) {
          byteOffset = behind;
          segmentsSkipped++;
          continue;
        }
      }
      if (tids == NONE) {
        tids = new long[Segment.MAX_TIDS];
      }
      int decoded = SegmentDecoder.decode(list + at, listBytes - at, tids);
      if (decoded < 0) {
        throw PostingList.malformed(list, at, listBytes);
      }
      if (tids[0] <= last) {
        throw PostingList.notAscending(at, tids[0], last);
      }
      if (kept != null) {
        payloads.clear();
        PostingList.readPayloads(list, at, listBytes, payloads);
      }
      segmentsDecoded++;
      last = tids[decoded - 1];
      next = 0;
      count = decoded;
      byteOffset = behind;
      return true;
    }
    return false;
  }
}
