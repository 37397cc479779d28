package io.djinn.gin.posting;

import io.djinn.memory.ByteStrings;
import io.djinn.memory.NativeMemory;
import java.util.Arrays;

/**
 * Operations on an encoded list: count, search, insert, remove, encode.
 *
 * <p>Changes write the whole new list to another place, decode only the segments they touch and
 * copy the others. They are deterministic: the same list and TIDs give the same bytes. An insert at
 * the end goes to an open tail segment of at most {@link #OPEN_TIDS} TIDs, which then joins the
 * segment before it. Payloads go with their TIDs: a TID that is inserted gets the payload it is
 * inserted with, also where it was there before, and one that is removed takes its payload along.
 *
 * <p>One object is used by one thread at a time; it holds the buffers changes need. Bytes that are
 * no list throw {@link MalformedListException}, never read outside {@code address .. address +
 * length}.
 */
public final class PostingList {
  /** What a change returns where the new list is longer than the room. */
  public static final int DOES_NOT_FIT = -1;

  /** What a change returns where the list already is as asked for; nothing was written. */
  public static final int NO_CHANGE = -2;

  /** Up to so many TIDs the last segment of a list is added to. */
  static final int OPEN_TIDS = 128;

  /** Up to so many TIDs are left in neighbouring segments by a removal before they are joined. */
  private static final int SMALL_TIDS = 64;

  private final SegmentEncoder encoder = new SegmentEncoder();
  private final long[] old = new long[Segment.MAX_TIDS];
  private long[] merged = new long[2 * Segment.MAX_TIDS];
  private final long[] one = new long[1];
  private final long[] joined = new long[2 * SMALL_TIDS];
  private final ByteStrings oldPayloads = new ByteStrings();
  private ByteStrings mergedPayloads = new ByteStrings();
  private ByteStrings joinedPayloads = new ByteStrings();
  private boolean hasReplaced;
  private int changed;

  /** TIDs the last change added or removed. */
  public int changed() {
    return changed;
  }

  // ---- reading ----

  /** TIDs of a list. */
  public static int count(long address, int length) {
    long count = 0;
    for (int at = 0; at < length; ) {
      int bytes = segmentBytes(address, at, length);
      count += Segment.count(address + at);
      at += bytes;
    }
    return Math.toIntExact(count);
  }

  /** A list in words; what is wrong with it where it can not be read. */
  public String describe(long address, int length) {
    String problem = validate(address, length);
    if (problem != null) {
      return length + " bytes: " + problem;
    }
    if (length == 0) {
      return "no TIDs";
    }
    int segments = 0;
    for (int at = 0; at < length; at += segmentBytes(address, at, length)) {
      segments++;
    }
    return count(address, length)
        + " TIDs from "
        + firstTid(address, length)
        + " to "
        + lastTid(address, length)
        + ", "
        + segments
        + " segments, "
        + length
        + " bytes";
  }

  /** The first TID of a list that is not empty. */
  public static long firstTid(long address, int length) {
    segmentBytes(address, 0, length);
    return Segment.firstTid(address);
  }

  /** The last TID of a list that is not empty. */
  public long lastTid(long address, int length) {
    int last = lastSegment(address, length);
    int count = decode(address, last, length);
    return old[count - 1];
  }

  /** Whether the list holds the TID. */
  public boolean contains(long address, int length, long tid) {
    int at = segmentOf(address, length, tid);
    if (at < 0) {
      return false;
    }
    int count = decode(address, at, length);
    return Arrays.binarySearch(old, 0, count, tid) >= 0;
  }

  /** Decodes a list; returns the number of TIDs, which fit into {@code tids}. */
  public int decode(long address, int length, long[] tids) {
    int total = 0;
    for (int at = 0; at < length; at += segmentBytes(address, at, length)) {
      int count = decode(address, at, length);
      if (count > tids.length - total) {
        throw new MalformedListException(
            at, total + count + " TIDs, expected at most " + tids.length);
      }
      if (total > 0 && tids[total - 1] >= old[0]) {
        throw notAscending(at, old[0], tids[total - 1]);
      }
      System.arraycopy(old, 0, tids, total, count);
      total += count;
    }
    return total;
  }

  /**
   * Decodes a list with its payloads; returns the number of TIDs, which fit into {@code tids}.
   *
   * @param payloads takes one a TID, instead of what it held
   */
  public int decode(long address, int length, long[] tids, ByteStrings payloads) {
    int total = decode(address, length, tids);
    payloads.clear();
    for (int at = 0; at < length; at += segmentBytes(address, at, length)) {
      readPayloads(address, at, length, payloads);
    }
    return total;
  }

