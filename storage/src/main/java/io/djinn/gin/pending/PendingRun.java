package io.djinn.gin.pending;

import io.djinn.memory.ByteStrings;
import io.djinn.memory.NativeMemory;
import java.util.Arrays;

/**
 * Sorted operations of one or more batches, immutable: composite keys ascending by unsigned bytes,
 * the TIDs of each ascending, one operation a key and TID.
 *
 * <pre>
 *   heads       first 8 bytes of each key, big-endian, zeros behind its end: searched first
 *   keyStarts   where in keyBytes each key begins, and where the last one ends
 *   starts      where in operations those of each key begin, and where the last ones end
 * </pre>
 */
public final class PendingRun {
  private static final int HEAD_BYTES = 8;

  /** Headers of the run and its five arrays, and the run's fields, bytes. */
  private static final int FIXED_BYTES = 6 * 16 + 32;

  private final int keyCount;
  private final long[] heads;
  private final int[] keyStarts;
  private final byte[] keyBytes;
  private final int[] starts;
  private final long[] operations;

  /** Of each operation its payload, of no bytes mostly; null where none has any. */
  private final ByteStrings payloads;

  /** Takes the arrays, which are not changed from now on; they may be longer than their content. */
  private PendingRun(
      int keyCount,
      long[] heads,
      int[] keyStarts,
      byte[] keyBytes,
      int[] starts,
      long[] ops,
      ByteStrings payloads) {
    this.keyCount = keyCount;
    this.heads = heads;
    this.keyStarts = keyStarts;
    this.keyBytes = keyBytes;
    this.starts = starts;
    this.operations = ops;
    this.payloads = payloads;
  }

  /** Makes a run of keys that are given in ascending order. */
  public static final class Builder {
    private static final int INITIAL_KEYS = 64;
    private static final int INITIAL_KEY_BYTES = 512;
    private static final int INITIAL_OPERATIONS = 64;

    private int keyCount;
    private long[] heads;
    private int[] keyStarts;
    private byte[] keyBytes;
    private int[] starts;
    private long[] operations;
    private ByteStrings payloads;

    public Builder() {
      this(INITIAL_KEYS, INITIAL_KEY_BYTES, INITIAL_OPERATIONS);
    }

    Builder(int expectedKeys, int expectedKeyBytes, int expectedOperations) {
      heads = new long[expectedKeys];
      keyStarts = new int[expectedKeys + 1];
      keyBytes = new byte[expectedKeyBytes];
      starts = new int[expectedKeys + 1];
      operations = new long[expectedOperations];
    }

    /** Adds a key whose TIDs have no payloads; see the method with all arguments. */
    public void key(
        long keyAddress, int keyLength, long[] inserts, int inserted, long[] deletes, int deleted) {
      key(keyAddress, keyLength, inserts, null, inserted, deletes, deleted);
    }

    /**
     * Adds a key that is above all before it; one without operations is left out.
     *
     * @param inserts TIDs that are added, ascending in {@code [0, inserted)}
     * @param payloadsOfInserts by the index of the TID; null where there are none
     * @param deletes TIDs that are removed, ascending in {@code [0, deleted)}, none of them added
     */
    public void key(
        long keyAddress,
        int keyLength,
        long[] inserts,
        ByteStrings payloadsOfInserts,
        int inserted,
        long[] deletes,
        int deleted) {
      if (inserted + deleted == 0) {
        return;
      }
      int from = beginKey(keyLength);
      NativeMemory.copyToArray(keyAddress, keyBytes, from, keyLength);
      endKey(NativeMemory.head(keyAddress, keyLength), keyLength);
      int at = reserve(inserted + deleted);
      if (payloadsOfInserts != null) {
        beginPayloads(at);
      }
      int insert = 0;
      int delete = 0;
      while (insert < inserted || delete < deleted) {
        boolean isInsert =
            delete == deleted || insert < inserted && inserts[insert] < deletes[delete];
        if (payloads != null) {
          boolean hasPayload = isInsert && payloadsOfInserts != null;
          payloads.addAll(hasPayload ? payloadsOfInserts : null, insert, insert + 1);
        }
        operations[at++] =
            isInsert
                ? PendingOperation.insert(inserts[insert++])
                : PendingOperation.delete(deletes[delete++]);
      }
      endOperations(at);
    }

