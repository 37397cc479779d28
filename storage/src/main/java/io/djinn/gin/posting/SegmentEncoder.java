package io.djinn.gin.posting;

import io.djinn.memory.ByteStrings;
import io.djinn.memory.NativeMemory;
import java.util.Arrays;

/**
 * Writes ascending TIDs as the densest segment that fits.
 *
 * <p>PACKED splits each value into {@code k} low bits and a rest in unary, which for random gaps is
 * within a few hundredths of a bit of the entropy; a rest of {@value #EXCEPTION_REST} or more
 * becomes an exception.
 *
 * <p><b>Removing TIDs never grows a segment</b> ({@link #removal}). Removing one TID merges two
 * neighbouring values {@code a, b} into {@code a + b + 1}, or drops the first or the last.
 *
 * <ul>
 *   <li>VARBYTE and FEW: {@code a < 2^7i} and {@code b < 2^7j} give {@code a + b + 1 < 2^7(i+j)}:
 *       never more bytes than both took. Where the first TID {@code t < 2^8n} goes, {@code t + a +
 *       1} becomes the first: {@code t + a + 1 < 2^8n + 2^7i <= 2^(8n+7i)}, so it takes at most
 *       {@code n + i} bytes, those of the TID and of the value that went. A FEW is a VARBYTE
 *       without count and length, and a SINGLE a FEW without a body.
 *   <li>PACKED, first TID: it is written in the bytes that the last TID takes, and removing TIDs
 *       never raises the last. (In the bytes of its own it might grow: {@code 255, 256} is one byte
 *       more when the first goes, and the value's bits do not pay for it.)
 *   <li>PACKED with the same {@code k}, exceptions kept apart and added up: {@code k} low bits go;
 *       the carry of the low bits adds at most one zero, and one one-bit goes. Both bit strings
 *       shrink or stay, so their bytes do. Two exceptions that meet become one whose parts are sums
 *       of theirs, for which the VARBYTE line holds.
 * </ul>
 *
 * Payloads stay as they are, and their lengths need no more bits than before.
 *
 * <p>So where choosing {@code k} afresh would give more bytes, the old {@code k} and exceptions are
 * kept. No encoding can give the same for less than one bit a TID (a list of n TIDs has 2^n
 * sublists), which is why a run of neighbours takes one bit each and not less.
 *
 * <p>Not for use by several threads at a time. Deterministic: the same TIDs and room give the same
 * bytes.
 */
public final class SegmentEncoder {
  private static final int EXCEPTION_REST = 32;
  private static final int EXCEPTION_BITS = 5;

  /** Values are looked at in chunks of so many TIDs to find where a list changes its nature. */
  private static final int CHUNK_TIDS = 128;

  private static final int CHUNKS = Segment.MAX_TIDS / CHUNK_TIDS;

  /** Lengths of values in bits, 0 .. 48. */
  private static final int LENGTHS = 49;

  /** What a further segment costs in its header, bits. */
  private static final long HEADER_BITS = 8 * 8;

  private final int[] chunkCounts = new int[CHUNKS * LENGTHS];
  private final long[] chunkSums = new long[CHUNKS * LENGTHS];
  private final int[] counts = new int[LENGTHS];
  private final long[] sums = new long[LENGTHS];
  private final int[] otherCounts = new int[LENGTHS];
  private final long[] otherSums = new long[LENGTHS];
  private final int[] joinedCounts = new int[LENGTHS];
  private final long[] joinedSums = new long[LENGTHS];

  /** The plan: which encoding, and for PACKED the values without exceptions, and exceptions. */
  private int encoding;

  private int firstTidBytes;
  private int k;
  private int bodyBytes;
  private int totalBytes;
  private long highBits;
  private final long[] stream = new long[Segment.MAX_TIDS];
  private int exceptions;
  private int exceptionBytes;
  private final int[] exceptionAt = new int[Segment.MAX_TIDS];
  private final long[] exceptionHigh = new long[Segment.MAX_TIDS];