  /** Whether a TID of a list has a payload. */
  public static boolean hasPayloads(long address, int length) {
    for (int at = 0; at < length; at += segmentBytes(address, at, length)) {
      if (Segment.hasPayload(address + at)) {
        return true;
      }
    }
    return false;
  }

  /** Adds the payloads of the segment at a byte offset. */
  static void readPayloads(long address, int at, int length, ByteStrings payloads) {
    if (!PayloadPart.read(address + at, payloads)) {
      throw malformed(address, at, length);
    }
  }

  /** What is wrong with a list, null where nothing is. */
  public String validate(long address, int length) {
    long last = -1;
    try {
      for (int at = 0; at < length; at += segmentBytes(address, at, length)) {
        int count = decode(address, at, length);
        if (old[0] <= last) {
          return notAscending(at, old[0], last).getMessage();
        }
        if (Segment.hasPayload(address + at) && !PayloadPart.read(address + at, null)) {
          return malformed(address, at, length).getMessage();
        }
        last = old[count - 1];
      }
    } catch (MalformedListException malformed) {
      return malformed.getMessage();
    }
    return null;
  }

  /** Bytes of the segment at a byte offset of a list. */
  static int segmentBytes(long address, int at, int length) {
    int bytes = Segment.totalBytes(address + at, length - at);
    if (bytes < 0) {
      throw malformed(address, at, length);
    }
    return bytes;
  }

  static MalformedListException malformed(long address, int at, int length) {
    String problem = Segment.validate(address + at, length - at);
    return new MalformedListException(at, problem == null ? "no segment" : problem);
  }

  static MalformedListException notAscending(int at, long found, long before) {
    return new MalformedListException(
        at, "segment begins with TID " + found + ", expected more than " + before);
  }

  /** Decodes the segment at a byte offset into {@link #old}. */
  private int decode(long address, int at, int length) {
    int count = SegmentDecoder.decode(address + at, length - at, old);
    if (count < 0) {
      throw malformed(address, at, length);
    }
    return count;
  }

  /** Decodes a segment whose TIDs must be below the first of the next. */
  private int decodeBelow(long address, int at, int length, long high) {
    int count = decode(address, at, length);
    if (old[count - 1] >= high) {
      throw notAscending(at, high, old[count - 1]);
    }
    return count;
  }

  private static int lastSegment(long address, int length) {
    int last = 0;
    for (int at = 0; at < length; at += segmentBytes(address, at, length)) {
      last = at;
    }
    return last;
  }

  /** Byte offset of the last segment that begins at or below the TID, -1 where none does. */
  private static int segmentOf(long address, int length, long tid) {
    int found = -1;
    for (int at = 0; at < length; ) {
      int bytes = segmentBytes(address, at, length);
      if (Segment.firstTid(address + at) > tid) {
        break;
      }
      found = at;
      at += bytes;
    }
    return found;
  }

  // ---- encoding ----

  /**
   * Encodes TIDs as a list; returns its bytes, {@link #DOES_NOT_FIT} where they are more than the
   * room.
   */
  public int encode(long[] tids, int count, long out, int roomBytes) {
    return encode(tids, 0, count, out, roomBytes);
  }

  /** Encodes the TIDs {@code from .. to} as a list; see {@link #encode(long[], int, long, int)}. */
  public int encode(long[] tids, int from, int to, long out, int roomBytes) {
    return encode(tids, null, from, to, out, roomBytes);
  }

  /**
   * Encodes the TIDs {@code from .. to} with payloads as a list; see {@link #encode(long[], int,
   * long, int)}.
   *
   * @param payloads by the index of the TID; null where there are none
   */
  public int encode(long[] tids, ByteStrings payloads, int from, int to, long out, int roomBytes) {
    int taken = encodeWhatFits(tids, payloads, from, to, out, roomBytes);
    return taken == to - from ? bytesWritten : DOES_NOT_FIT;
  }

  private int bytesWritten;

  /** Bytes {@link #encodeWhatFits} wrote. */
  public int bytesWritten() {
    return bytesWritten;
  }

  /** Encodes as many TIDs as fit as a list; returns their number. */
  public int encodeWhatFits(long[] tids, int from, int to, long out, int roomBytes) {
    return encodeWhatFits(tids, null, from, to, out, roomBytes);
  }

