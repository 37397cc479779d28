package io.djinn.memory;

import java.util.Arrays;

/**
 * Byte strings by index, one behind the other in an array that grows.
 *
 * <p>Used again after {@link #clear}. Belongs to one thread at a time.
 */
public final class ByteStrings {
  private static final byte[] NO_BYTES = new byte[0];
  private static final int[] NO_ENDS = new int[0];

  /** Headers of this object and its two arrays, and its fields, bytes. */
  private static final int HEADER_BYTES = 3 * 16 + 16;

  private static final int INITIAL_BYTES = 256;
  private static final int INITIAL_STRINGS = 64;

  private byte[] bytes = NO_BYTES;
  private int[] ends = NO_ENDS;
  private int count;

  public void clear() {
    count = 0;
  }

  /** Strings added since the last {@link #clear}. */
  public int count() {
    return count;
  }

  /** Bytes of a string. */
  public int length(int index) {
    return ends[index] - offset(index);
  }

  /** Bytes of the strings {@code from .. to}. */
  public int bytes(int from, int to) {
    return offset(to) - offset(from);
  }

  /** Bytes of all strings. */
  public int totalBytes() {
    return offset(count);
  }

  /** Where in {@link #array} a string begins. */
  public int offset(int index) {
    return index == 0 ? 0 : ends[index - 1];
  }

  /** Heap the strings take with room for more, bytes. */
  public long heapBytes() {
    return HEADER_BYTES + bytes.length + (long) Integer.BYTES * ends.length;
  }

  /** The array the strings stand in, until one is added. */
  public byte[] array() {
    return bytes;
  }

  /** Adds a copy of the bytes at an address. */
  public void add(long address, int length) {
    int at = reserve(length);
    NativeMemory.copyToArray(address, bytes, at, length);
  }

  /** Adds a copy of bytes of an array. */
  public void add(byte[] from, int offset, int length) {
    int at = reserve(length);
    System.arraycopy(from, offset, bytes, at, length);
  }

  /** Adds a string of no bytes, to which {@link #append} then adds bytes. */
  public void beginString() {
    reserve(0);
  }

  /** Adds a copy of the bytes at an address to the last string. */
  public void append(long address, int length) {
    count--;
    int start = offset(count);
    int at = ends[count];
    reserve(at - start + length);
    NativeMemory.copyToArray(address, bytes, at, length);
  }

  /** Adds strings of no bytes. */
  public void addEmpty(int strings) {
    for (int i = 0; i < strings; i++) {
      reserve(0);
    }
  }

  /**
   * Adds the strings {@code from .. to} of another.
   *
   * @param other null for as many strings of no bytes
   */
  public void addAll(ByteStrings other, int from, int to) {
    if (other == null) {
      addEmpty(to - from);
      return;
    }
    for (int i = from; i < to; i++) {
      add(other.bytes, other.offset(i), other.length(i));
    }
  }

  /** Takes the first strings away; those behind them move up. */
  public void removeFirst(int strings) {
    int removed = offset(strings);
    System.arraycopy(bytes, removed, bytes, 0, totalBytes() - removed);
    for (int i = strings; i < count; i++) {
      ends[i - strings] = ends[i] - removed;
    }
    count -= strings;
  }

  private int reserve(int length) {
    int at = totalBytes();
    if (length > bytes.length - at) {
      bytes =
          Arrays.copyOf(bytes, Math.max(INITIAL_BYTES, Math.max(2 * bytes.length, at + length)));
    }
    if (count == ends.length) {
      ends = Arrays.copyOf(ends, Math.max(INITIAL_STRINGS, 2 * count));
    }
    ends[count++] = at + length;
    return at;
  }

  /** Writes a string to an address; returns its bytes. */
  public int copyTo(int index, long address) {
    int length = length(index);
    NativeMemory.copyFromArray(bytes, offset(index), address, length);
    return length;
  }

  /** Writes the strings {@code from .. to}, one behind the other, to an address. */
  public void copyTo(int from, int to, long address) {
    NativeMemory.copyFromArray(bytes, offset(from), address, bytes(from, to));
  }

  /** A copy of a string. */
  public byte[] copy(int index) {
    return Arrays.copyOfRange(bytes, offset(index), ends[index]);
  }

  /** Whether a string has the same bytes as one of another. */
  public boolean equals(int index, ByteStrings other, int otherIndex) {
    return Arrays.equals(
        bytes,
        offset(index),
        ends[index],
        other.bytes,
        other.offset(otherIndex),
        other.ends[otherIndex]);
  }
}