  /** Payloads by the index of the TID; null where the call has none. */
  private ByteStrings payloads;

  /** Of the plan: bytes of the payloads, 0 where there are none. */
  private int payloadBytes;

  private int taken;
  private int bytesWritten;
  private int bestK;

  /** TIDs the last call took. */
  public int taken() {
    return taken;
  }

  /** Bytes the last call wrote. */
  public int bytesWritten() {
    return bytesWritten;
  }

  /**
   * Writes one segment of the TIDs from {@code from} on: as many as are best kept together, at most
   * {@link Segment#MAX_TIDS}, or as many as fit. Returns {@link #taken()}, 0 where not even one TID
   * fits.
   *
   * @param tids strictly ascending from {@code from} up to {@code to}
   * @param roomBytes bytes that may be written
   */
  public int encode(long[] tids, int from, int to, long out, int roomBytes) {
    payloads = null;
    if (from >= to || roomBytes < Segment.singleBytes(tids[from])) {
      return takeNone();
    }
    int count = cut(tids, from, Math.min(to - from, Segment.MAX_TIDS));
    if (planCounted(tids, from, count) > roomBytes) {
      count = fitting(tids, from, count, roomBytes);
      plan(tids, from, count);
    }
    write(tids, from, count, out);
    return taken;
  }

  private int takeNone() {
    taken = 0;
    bytesWritten = 0;
    return 0;
  }

  /**
   * Writes one segment as {@link #encode(long[], int, int, long, int)} does, with payloads.
   *
   * @param payloadsOfTids by the index of the TID; null where there are none
   */
  public int encode(
      long[] tids, ByteStrings payloadsOfTids, int from, int to, long out, int roomBytes) {
    int most = Math.min(to - from, Segment.MAX_TIDS);
    if (payloadsOfTids == null || most <= 0 || payloadsOfTids.bytes(from, from + most) == 0) {
      return encode(tids, from, to, out, roomBytes);
    }
    payloads = payloadsOfTids;
    int count = withinSegment(from, cut(tids, from, most));
    if (plan(tids, from, count) > roomBytes) {
      if (plan(tids, from, 1) > roomBytes) {
        return takeNone();
      }
      plan(tids, from, count);
      count = fitting(tids, from, count, roomBytes);
      plan(tids, from, count);
    }
    write(tids, from, count, out);
    return taken;
  }

  /** How many of the TIDs, at least one, have no more payloads than a segment is to have. */
  private int withinSegment(int from, int count) {
    int within = count;
    while (within > 1 && payloads.bytes(from, from + within) > PayloadPart.SEGMENT_BYTES) {
      within--;
    }
    return within;
  }

  /** Bytes of the densest segment of exactly these TIDs, at most {@link Segment#MAX_TIDS}. */
  public int measure(long[] tids, int from, int to) {
    payloads = null;
    return plan(tids, from, to - from);
  }

  /** Writes exactly these TIDs as one segment; -1, and nothing written, where they do not fit. */
  public int encodeWhole(long[] tids, int from, int to, long out, int roomBytes) {
    return encodeWhole(tids, null, from, to, out, roomBytes);
  }

  /** The same, with payloads by the index of the TID, or null. */
  int encodeWhole(
      long[] tids, ByteStrings payloadsOfTids, int from, int to, long out, int roomBytes) {
    payloads = payloadsOfTids;
    if (plan(tids, from, to - from) > roomBytes) {
      return -1;
    }
    write(tids, from, to - from, out);
    return bytesWritten;
  }

