package io.djinn.build.accumulate;

import io.djinn.error.InvalidRowException;
import io.djinn.error.KeyTooLongException;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.KeySink;

/**
 * Composite keys of some rows in the order they came, hashed, waiting to enter the table together:
 * looked up in one go, their cache misses overlap.
 *
 * <p>A composite key is {@code [column u8][category u8][key bytes]}; it is kept padded with zeros
 * to a multiple of eight bytes, so that it is hashed and compared in whole words; behind it stands
 * its payload, where its column has them. A batch that is full hands itself to the drain in the
 * middle of a row.
 */
public final class KeyBatch implements KeySink, AutoCloseable {
  /** Most keys of a batch. */
  static final int KEYS = 256;

  /** Bytes of column and category before the key bytes. */
  public static final int PREFIX_BYTES = 2;

  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;
  private static final int BYTES_A_KEY = 32;

  private final MemoryRegion region;
  private final KeyLimits limits;
  private final int maxKeyBytes;
  private final Runnable drain;
  private final long limit;
  private final int[] offsets = new int[KEYS];
  private final int[] lengths = new int[KEYS];
  private final int[] hashes = new int[KEYS];
  private final long[] tids = new long[KEYS];
  private final int[] rows = new int[KEYS];

  /** Bytes of the payload of each key, -1 where its column has none. */
  private final int[] payloadLengths = new int[KEYS];

  private long position;
  private int count;
  private int column;

  /** Length of the payload of a key of the column that comes without one. */
  private int noPayload;

  private long tid;
  private int row;

  /**
   * @param limits what rows may give
   * @param drain empties the batch with {@link #clear}
   */
  public KeyBatch(MemoryAccount account, KeyLimits limits, Runnable drain) {
    this.limits = limits;
    maxKeyBytes = limits.maxKeyBytes();
    this.drain = drain;
    region = MemoryRegion.allocate(account, workBytes(limits));
    limit = region.sizeBytes() - longestBytes(limits);
  }

  /** Bytes a batch draws. */
  public static int workBytes(KeyLimits limits) {
    return KEYS * BYTES_A_KEY + longestBytes(limits);
  }

  private static int longestBytes(KeyLimits limits) {
    int key = paddedLength(PREFIX_BYTES + limits.maxKeyBytes());
    return limits.hasPayloads() ? key + paddedLength(limits.maxPayloadBytes()) : key;
  }

  /** Bytes a key of that length takes when padded. */
  static int paddedLength(int length) {
    return (length + 7) & ~7;
  }

  /** The keys that follow are of another row than those before, whatever its TID. */
  void beginRow() {
    row++;
  }

  /** The keys that follow are of a column of the row at a TID. */
  public void begin(long tidOfRow, int columnOfRow) {
    tid = tidOfRow;
    column = columnOfRow;
    noPayload = limits.keepsPayloads()[columnOfRow] ? 0 : -1;
  }

  @Override
  public void key(byte[] bytes, int offset, int length) {
    if (length > maxKeyBytes) {
      throw new KeyTooLongException(limits.columnNames()[column], length, maxKeyBytes);
    }
    if (count == KEYS || position > limit) {
      drain.run();
    }
    long at = region.address() + position;
    int whole = PREFIX_BYTES + length;
    long hash = length;
    if (whole <= 8) {
      long word = column | GinQuery.NORMAL_KEY << 8;
      for (int i = 0; i < length; i++) {
        word |= (bytes[offset + i] & 0xFFL) << (8 * (i + PREFIX_BYTES));
      }
      NativeMemory.putLong(at, word);
      hash = step(hash, word);
    } else {
      int padded = paddedLength(whole);
      NativeMemory.putLong(at + padded - 8, 0);
      NativeMemory.putByte(at, column);
      NativeMemory.putByte(at + 1, GinQuery.NORMAL_KEY);
      NativeMemory.copyFromArray(bytes, offset, at + PREFIX_BYTES, length);
      for (int i = 0; i < padded; i += 8) {
        hash = step(hash, NativeMemory.getLong(at + i));
      }
    }
    take(whole, hash, noPayload);
  }

  @Override
  public void key(
      byte[] bytes, int offset, int length, byte[] payload, int payloadOffset, int payloadLength) {
    boolean isKept = noPayload == 0;
    if (isKept && payloadLength > limits.maxPayloadBytes()) {
      throw new InvalidRowException(
          "column "
              + limits.columnNames()[column]
              + ": a key with a payload of "
              + payloadLength
              + " bytes, the limit is "
              + limits.maxPayloadBytes());
    }
    key(bytes, offset, length);
    if (isKept) {
      NativeMemory.copyFromArray(
          payload, payloadOffset, region.address() + position, payloadLength);
      payloadLengths[count - 1] = payloadLength;
      position += paddedLength(payloadLength);
    }
  }

  @Override
  public void nullElement() {
    marker(GinQuery.NULL_ELEMENT);
  }

  @Override
  public void emptyItem() {
    marker(GinQuery.EMPTY_ITEM);
  }

  @Override
  public void nullItem() {
    marker(GinQuery.NULL_ITEM);
  }

  private void marker(int category) {
    if (count == KEYS || position > limit) {
      drain.run();
    }
    long word = column | category << 8;
    NativeMemory.putLong(region.address() + position, word);
    take(PREFIX_BYTES, step(0, word), -1);
  }

  private static long step(long hash, long word) {
    long mixed = (hash ^ word) * MULTIPLIER;
    return mixed ^ mixed >>> 32;
  }

  private void take(int length, long hash, int payloadLength) {
    offsets[count] = (int) position;
    lengths[count] = length;
    rows[count] = row;
    hashes[count] = (int) ((hash * MULTIPLIER) >>> 32);
    tids[count] = tid;
    payloadLengths[count] = payloadLength;
    position += paddedLength(length);
    count++;
  }

  int count() {
    return count;
  }

  long address(int i) {
    return region.address() + offsets[i];
  }

  int length(int i) {
    return lengths[i];
  }

  int hash(int i) {
    return hashes[i];
  }

  /** Bytes of a key's payload, -1 where its column has none. */
  int payloadLength(int i) {
    return payloadLengths[i];
  }

  /** Address of a key's payload. */
  long payload(int i) {
    return region.address() + offsets[i] + paddedLength(lengths[i]);
  }

  long tid(int i) {
    return tids[i];
  }

  /** Tells the keys of one row from those of the next one. */
  int row(int i) {
    return rows[i];
  }

  /** How often the TID of a key is below that of the key before, from one key on. */
  int stepsBack(int from) {
    int steps = 0;
    for (int i = from + 1; i < count; i++) {
      if (tids[i] < tids[i - 1]) {
        steps++;
      }
    }
    return steps;
  }

  void clear() {
    count = 0;
    position = 0;
  }

  @Override
  public void close() {
    region.close();
  }
}