  /** The same, with payloads by the index of the TID, or null. */
  public int encodeWhatFits(
      long[] tids, ByteStrings payloads, int from, int to, long out, int roomBytes) {
    int at = 0;
    int next = from;
    while (next < to) {
      // One TID more than is left would begin a segment of its own: share evenly instead.
      int segments = segments(to - next, payloads == null ? 0 : payloads.bytes(next, to));
      int share =
          segments > 2
              ? Math.min(to - next, Segment.MAX_TIDS)
              : (to - next + segments - 1) / segments;
      int taken = encoder.encode(tids, payloads, next, next + share, out + at, roomBytes - at);
      if (taken == 0) {
        break;
      }
      next += taken;
      at += encoder.bytesWritten();
    }
    bytesWritten = at;
    return next - from;
  }

  /** How many segments so many TIDs and payloads fill. */
  private static int segments(int tids, int payloadBytes) {
    int byTids = (tids + Segment.MAX_TIDS - 1) / Segment.MAX_TIDS;
    int byPayloads = (payloadBytes + PayloadPart.SEGMENT_BYTES - 1) / PayloadPart.SEGMENT_BYTES;
    return Math.max(byTids, byPayloads);
  }

  // ---- inserting ----

  /** Inserts one TID; see {@link #insert(long, int, long[], int, int, long, int)}. */
  public int insert(long address, int length, long tid, long out, int roomBytes) {
    one[0] = tid;
    return insert(address, length, one, 0, 1, out, roomBytes);
  }

  /** Inserts TIDs without payloads; see the method with all arguments. */
  public int insert(
      long address, int length, long[] tids, int from, int to, long out, int roomBytes) {
    return insert(address, length, tids, null, from, to, out, roomBytes);
  }

  /**
   * Writes the list with the TIDs {@code from .. to} added.
   *
   * @param tids strictly ascending
   * @param payloads by the index of the TID, in place of those of TIDs already there; null where
   *     all are of no bytes
   * @param out where the new list goes, not overlapping the old one; undefined where it does not
   *     fit
   * @return bytes of the new list, {@link #DOES_NOT_FIT} or {@link #NO_CHANGE}
   */
  public int insert(
      long address,
      int length,
      long[] tids,
      ByteStrings payloads,
      int from,
      int to,
      long out,
      int roomBytes) {
    changed = 0;
    boolean isChanged = false;
    int written = 0;
    int next = from;
    // The end of what was taken over into the new list, and the segment before it there.
    int done = 0;
    for (int at = 0; at < length && next < to; ) {
      int bytes = segmentBytes(address, at, length);
      int behind = at + bytes;
      long high = Segment.MAX_TID + 1;
      if (behind < length) {
        segmentBytes(address, behind, length);
        high = Segment.firstTid(address + behind);
      }
      int until = next;
      while (until < to && tids[until] < high) {
        until++;
      }
      if (until > next) {
        int replaced = at;
        int count = decodeBelow(address, at, length, high);
        boolean carries = payloads != null || Segment.hasPayload(address + at);
        int total;
        if (behind == length && tids[next] > old[count - 1] && count > OPEN_TIDS) {
          // The last segment is closed: a new one begins.
          replaced = behind;
          total = until - next;
          ensureMerged(total);
          System.arraycopy(tids, next, merged, 0, total);
          if (carries) {
            mergedPayloads.clear();
            mergedPayloads.addAll(payloads, next, until);
          }
          changed += total;
        } else {
          hasReplaced = false;
          total =
              carries
                  ? mergeWithPayloads(address, at, length, count, tids, payloads, next, until)
                  : merge(count, tids, next, until);
          if (total == count && !hasReplaced) {
            next = until;
            at = behind;
            continue;
          }
          changed += total - count;
          if (behind == length && total > OPEN_TIDS && count <= OPEN_TIDS && at > 0) {
            int before = segmentBefore(address, at, length);
            if (before >= done && canJoin(address + before, total, carries)) {
              replaced = before;
              if (!carries && Segment.hasPayload(address + before)) {
                carries = true;
                mergedPayloads.clear();
                mergedPayloads.addEmpty(total);
              }
              total = prepend(address, before, length, total, carries);
            }
          }
        }
        isChanged = true;
        written = copy(address, done, replaced, out, written, roomBytes);
        if (written < 0
            || encode(
                    merged,
                    carries ? mergedPayloads : null,
                    0,
                    total,
                    out + written,
                    roomBytes - written)
                < 0) {
          return DOES_NOT_FIT;
        }
        written += bytesWritten;
        done = behind;
        next = until;
      }
      at = behind;
    }
    if (length == 0) {
      changed = to - from;
      return from == to ? NO_CHANGE : encode(tids, payloads, from, to, out, roomBytes);
    }
    if (!isChanged) {
      return NO_CHANGE;
    }
    return copy(address, done, length, out, written, roomBytes);
  }