    /** Adds a key of another run, without its operations. */
    void beginKey(PendingRun run, int key) {
      int keyLength = run.keyLength(key);
      int from = beginKey(keyLength);
      System.arraycopy(run.keyBytes, run.keyStarts[key], keyBytes, from, keyLength);
      endKey(run.heads[key], keyLength);
      endOperations(starts[keyCount - 1]);
    }

    /** Lays the operations of a key of another run over those the last key has. */
    void lay(PendingRun run, int key) {
      int from = starts[keyCount - 1];
      int to = starts[keyCount];
      int more = run.starts[key + 1] - run.starts[key];
      if (to + more > operations.length) {
        operations = Arrays.copyOf(operations, Math.max(to + more, 2 * operations.length));
      }
      endOperations(
          OperationList.lay(
              operations, from, to, run.operations, run.starts[key], run.starts[key + 1]));
    }

    /** Adds the payloads of the last key's operations, from runs that have it, newest first. */
    void layPayloads(PendingRun[] runs, int[] indexes) {
      int from = starts[keyCount - 1];
      int to = starts[keyCount];
      beginPayloads(from);
      LaidPayloads.add(runs, indexes, runs.length, operations, from, to, payloads);
    }

    /**
     * Operations from one on may have payloads; those before it have none where none had so far.
     */
    private void beginPayloads(int at) {
      if (payloads == null) {
        payloads = new ByteStrings();
        payloads.addEmpty(at);
      }
    }

    private int beginKey(int keyLength) {
      if (keyCount == heads.length) {
        int larger = Math.max(INITIAL_KEYS, keyCount * 2);
        heads = Arrays.copyOf(heads, larger);
        keyStarts = Arrays.copyOf(keyStarts, larger + 1);
        starts = Arrays.copyOf(starts, larger + 1);
      }
      int from = keyStarts[keyCount];
      if (from + keyLength > keyBytes.length) {
        keyBytes = Arrays.copyOf(keyBytes, Math.max(from + keyLength, 2 * keyBytes.length));
      }
      return from;
    }

    private void endKey(long head, int keyLength) {
      heads[keyCount] = head;
      keyStarts[keyCount + 1] = keyStarts[keyCount] + keyLength;
      assert isAscending() : "key " + keyCount + " of a run is not above the one before";
      keyCount++;
    }

    private boolean isAscending() {
      int start = keyStarts[keyCount];
      return keyCount == 0
          || Arrays.compareUnsigned(
                  keyBytes,
                  keyStarts[keyCount - 1],
                  start,
                  keyBytes,
                  start,
                  keyStarts[keyCount + 1])
              < 0;
    }

    private int reserve(int more) {
      int at = starts[keyCount - 1];
      if (at + more > operations.length) {
        operations = Arrays.copyOf(operations, Math.max(at + more, 2 * operations.length));
      }
      return at;
    }

    private void endOperations(int end) {
      starts[keyCount] = end;
    }

    /** The run of the keys so far, which may be none; the builder is not used again. */
    public PendingRun build() {
      int keys = fitting(keyCount, heads.length);
      int ops = fitting(starts[keyCount], operations.length);
      int bytes = fitting(keyStarts[keyCount], keyBytes.length);
      return new PendingRun(
          keyCount,
          keys == heads.length ? heads : Arrays.copyOf(heads, keys),
          keys == heads.length ? keyStarts : Arrays.copyOf(keyStarts, keys + 1),
          bytes == keyBytes.length ? keyBytes : Arrays.copyOf(keyBytes, bytes),
          keys == heads.length ? starts : Arrays.copyOf(starts, keys + 1),
          ops == operations.length ? operations : Arrays.copyOf(operations, ops),
          payloads);
    }