  /**
   * Writes what is left of a segment after a removal, in no more bytes than the segment had.
   *
   * @param old the segment, valid; may not overlap the output
   * @param oldTids its TIDs
   * @param left a sublist of them, not empty
   * @param payloadsLeft of the TIDs left, as they were; null where there are none
   * @return bytes written
   */
  int removal(
      long old,
      int oldBytes,
      long[] oldTids,
      int oldCount,
      long[] left,
      ByteStrings payloadsLeft,
      int count,
      long out) {
    payloads = payloadsLeft;
    if (plan(left, 0, count) > oldBytes) {
      if (Segment.encoding(old) == Segment.PACKED) {
        planLike(old, oldTids, oldCount, left, count);
      } else {
        finishPlan(left, 0, count, varbyteEncoding(count), varbyteBytes(left, 0, count));
      }
    }
    if (totalBytes > oldBytes) {
      throw new AssertionError(
          "removal made a segment of " + oldBytes + " bytes " + totalBytes + " bytes");
    }
    write(left, 0, count, out);
    return bytesWritten;
  }

  /**
   * The largest number of TIDs found whose segment fits; one always does. The first probes follow
   * the bytes a TID took, the rest halve.
   */
  private int fitting(long[] tids, int from, int count, int roomBytes) {
    int fits = 1;
    int tooMany = count;
    int probed = count;
    for (int probe = 0; tooMany - fits > 1; probe++) {
      int guess = probe < 3 ? (int) ((long) probed * roomBytes / totalBytes) : fits + tooMany >>> 1;
      probed = Math.min(tooMany - 1, Math.max(fits + 1, guess));
      if (plan(tids, from, probed) <= roomBytes) {
        fits = probed;
        if (roomBytes - totalBytes <= 1) {
          break;
        }
      } else {
        tooMany = probed;
      }
    }
    return fits;
  }

  // ---- where to cut, and which k ----

  /**
   * How many of the TIDs are better kept in one segment than in two; leaves their values counted in
   * {@link #counts}, and the best k.
   */
  private int cut(long[] tids, int from, int count) {
    if (count <= CHUNK_TIDS) {
      count(tids, from, count);
      return count;
    }
    Arrays.fill(chunkCounts, 0);
    Arrays.fill(chunkSums, 0);
    for (int start = 0, base = 0; start < count; start += CHUNK_TIDS, base += LENGTHS) {
      int end = Math.min(count, start + CHUNK_TIDS);
      histogram(tids, from + Math.max(1, start), from + end, base, chunkCounts, chunkSums);
    }
    System.arraycopy(chunkCounts, 0, counts, 0, LENGTHS);
    System.arraycopy(chunkSums, 0, sums, 0, LENGTHS);
    long cost = bestCost(counts, sums, 0);
    k = bestK;
    int start = CHUNK_TIDS;
    for (int base = LENGTHS; start < count; start += CHUNK_TIDS, base += LENGTHS) {
      long costOfChunk = bestCost(chunkCounts, chunkSums, base);
      for (int i = 0; i < LENGTHS; i++) {
        joinedCounts[i] = counts[i] + chunkCounts[base + i];
        joinedSums[i] = sums[i] + chunkSums[base + i];
      }
      long apart = cost + HEADER_BITS + costOfChunk;
      if (Math.abs(bestK - k) <= 1) {
        // Of one nature: together they take a few bits more, and a header costs more than that.
        cost += costOfChunk;
      } else {
        cost = bestCost(joinedCounts, joinedSums, 0);
        if (cost > apart) {
          break;
        }
        k = bestK;
      }
      System.arraycopy(joinedCounts, 0, counts, 0, LENGTHS);
      System.arraycopy(joinedSums, 0, sums, 0, LENGTHS);
    }
    bestCost(counts, sums, 0);
    k = bestK;
    return Math.min(start, count);
  }

  /** Counts the values of a segment and finds the best k. */
  private void count(long[] tids, int from, int count) {
    Arrays.fill(counts, 0);
    Arrays.fill(sums, 0);
    histogram(tids, from + 1, from + count, 0, counts, sums);
    bestCost(counts, sums, 0);
    k = bestK;
  }

