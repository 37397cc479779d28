package io.djinn.testkit;

import io.djinn.memory.NativeMemory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/**
 * The unit a disk writes whole: 512 bytes that never change, shared by all disks that hold them. A
 * sector of zeros is {@code null}, so that equal contents look equal.
 */
final class Sector {
  static final int BYTES = 512;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;

  /** A 64-bit hash of the bytes. */
  final long hash;

  private Sector(byte[] bytes, long hash) {
    this.bytes = bytes;
    this.hash = hash;
  }

  /** Takes over an array of 512 bytes; null where all are zero. */
  private static Sector of(byte[] bytes) {
    long hash = 0;
    long any = 0;
    for (int i = 0; i < BYTES; i += Long.BYTES) {
      long word = (long) LONGS.get(bytes, i);
      any |= word;
      hash = (hash ^ word) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 32;
    }
    return any == 0 ? null : new Sector(bytes, hash);
  }

  /** The sector with {@code length} bytes from an address put in at an offset. */
  static Sector with(Sector old, int offset, long address, int length) {
    byte[] bytes = length == BYTES ? new byte[BYTES] : bytesOf(old);
    NativeMemory.copyToArray(address, bytes, offset, length);
    return of(bytes);
  }

  /** The sector with one byte changed. */
  static Sector withByte(Sector old, int offset, int value) {
    byte[] bytes = bytesOf(old);
    bytes[offset] = (byte) value;
    return of(bytes);
  }

  /** The first {@code length} bytes of one sector and the rest of another. */
  static Sector join(Sector front, int length, Sector back) {
    byte[] bytes = bytesOf(back);
    System.arraycopy(bytesOf(front), 0, bytes, 0, length);
    return of(bytes);
  }

  static Sector random(SplittableRandom random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return of(bytes);
  }

  static void copy(Sector sector, int offset, long address, int length) {
    if (sector == null) {
      NativeMemory.fill(address, length, 0);
    } else {
      NativeMemory.copyFromArray(sector.bytes, offset, address, length);
    }
  }

  static void copy(Sector sector, int offset, byte[] to, int toOffset, int length) {
    if (sector != null) {
      System.arraycopy(sector.bytes, offset, to, toOffset, length);
    }
  }

  private static byte[] bytesOf(Sector sector) {
    return sector == null ? new byte[BYTES] : sector.bytes.clone();
  }
}