    /**
     * The run of the keys so far, which may be none, in arrays of its own; the builder is empty
     * then.
     */
    public PendingRun buildCopy() {
      PendingRun run =
          new PendingRun(
              keyCount,
              Arrays.copyOf(heads, keyCount),
              Arrays.copyOf(keyStarts, keyCount + 1),
              Arrays.copyOf(keyBytes, keyStarts[keyCount]),
              Arrays.copyOf(starts, keyCount + 1),
              Arrays.copyOf(operations, starts[keyCount]),
              payloads);
      clear();
      return run;
    }

    /** Forgets the keys so far. */
    public void clear() {
      keyCount = 0;
      payloads = null;
    }

    /** Heap the builder takes, bytes; its payloads are a run's. */
    public long heapBytes() {
      return FIXED_BYTES
          + (long) Long.BYTES * (heads.length + operations.length)
          + (long) Integer.BYTES * (keyStarts.length + starts.length)
          + keyBytes.length;
    }

    /** The size an array keeps: a little room is not worth a copy. */
    private static int fitting(int used, int length) {
      return length - used <= used >>> 3 ? length : used;
    }
  }

  /** Operations, one a key and TID. */
  public int operations() {
    return starts[keyCount];
  }

  /** Heap the run takes, bytes. */
  public long heapBytes() {
    return FIXED_BYTES
        + (long) Long.BYTES * (heads.length + operations.length)
        + (long) Integer.BYTES * (keyStarts.length + starts.length)
        + keyBytes.length
        + (payloads == null ? 0 : payloads.heapBytes());
  }

  /** Of each operation of {@link #list()} its payload; null where none has any. */
  ByteStrings payloads() {
    return payloads;
  }

  public boolean isEmpty() {
    return keyCount == 0;
  }

  int keyCount() {
    return keyCount;
  }

  /** Bytes of all keys. */
  int keyBytes() {
    return keyStarts[keyCount];
  }

  long head(int key) {
    return heads[key];
  }

  int keyLength(int key) {
    return keyStarts[key + 1] - keyStarts[key];
  }

  /** Copies a key to the beginning of an array that is long enough; returns its length. */
  int copyKey(int key, byte[] out) {
    int length = keyLength(key);
    System.arraycopy(keyBytes, keyStarts[key], out, 0, length);
    return length;
  }

  /** The operations of all keys, not to be changed. */
  long[] list() {
    return operations;
  }

  /** Where in {@link #list()} the operations of a key begin. */
  int from(int key) {
    return starts[key];
  }

  /** Where in {@link #list()} the operations of a key end. */
  int to(int key) {
    return starts[key + 1];
  }

  /** Index of a key, or the complement of the index it would have. */
  int find(byte[] key) {
    long head = headOf(key);
    int low = 0;
    int high = keyCount - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = Long.compareUnsigned(heads[middle], head);
      if (order == 0) {
        order = compareEqualHeads(middle, key, 0, key.length);
      }
      if (order == 0) {
        return middle;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return ~low;
  }

  /** Compares a key with one of another run that has the same head. */
  int compareBehindHead(int key, PendingRun other, int otherKey) {
    return compareEqualHeads(
        key, other.keyBytes, other.keyStarts[otherKey], other.keyStarts[otherKey + 1]);
  }

  private int compareEqualHeads(int key, byte[] other, int otherFrom, int otherTo) {
    int length = keyLength(key);
    int otherLength = otherTo - otherFrom;
    if (length <= HEAD_BYTES && otherLength <= HEAD_BYTES) {
      // One is the other with zeros behind it.
      return length - otherLength;
    }
    return Arrays.compareUnsigned(
        keyBytes, keyStarts[key], keyStarts[key + 1], other, otherFrom, otherTo);
  }

  private static long headOf(byte[] key) {
    long head = 0;
    for (int i = 0; i < HEAD_BYTES && i < key.length; i++) {
      head |= (key[i] & 0xFFL) << (56 - 8 * i);
    }
    return head;
  }
}