  /** Counts and sums the values before the TIDs {@code from .. to}, by their length in bits. */
  private void histogram(long[] tids, int from, int to, int base, int[] counts, long[] sums) {
    int i = from;
    long before = from < to ? tids[from - 1] : 0;
    // Every other value goes to arrays of its own: neighbours often have the same length, and one
    // addition to an element waits for the one before.
    for (; i + 1 < to; i += 2) {
      long middle = tids[i];
      long value = middle - before - 1;
      int length = base + 64 - Long.numberOfLeadingZeros(value);
      counts[length]++;
      sums[length] += value;
      before = tids[i + 1];
      value = before - middle - 1;
      length = 64 - Long.numberOfLeadingZeros(value);
      otherCounts[length]++;
      otherSums[length] += value;
    }
    if (i < to) {
      long value = tids[i] - before - 1;
      int length = 64 - Long.numberOfLeadingZeros(value);
      otherCounts[length]++;
      otherSums[length] += value;
    }
    for (int length = 0; length < LENGTHS; length++) {
      counts[base + length] += otherCounts[length];
      sums[base + length] += otherSums[length];
      otherCounts[length] = 0;
      otherSums[length] = 0;
    }
  }

  /** Bits of the body with the best k, estimated; leaves that k in {@link #bestK}. */
  private long bestCost(int[] counts, long[] sums, int base) {
    int longest = 0;
    long values = 0;
    for (int length = 0; length < LENGTHS; length++) {
      int count = counts[base + length];
      values += count;
      longest = count > 0 ? length : longest;
    }
    long best = Long.MAX_VALUE;
    for (int candidate = Math.min(longest, Segment.PACKED_MAX_K); candidate >= 0; candidate--) {
      long rest = restBits(counts, sums, base, longest, candidate);
      long cost = values * (candidate + 1) + rest;
      if (cost < best) {
        best = cost;
        bestK = candidate;
      } else if (values + rest > best) {
        // The rest grows as k falls, and a bit a value is needed with any k.
        break;
      }
    }
    return best;
  }

  /** Zeros and exceptions with this k, bits. */
  private static long restBits(int[] counts, long[] sums, int base, int longest, int k) {
    long rests = 0;
    int lastInStream = Math.min(longest, k + EXCEPTION_BITS);
    for (int length = k + 1; length <= lastInStream; length++) {
      // What rounding down takes from each value is half the step on average.
      rests += sums[base + length] - (counts[base + length] * ((1L << k) - 1) >> 1);
    }
    long exceptionBytes = 0;
    for (int length = lastInStream + 1; length <= longest; length++) {
      exceptionBytes += (long) counts[base + length] * (1 + (length - k + 6) / 7);
    }
    return (rests >> k) + 8 * exceptionBytes;
  }

  // ---- plans ----

  /** Plans the densest segment of exactly so many TIDs; returns its bytes. */
  private int plan(long[] tids, int from, int count) {
    count(tids, from, count);
    return planCounted(tids, from, count);
  }

  /** The same, where values are counted and k is chosen. */
  private int planCounted(long[] tids, int from, int count) {
    payloadBytes = payloads == null ? 0 : PayloadPart.bytes(payloads, from, from + count);
    if (count == 1) {
      encoding = Segment.SINGLE;
      firstTidBytes = Segment.tidBytes(tids[from]);
      totalBytes =
          payloadBytes == 0
              ? Segment.singleBytes(tids[from])
              : Segment.FIRST_TID + firstTidBytes + payloadSectionBytes();
      return totalBytes;
    }
    planStream(tids, from, count);
    int packedBytes = packedBytes(count);
    if (count <= Segment.MAX_VARBYTE_TIDS) {
      int varbyteBytes = 0;
      for (int length = 0; length < LENGTHS; length++) {
        varbyteBytes += counts[length] * Math.max(1, (length + 6) / 7);
      }
      int bytes = finishPlan(tids, from, count, varbyteEncoding(count), varbyteBytes);
      if (bytes <= finishPlan(tids, from, count, Segment.PACKED, packedBytes)) {
        finishPlan(tids, from, count, varbyteEncoding(count), varbyteBytes);
      }
      return totalBytes;
    }
    return finishPlan(tids, from, count, Segment.PACKED, packedBytes);
  }