  /** Copies the old list's bytes {@code from .. to}; the new length or {@link #DOES_NOT_FIT}. */
  private static int copy(long address, int from, int to, long out, int written, int roomBytes) {
    if (to - from > roomBytes - written) {
      return DOES_NOT_FIT;
    }
    NativeMemory.copy(address + from, out + written, to - from);
    return written + to - from;
  }

  private static int segmentBefore(long address, int at, int length) {
    int before = 0;
    for (int i = 0; i < at; i += segmentBytes(address, i, length)) {
      before = i;
    }
    return before;
  }

  /** Whether a segment may have the merged TIDs, and payloads if they carry any, behind its own. */
  private boolean canJoin(long segment, int total, boolean carries) {
    if (Segment.count(segment) + total > Segment.MAX_TIDS) {
      return false;
    }
    int merged = carries ? mergedPayloads.totalBytes() : 0;
    return Segment.payloadBytes(segment) + merged <= PayloadPart.SEGMENT_BYTES;
  }

  /** Puts the TIDs of an earlier segment before those merged; returns their number. */
  private int prepend(long address, int at, int length, int total, boolean carries) {
    int count = decode(address, at, length);
    if (old[count - 1] >= merged[0]) {
      throw notAscending(at, merged[0], old[count - 1]);
    }
    ensureMerged(count + total);
    if (carries) {
      joinedPayloads.clear();
      readPayloads(address, at, length, joinedPayloads);
      joinedPayloads.addAll(mergedPayloads, 0, total);
      ByteStrings swap = mergedPayloads;
      mergedPayloads = joinedPayloads;
      joinedPayloads = swap;
    }
    System.arraycopy(merged, 0, merged, count, total);
    System.arraycopy(old, 0, merged, 0, count);
    return count + total;
  }

  /**
   * Merges the decoded segment with new TIDs, and payloads with payloads; returns the number of
   * different TIDs.
   */
  private int mergeWithPayloads(
      long address,
      int at,
      int length,
      int count,
      long[] tids,
      ByteStrings payloads,
      int from,
      int to) {
    oldPayloads.clear();
    readPayloads(address, at, length, oldPayloads);
    mergedPayloads.clear();
    int i = 0;
    for (int j = from; j < to; j++) {
      int before = i;
      while (i < count && old[i] < tids[j]) {
        i++;
      }
      mergedPayloads.addAll(oldPayloads, before, i);
      mergedPayloads.addAll(payloads, j, j + 1);
      if (i < count && old[i] == tids[j]) {
        hasReplaced |= !mergedPayloads.equals(mergedPayloads.count() - 1, oldPayloads, i);
        i++;
      }
    }
    mergedPayloads.addAll(oldPayloads, i, count);
    return merge(count, tids, from, to);
  }

  /** Merges the decoded segment with new TIDs; returns the number of different ones. */
  private int merge(int count, long[] tids, int from, int to) {
    ensureMerged(count + to - from);
    int i = 0;
    int j = from;
    int n = 0;
    while (i < count && j < to) {
      long a = old[i];
      long b = tids[j];
      merged[n++] = Math.min(a, b);
      if (a <= b) {
        i++;
      }
      if (b <= a) {
        j++;
      }
    }
    System.arraycopy(old, i, merged, n, count - i);
    n += count - i;
    System.arraycopy(tids, j, merged, n, to - j);
    return n + to - j;
  }

  private void ensureMerged(int count) {
    if (count > merged.length) {
      merged = Arrays.copyOf(merged, Math.max(count, 2 * merged.length));
    }
  }

  // ---- removing ----

  /** Removes one TID; see {@link #remove(long, int, long[], int, int, long, int)}. */
  public int remove(long address, int length, long tid, long out, int roomBytes) {
    one[0] = tid;
    return remove(address, length, one, 0, 1, out, roomBytes);
  }

