package io.djinn.gin.posting;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.memory.NativeMemory;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentCodecTest {
  private final GuardedBytes bytes = new GuardedBytes(1 << 16);
  private final GuardedBytes more = new GuardedBytes(1 << 16);
  private final SegmentEncoder encoder = new SegmentEncoder();
  private final long[] decoded = new long[Segment.MAX_TIDS];

  @AfterEach
  void guardsAreUntouched() {
    bytes.check();
    more.check();
    bytes.close();
    more.close();
  }

  @Test
  void everyLengthOfEveryNatureComesBack() {
    Random random = TestSeed.random("SegmentCodecTest");
    for (int round = 0; round < 40; round++) {
      for (int nature = 0; nature < RandomTids.NATURES; nature++) {
        int wanted = 1 + random.nextInt(round % 2 == 0 ? 140 : Segment.MAX_TIDS);
        long[] tids = RandomTids.ascending(random, nature, wanted);
        int size = encoder.measure(tids, 0, tids.length);
        long out = bytes.endingAtGuard(size);
        assertEquals(size, encoder.encodeWhole(tids, 0, tids.length, out, size));
        assertEquals(-1, encoder.encodeWhole(tids, 0, tids.length, out, size - 1));
        assertEquals(size, Segment.totalBytes(out, size));
        assertEquals(-1, Segment.totalBytes(out, size - 1));
        assertNull(Segment.validate(out, size));
        assertEquals(tids.length, Segment.count(out));
        assertEquals(tids[0], Segment.firstTid(out));
        assertEquals(tids.length, SegmentDecoder.decode(out, size, decoded));
        assertArrayEquals(tids, Arrays.copyOf(decoded, tids.length));
      }
    }
  }

  @Test
  void theExtremesComeBack() {
    long[][] lists = {
      {0},
      {Segment.MAX_TID},
      {0, Segment.MAX_TID},
      {0, 1, Segment.MAX_TID - 1, Segment.MAX_TID},
      {0, 1L << 47, Segment.MAX_TID},
    };
    for (long[] tids : lists) {
      int size = encoder.encodeWhole(tids, 0, tids.length, bytes.address(), 100);
      assertEquals(tids.length, SegmentDecoder.decode(bytes.address(), size, decoded));
      assertArrayEquals(tids, Arrays.copyOf(decoded, tids.length));
    }
  }

  @Test
  void aSegmentTakesAsManyTidsAsFitTheRoom() {
    Random random = TestSeed.random("SegmentCodecTest");
    for (int round = 0; round < 300; round++) {
      long[] tids = RandomTids.ascending(random, random.nextInt(RandomTids.NATURES), 1024);
      int room = random.nextInt(600);
      long out = bytes.endingAtGuard(room);
      int taken = encoder.encode(tids, 0, tids.length, out, room);
      assertEquals(taken, encoder.taken());
      assertEquals(room < Segment.singleBytes(tids[0]), taken == 0);
      assertTrue(encoder.bytesWritten() <= room);
      if (taken > 0) {
        assertEquals(taken, SegmentDecoder.decode(out, room, decoded));
        assertArrayEquals(Arrays.copyOf(tids, taken), Arrays.copyOf(decoded, taken));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 10, 100, 5_000, 1_000_000})
  void geometricGapsTakeLittleMoreThanTheirEntropy(int mean) {
    Random random = new Random(1);
    long[] tids = new long[Segment.MAX_TIDS];
    double p = 1.0 / mean;
    for (int i = 1; i < tids.length; i++) {
      tids[i] = tids[i - 1] + 1 + (long) (Math.log(1 - random.nextDouble()) / Math.log(1 - p));
    }
    double entropy = (-p * Math.log(p) - (1 - p) * Math.log(1 - p)) / p / Math.log(2);
    double bits = 8.0 * encoder.measure(tids, 0, tids.length) / tids.length;
    assertTrue(bits < 1.06 * entropy + 0.15, bits + " bits a TID, entropy " + entropy);
  }

  @Test
  void removingTidsNeverGrowsASegment() {
    Random random = TestSeed.random("SegmentCodecTest");
    long[] left = new long[Segment.MAX_TIDS];
    for (int round = 0; round < 3000; round++) {
      int nature = random.nextInt(RandomTids.NATURES);
      long[] tids =
          RandomTids.ascending(random, nature, 2 + random.nextInt(round % 3 == 0 ? 1022 : 60));
      int count = tids.length;
      int size = encoder.encodeWhole(tids, 0, count, bytes.address(), 1 << 16);
      long from = bytes.address();
      long to = more.address();
      while (count > 1) {
        int keepOf = 1 + random.nextInt(20);
        int n = 0;
        for (int i = 0; i < count; i++) {
          if (random.nextInt(keepOf + 1) != 0) {
            left[n++] = tids[i];
          }
        }
        if (n == 0 || n == count) {
          int removed = random.nextInt(count);
          n = 0;
          for (int i = 0; i < count; i++) {
            if (i != removed) {
              left[n++] = tids[i];
            }
          }
        }
        int less = encoder.removal(from, size, tids, count, left, null, n, to);
        assertTrue(less <= size);
        assertEquals(n, SegmentDecoder.decode(to, less, decoded));
        assertArrayEquals(Arrays.copyOf(left, n), Arrays.copyOf(decoded, n));
        System.arraycopy(left, 0, tids, 0, n);
        count = n;
        size = less;
        long swap = from;
        from = to;
        to = swap;
      }
    }
  }

  @Test
  void removingTidsNeverGrowsASegmentWhoseFirstTidComesToTakeMoreBytes() {
    Random random = TestSeed.random("SegmentCodecTest");
    long[] left = new long[Segment.MAX_TIDS];
    int[] grown = new int[Segment.FEW + 1];
    for (int round = 0; round < 6000; round++) {
      long border = 1L << 8 * (1 + random.nextInt(5));
      int count = 2 + random.nextInt(round % 3 == 0 ? 400 : 12);
      long[] tids = new long[count];
      int below = 1 + random.nextInt(Math.min(count, 6));
      int widest = 1 << random.nextInt(10);
      long tid = border - 1 - random.nextInt(4) - (long) below * widest;
      for (int i = 0; i < count; i++) {
        tid = Math.max(i == 0 ? 0 : tids[i - 1] + 1, tid + 1 + random.nextInt(widest));
        tids[i] = tid;
      }
      int size = encoder.encodeWhole(tids, 0, count, bytes.address(), 1 << 16);
      long from = bytes.address();
      long to = more.address();
      while (count > 1) {
        int encoding = Segment.encoding(from);
        int gone = Math.min(count - 1, 1 + random.nextInt(3));
        System.arraycopy(tids, gone, left, 0, count - gone);
        grown[encoding] += Segment.tidBytes(left[0]) > Segment.tidBytes(tids[0]) ? 1 : 0;
        int less = encoder.removal(from, size, tids, count, left, null, count - gone, to);
        assertTrue(less <= size);
        count -= gone;
        assertEquals(count, SegmentDecoder.decode(to, less, decoded));
        assertArrayEquals(Arrays.copyOf(left, count), Arrays.copyOf(decoded, count));
        System.arraycopy(left, 0, tids, 0, count);
        size = less;
        long swap = from;
        from = to;
        to = swap;
      }
    }
    for (int encoding : new int[] {Segment.FEW, Segment.VARBYTE, Segment.PACKED}) {
      assertTrue(grown[encoding] > 100, Arrays.toString(grown));
    }
  }

  @Test
  void aFirstTidOfMoreOrFewerBytesThanItTakesIsRefused() {
    long[] run = new long[300];
    Arrays.setAll(run, i -> 250 + i);
    for (long[] tids : new long[][] {{1 << 21}, {300, 90_000, 1 << 25}, run}) {
      int size = encoder.encodeWhole(tids, 0, tids.length, bytes.address(), 1 << 16);
      int firstTidBytes = Segment.tag(bytes.address()) >>> Segment.FIRST_TID_BYTES_SHIFT;
      int rest = size - Segment.FIRST_TID - firstTidBytes;
      for (int other = 1; other <= Segment.MAX_FIRST_TID_BYTES; other++) {
        NativeMemory.copy(bytes.address(), more.address(), size);
        long behind = Segment.putFirstTid(more.address(), tids[0], other);
        NativeMemory.copy(bytes.address() + size - rest, behind, rest);
        int tag = Segment.tag(bytes.address()) & 0x1F | other << Segment.FIRST_TID_BYTES_SHIFT;
        NativeMemory.putByte(more.address(), tag);
        int length = (int) (behind - more.address()) + rest;
        if (other < firstTidBytes && tids.length < run.length) {
          // Another TID, whose last byte may well be one.
          continue;
        }
        boolean isOwn = other == firstTidBytes;
        assertEquals(isOwn, Segment.validate(more.address(), length) == null);
        assertEquals(
            isOwn ? tids.length : -1, SegmentDecoder.decode(more.address(), length, decoded));
      }
    }
  }

  @Test
  void aKeyOfOneRowTakesAsManyBytesAsItsTidAndATagWhereTheTidHasNoRoomForIt() {
    long[] tids = {0, 255, 256, 65_535, 65_536, (1 << 21) - 1, 1 << 21, (1 << 24) - 1, 1 << 24};
    int[] expected = {2, 2, 3, 3, 3, 3, 4, 4, 4};
    for (int i = 0; i < tids.length; i++) {
      assertEquals(expected[i], encoder.measure(tids, i, i + 1));
    }
    long[] wideTids = {(1 << 29) - 1, 1 << 29, 1L << 32, 1L << 40};
    int[] expectedOfWide = {4, 5, 6, 7};
    for (int i = 0; i < wideTids.length; i++) {
      assertEquals(expectedOfWide[i], encoder.measure(wideTids, i, i + 1));
    }
  }

  @Test
  void aTidAloneHasOneForm() {
    for (int bits = 0; bits <= 48; bits++) {
      for (long tid = Math.max(0, (1L << bits) - 2); tid < (1L << bits) + 2; tid++) {
        if (tid > Segment.MAX_TID) {
          continue;
        }
        int size = encoder.encodeWhole(new long[] {tid}, 0, 1, bytes.address(), 100);
        assertEquals(tid, Segment.firstTid(bytes.address()));
        assertEquals(size, Segment.totalBytes(bytes.address(), size));
        assertEquals(size, Segment.headerBytes(bytes.address()));
        assertFalse(Segment.hasPayload(bytes.address()));
        int tidBytes = Segment.tidBytes(tid);
        Segment.putFirstTid(more.address(), tid, tidBytes);
        NativeMemory.putByte(more.address(), tidBytes << Segment.FIRST_TID_BYTES_SHIFT);
        boolean isOwn = size > tidBytes;
        assertEquals(
            isOwn, Segment.validate(more.address(), 1 + tidBytes) == null, "with a tag: " + tid);
      }
    }
    NativeMemory.fill(bytes.address(), 16, 0);
    assertEquals(-1, Segment.totalBytes(bytes.address(), 16));
    NativeMemory.fill(bytes.address(), 16, 0xFF);
    assertEquals(-1, Segment.totalBytes(bytes.address(), 16));
  }

  @Test
  void aListOfFewTidsIsATagAndItsNumbers() {
    long[] tids = {70_000, 70_001, 70_500, 200_000, 200_001, 200_002, 200_003, 200_004, 200_005};
    int[] expected = {3, 5, 7, 10, 11, 12, 13, 14, 15};
    for (int count = 1; count <= tids.length; count++) {
      int size = encoder.encodeWhole(tids, 0, count, bytes.address(), 100);
      assertEquals(expected[count - 1], size);
      assertEquals(count, Segment.count(bytes.address()));
      assertEquals(count == 1 ? Segment.SINGLE : Segment.FEW, Segment.encoding(bytes.address()));
      for (int limit = 0; limit < size; limit++) {
        assertEquals(-1, Segment.totalBytes(bytes.address(), limit));
      }
    }
  }

  @Test
  void whereAFreshKWouldGrowTheOldOneIsKept() {
    Random random = TestSeed.random("SegmentCodecTest");
    int kept = 0;
    long[] left = new long[Segment.MAX_TIDS];
    for (int round = 0; round < 20_000 || kept == 0; round++) {
      long[] tids = RandomTids.ascending(random, random.nextInt(RandomTids.NATURES), 200);
      int size = encoder.encodeWhole(tids, 0, tids.length, bytes.address(), 1 << 16);
      int removed = random.nextInt(tids.length);
      System.arraycopy(tids, 0, left, 0, removed);
      System.arraycopy(tids, removed + 1, left, removed, tids.length - removed - 1);
      int n = tids.length - 1;
      if (encoder.measure(left, 0, n) > size) {
        kept++;
        int less =
            encoder.removal(
                bytes.address(), size, tids, tids.length, left, null, n, more.address());
        assertTrue(less <= size);
        assertEquals(n, SegmentDecoder.decode(more.address(), less, decoded));
        assertArrayEquals(Arrays.copyOf(left, n), Arrays.copyOf(decoded, n));
      }
    }
  }

  @Test
  void anyBytesAreASegmentOrRefused() {
    Random random = TestSeed.random("SegmentCodecTest");
    for (int round = 0; round < 40_000; round++) {
      long[] tids =
          RandomTids.ascending(
              random,
              random.nextInt(RandomTids.NATURES),
              1 + random.nextInt(round % 8 == 0 ? 1024 : 40));
      int size = encoder.measure(tids, 0, tids.length);
      long out = bytes.endingAtGuard(size);
      encoder.encodeWhole(tids, 0, tids.length, out, size);
      int mutations = 1 + random.nextInt(4);
      for (int i = 0; i < mutations; i++) {
        long at =
            out
                + (random.nextBoolean()
                    ? random.nextInt(Math.min(size, 14))
                    : random.nextInt(size));
        NativeMemory.putByte(
            at,
            random.nextBoolean()
                ? random.nextInt()
                : NativeMemory.getByte(at) ^ 1 << random.nextInt(8));
      }
      int count = SegmentDecoder.decode(out, size, decoded);
      bytes.flipGuards();
      long[] again = new long[Segment.MAX_TIDS];
      assertEquals(count, SegmentDecoder.decode(out, size, again));
      if (count >= 0) {
        assertArrayEquals(Arrays.copyOf(decoded, count), Arrays.copyOf(again, count));
        assertTrue(count >= 1 && decoded[0] >= 0 && decoded[count - 1] <= Segment.MAX_TID);
        for (int i = 1; i < count; i++) {
          assertTrue(decoded[i] > decoded[i - 1]);
        }
        assertEquals(PayloadPart.read(out, null), Segment.validate(out, size) == null);
      } else {
        assertTrue(Segment.validate(out, size) != null);
      }
    }
  }
}