  private static int varbyteEncoding(int count) {
    return count <= Segment.MAX_FEW_TIDS ? Segment.FEW : Segment.VARBYTE;
  }

  private static int varbyteBytes(long[] tids, int from, int count) {
    int bytes = 0;
    for (int i = from + 1; i < from + count; i++) {
      bytes += Varbyte.length(tids[i] - tids[i - 1] - 1);
    }
    return bytes;
  }

  /** Splits values into the stream and exceptions. */
  private void planStream(long[] tids, int from, int count) {
    exceptions = 0;
    exceptionBytes = 0;
    long ones = count - 1L;
    long zeros = 0;
    long before = tids[from];
    for (int i = 1; i < count; i++) {
      long tid = tids[from + i];
      long value = tid - before - 1;
      before = tid;
      long rest = value >>> k;
      if (rest < EXCEPTION_REST) {
        zeros += rest;
        stream[i - 1] = value;
      } else {
        stream[i - 1] = value & (1L << k) - 1;
        addException(i - 1, rest);
      }
    }
    highBits = ones + zeros;
  }

  /** Plans PACKED with the k and the exceptions of the segment TIDs were removed from. */
  private void planLike(long old, long[] oldTids, int oldCount, long[] left, int count) {
    long limit = Long.MAX_VALUE;
    long at = old + Segment.headerBytes(old);
    int first = NativeMemory.getUnsignedByte(at);
    at++;
    k = first & Segment.PACKED_K_MASK;
    int oldExceptions = 0;
    if ((first & Segment.PACKED_EXCEPTIONS_FLAG) != 0) {
      oldExceptions = (int) Varbyte.get(at, limit);
      at += Varbyte.length(oldExceptions);
    }
    // Index of the old TID the next exception leads to, and what it adds.
    int exceptionTid = 0;
    long exceptionRest = 0;
    exceptions = 0;
    exceptionBytes = 0;
    highBits = count - 1L;
    int oldIndex = 0;
    for (int i = 0; i < count; i++) {
      while (oldTids[oldIndex] < left[i]) {
        oldIndex++;
      }
      long rest = 0;
      while (exceptionTid <= oldIndex) {
        rest += exceptionRest;
        if (oldExceptions == 0) {
          exceptionTid = oldCount;
          exceptionRest = 0;
        } else {
          oldExceptions--;
          long between = Varbyte.get(at, limit);
          at += Varbyte.length(between);
          exceptionRest = Varbyte.get(at, limit);
          at += Varbyte.length(exceptionRest);
          exceptionTid += (int) between + 1;
        }
      }
      if (i > 0) {
        long value = left[i] - left[i - 1] - 1 - (rest << k);
        stream[i - 1] = value;
        highBits += value >>> k;
        if (rest > 0) {
          addException(i - 1, rest);
        }
      }
    }
    finishPlan(left, 0, count, Segment.PACKED, packedBytes(count));
  }

  private void addException(int at, long rest) {
    int before = exceptions == 0 ? -1 : exceptionAt[exceptions - 1];
    exceptionAt[exceptions] = at;
    exceptionHigh[exceptions] = rest;
    exceptions++;
    exceptionBytes += Varbyte.length(at - before - 1) + Varbyte.length(rest);
  }

  private int packedBytes(int count) {
    int bytes = 1 + ((count - 1) * k + 7 >>> 3) + (int) (highBits + 7 >>> 3);
    return exceptions == 0 ? bytes : bytes + Varbyte.length(exceptions) + exceptionBytes;
  }