  /**
   * Writes the list without the TIDs {@code from .. to}; never longer than it was.
   *
   * @param tids strictly ascending
   * @param out where the new list goes, not overlapping the old one; undefined where nothing
   *     changed
   * @param roomBytes at least {@code length}
   * @return bytes of the new list, or {@link #NO_CHANGE}
   */
  public int remove(
      long address, int length, long[] tids, int from, int to, long out, int roomBytes) {
    if (roomBytes < length) {
      throw new IllegalArgumentException(
          "room of " + roomBytes + " bytes for a list of " + length + " bytes");
    }
    changed = 0;
    int written = 0;
    int next = from;
    int done = 0;
    // Where the last segment written stands, if it is small enough to be joined with the next.
    int small = -1;
    for (int at = 0; at < length && next < to; ) {
      int bytes = segmentBytes(address, at, length);
      int behind = at + bytes;
      long first = Segment.firstTid(address + at);
      long high = Segment.MAX_TID + 1;
      if (behind < length) {
        segmentBytes(address, behind, length);
        high = Segment.firstTid(address + behind);
      }
      while (next < to && tids[next] < first) {
        next++;
      }
      int until = next;
      while (until < to && tids[until] < high) {
        until++;
      }
      if (until > next) {
        int count = decodeBelow(address, at, length, high);
        int left = subtract(count, tids, next, until);
        if (left < count) {
          changed += count - left;
          boolean carries = left > 0 && Segment.hasPayload(address + at);
          if (carries) {
            subtractPayloads(address, at, length, count, left);
          }
          if (at > done) {
            written = copy(address, done, at, out, written, roomBytes);
            small = -1;
          }
          if (left > 0) {
            int taken =
                encoder.removal(
                    address + at,
                    bytes,
                    old,
                    count,
                    merged,
                    carries ? mergedPayloads : null,
                    left,
                    out + written);
            int before = small;
            small = left <= SMALL_TIDS ? written : -1;
            written += taken;
            if (before >= 0 && small >= 0) {
              int join = join(out, before, small, written);
              small = join < 0 ? small : Segment.count(out + before) <= SMALL_TIDS ? before : -1;
              written = join < 0 ? written : join;
            }
          }
          done = behind;
        }
        next = until;
      }
      at = behind;
    }
    return changed == 0 ? NO_CHANGE : copy(address, done, length, out, written, roomBytes);
  }

  /** Leaves in {@link #merged} the decoded TIDs that are not to be removed. */
  private int subtract(int count, long[] tids, int from, int to) {
    int j = from;
    int n = 0;
    for (int i = 0; i < count; i++) {
      long tid = old[i];
      while (j < to && tids[j] < tid) {
        j++;
      }
      if (j == to || tids[j] != tid) {
        merged[n++] = tid;
      }
    }
    return n;
  }

  /** Leaves in {@link #mergedPayloads} those of the TIDs left in {@link #merged}. */
  private void subtractPayloads(long address, int at, int length, int count, int left) {
    oldPayloads.clear();
    readPayloads(address, at, length, oldPayloads);
    mergedPayloads.clear();
    for (int i = 0, j = 0; i < count && j < left; i++) {
      if (old[i] == merged[j]) {
        mergedPayloads.addAll(oldPayloads, i, i + 1);
        j++;
      }
    }
  }

  /**
   * Makes one of the last two segments written where that takes no more bytes; returns the new
   * length, -1 where it would take more.
   */
  private int join(long out, int first, int second, int end) {
    int count = SegmentDecoder.decode(out + first, second - first, old);
    if (count < 0 || count > SMALL_TIDS) {
      return -1;
    }
    System.arraycopy(old, 0, joined, 0, count);
    int more = SegmentDecoder.decode(out + second, end - second, old);
    if (joined[count - 1] >= old[0]) {
      throw notAscending(second, old[0], joined[count - 1]);
    }
    System.arraycopy(old, 0, joined, count, more);
    ByteStrings payloads = null;
    if (Segment.hasPayload(out + first) || Segment.hasPayload(out + second)) {
      payloads = joinedPayloads;
      payloads.clear();
      readPayloads(out, first, end, payloads);
      readPayloads(out, second, end, payloads);
      if (payloads.totalBytes() > PayloadPart.SEGMENT_BYTES) {
        return -1;
      }
    }
    int bytes = encoder.encodeWhole(joined, payloads, 0, count + more, out + first, end - first);
    return bytes < 0 ? -1 : first + bytes;
  }

  /**
   * Copies those of the TIDs {@code from .. to} that the list holds.
   *
   * @return how many there are
   */
  public int retain(long address, int length, long[] tids, int from, int to, long[] found) {
    int next = from;
    int n = 0;
    for (int at = 0; at < length && next < to; ) {
      int behind = at + segmentBytes(address, at, length);
      long high = Segment.MAX_TID + 1;
      if (behind < length) {
        segmentBytes(address, behind, length);
        high = Segment.firstTid(address + behind);
      }
      if (tids[next] < high) {
        int count = decode(address, at, length);
        int i = 0;
        for (; next < to && tids[next] < high; next++) {
          while (i < count && old[i] < tids[next]) {
            i++;
          }
          if (i < count && old[i] == tids[next]) {
            found[n++] = tids[next];
          }
        }
      }
      at = behind;
    }
    return n;
  }
}
