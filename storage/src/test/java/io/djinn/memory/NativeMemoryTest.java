package io.djinn.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.djinn.testkit.TestSeed;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NativeMemoryTest {
  private static final int BYTES = 256;
  private static final int MIDDLE = 100;

  private final MemoryAccount account = new MemoryAccount("test", Long.MAX_VALUE);
  private final MemoryRegion memory = MemoryRegion.allocate(account, BYTES);

  @AfterEach
  void free() {
    memory.close();
  }

  private byte[] bytes() {
    byte[] bytes = new byte[BYTES];
    NativeMemory.copyToArray(memory.address(), bytes, 0, BYTES);
    return bytes;
  }

  private void put(int at, byte[] bytes) {
    NativeMemory.copyFromArray(bytes, 0, memory.address() + at, bytes.length);
  }

  @Test
  void copiesOfAllLengthsTouchTheirRangeAloneAndMayOverlap() {
    byte[] before = new byte[BYTES];
    new SplittableRandom(TestSeed.forTest("NativeMemoryTest copy")).nextBytes(before);
    for (int length = 0; length <= 70; length++) {
      for (int distance = -72; distance <= 72; distance++) {
        put(0, before);
        NativeMemory.copy(memory.address() + MIDDLE, memory.address() + MIDDLE + distance, length);
        byte[] expected = before.clone();
        System.arraycopy(before, MIDDLE, expected, MIDDLE + distance, length);
        assertArrayEquals(expected, bytes(), length + " bytes by " + distance);
      }
    }
  }

  @Test
  void stringsAreComparedAsArraysAre() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("NativeMemoryTest compare"));
    for (int round = 0; round < 20_000; round++) {
      byte[] a = new byte[random.nextInt(40)];
      random.nextBytes(a);
      byte[] b = Arrays.copyOf(a, random.nextInt(Math.max(0, a.length - 10), a.length + 10));
      for (int changes = random.nextInt(3); changes > 0 && b.length > 0; changes--) {
        b[random.nextInt(b.length)] ^= (byte) (1 << random.nextInt(8));
      }
      // What lies around the strings differs, and says nothing.
      byte[] noise = new byte[BYTES];
      random.nextBytes(noise);
      put(0, noise);
      put(20, a);
      put(120, b);
      long left = memory.address() + 20;
      long right = memory.address() + 120;
      assertEquals(
          Integer.signum(Arrays.compareUnsigned(a, b)),
          Integer.signum(NativeMemory.compare(left, a.length, right, b.length)));
      int mismatch = Arrays.mismatch(a, b);
      assertEquals(
          mismatch < 0 ? a.length : mismatch,
          NativeMemory.commonPrefix(left, a.length, right, b.length));
    }
  }
}