  private int finishPlan(long[] tids, int from, int count, int encoding, int bodyBytes) {
    this.encoding = encoding;
    this.bodyBytes = bodyBytes;
    firstTidBytes = Segment.tidBytes(tids[encoding == Segment.PACKED ? from + count - 1 : from]);
    totalBytes =
        Segment.FIRST_TID
            + firstTidBytes
            + (encoding == Segment.FEW ? 0 : Varbyte.length(count) + Varbyte.length(bodyBytes))
            + bodyBytes
            + payloadSectionBytes();
    return totalBytes;
  }

  private int payloadSectionBytes() {
    return payloadBytes == 0 ? 0 : Varbyte.length(payloadBytes) + payloadBytes;
  }

  // ---- writing the plan ----

  private void write(long[] tids, int from, int count, long out) {
    taken = count;
    bytesWritten = totalBytes;
    if (encoding == Segment.SINGLE && payloadBytes == 0) {
      Segment.putSingle(out, tids[from]);
      return;
    }
    int tag = encoding | firstTidBytes << Segment.FIRST_TID_BYTES_SHIFT;
    if (encoding == Segment.FEW) {
      tag |= count - Segment.MIN_FEW_TIDS;
    }
    long at = Segment.putFirstTid(out, tids[from], firstTidBytes);
    if (encoding == Segment.VARBYTE || encoding == Segment.PACKED) {
      at = Varbyte.put(at, count);
      at = Varbyte.put(at, bodyBytes);
    }
    if (payloadBytes > 0) {
      tag |= Segment.PAYLOAD_FLAG;
      at = Varbyte.put(at, payloadBytes);
      PayloadPart.write(payloads, from, from + count, out + totalBytes - payloadBytes);
    }
    NativeMemory.putByte(out + Segment.TAG, tag);
    if (encoding == Segment.SINGLE) {
      return;
    }
    if (encoding == Segment.PACKED) {
      writePacked(at, count - 1);
      return;
    }
    for (int i = from + 1; i < from + count; i++) {
      at = Varbyte.put(at, tids[i] - tids[i - 1] - 1);
    }
  }

  private void writePacked(long body, int values) {
    long at = body + 1;
    NativeMemory.putByte(body, exceptions == 0 ? k : k | Segment.PACKED_EXCEPTIONS_FLAG);
    if (exceptions > 0) {
      at = Varbyte.put(at, exceptions);
      int before = -1;
      for (int i = 0; i < exceptions; i++) {
        at = Varbyte.put(at, exceptionAt[i] - before - 1L);
        at = Varbyte.put(at, exceptionHigh[i]);
        before = exceptionAt[i];
      }
    }
    writeLowBits(at, values);
    writeHighBits(at + (values * k + 7 >>> 3), values);
  }

  private void writeLowBits(long address, int values) {
    if (k == 0) {
      return;
    }
    long mask = (1L << k) - 1;
    long at = address;
    long word = 0;
    int filled = 0;
    for (int i = 0; i < values; i++) {
      long low = stream[i] & mask;
      word |= low << filled;
      filled += k;
      if (filled >= 64) {
        NativeMemory.putLong(at, word);
        at += 8;
        filled -= 64;
        word = low >>> (k - filled);
      }
    }
    writeBytes(at, word, filled);
  }

  private void writeHighBits(long address, int values) {
    long at = address;
    long word = 0;
    long filled = 0;
    for (int i = 0; i < values; i++) {
      filled += stream[i] >>> k;
      while (filled >= 64) {
        NativeMemory.putLong(at, word);
        at += 8;
        word = 0;
        filled -= 64;
      }
      word |= 1L << filled;
      filled++;
    }
    writeBytes(at, word, (int) filled);
  }

  private static void writeBytes(long address, long word, int bits) {
    long at = address;
    long rest = word;
    for (int left = bits; left > 0; left -= 8) {
      NativeMemory.putByte(at++, (int) rest);
      rest >>>= 8;
    }
  }
}
