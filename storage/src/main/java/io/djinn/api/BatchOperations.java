package io.djinn.api;

import io.djinn.error.BatchTooLargeException;
import io.djinn.error.InvalidRowException;
import io.djinn.error.KeyTooLongException;
import io.djinn.gin.entry.KeyChanges;
import io.djinn.gin.pending.PendingJournal;
import io.djinn.gin.pending.PendingRun;
import io.djinn.memory.ByteStrings;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.KeySink;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The operations of a write batch, off-heap, one entry a key and row.
 *
 * <pre>
 * tid i64 | sequence i32 | index u16 | key length u16 | flags u8 | composite key
 *         | payload length u16 | payload                    (both where the flags say so)
 * flags  1 insert, else delete; 2 the key has a payload
 * </pre>
 *
 * The composite key is column, category, key bytes. {@link #prepare} groups them by index and key,
 * in key order, so that neighbouring keys meet the same pages.
 */
final class BatchOperations implements AutoCloseable {
  private static final int SEQUENCE = 8;
  private static final int INDEX = SEQUENCE + 4;
  private static final int KEY_LENGTH = INDEX + 2;
  private static final int FLAGS = KEY_LENGTH + 2;
  private static final int KEY = FLAGS + 1;
  private static final int COLUMN_BYTES = 2;
  private static final int PAYLOAD_LENGTH_BYTES = 2;
  private static final int IS_INSERT = 1;
  private static final int HAS_PAYLOAD = 2;
  private static final int INITIAL_BYTES = 16 << 10;

  private final MemoryAccount account;
  private final long limitBytes;
  private final List<GinIndex> indexes = new ArrayList<>();

  /** By number of the index; null where it has no pending list. */
  private final List<PendingJournal> journals = new ArrayList<>();

  private final List<PendingRun> runs = new ArrayList<>();
  private final ColumnSink sink = new ColumnSink();
  private MemoryRegion region;
  private long end;
  private long[] entries = new long[256];
  private int entryCount;
  private long[] scratch = new long[0];
  private int rowCount;

  private final IndexChanges changes = new IndexChanges();
  private int at;

  private GinIndex index;
  private int indexNo;
  private long tid;
  private boolean isInsert;
  private boolean hasPayloads;
  private long endBefore;
  private int entriesBefore;

  BatchOperations(MemoryAccount account, long limitBytes) {
    this.account = account;
    this.limitBytes = limitBytes;
    region = MemoryRegion.allocate(account, INITIAL_BYTES);
  }

  int rowCount() {
    return rowCount;
  }

  boolean isEmpty() {
    return entryCount == 0;
  }

  /** Begins the keys of one row. */
  void begin(GinIndex owner, long rowTid, boolean insert) {
    index = owner;
    tid = rowTid;
    isInsert = insert;
    hasPayloads = false;
    indexNo = indexes.indexOf(owner);
    if (indexNo < 0) {
      indexNo = indexes.size();
      PendingJournal journal =
          owner.pending() == null ? null : new PendingJournal(account, owner.pageSizeBytes());
      indexes.add(owner);
      journals.add(journal);
    }
    endBefore = end;
    entriesBefore = entryCount;
  }

  /** Where the keys of a column of the row go. */
  KeySink column(int column) {
    sink.column = column;
    sink.keepsPayloads = isInsert && index.spec().keepsPayloads(column);
    return sink;
  }

  void end() {
    PendingJournal journal = journals.get(indexNo);
    if (hasPayloads) {
      requireDistinctKeys();
    }
    if (journal != null && entryCount > entriesBefore) {
      int bytes = journal.bytes();
      long rows = journal.rows();
      try {
        append(journal);
      } catch (Throwable t) {
        journal.cutTo(bytes, rows);
        throw t;
      }
    }
    rowCount++;
  }

  /** Throws where the present row has a key with a payload twice: which of them is meant? */
  private void requireDistinctKeys() {
    sort(entriesBefore, entryCount);
    for (int i = entriesBefore + 1; i < entryCount; i++) {
      if (hasPayload(entries[i]) && compareKeys(entries[i - 1], entries[i]) == 0) {
        throw new IllegalStateException(
            "an operator class of "
                + index.name()
                + " gave a key with a payload twice for TID "
                + tid);
      }
    }
  }

  /** Encodes the keys of the present row for the pending list, in order and each once. */
  private void append(PendingJournal journal) {
    sort(entriesBefore, entryCount);
    journal.begin(tid, !isInsert, hasPayloads);
    for (int i = entriesBefore; i < entryCount; i++) {
      if (i == entriesBefore || compareKeys(entries[i - 1], entries[i]) != 0) {
        long length = payloadLength(entries[i]);
        if (hasPayload(entries[i])) {
          journal.key(
              key(entries[i]),
              keyLength(entries[i]),
              length + PAYLOAD_LENGTH_BYTES,
              NativeMemory.getUnsignedShort(length));
        } else {
          journal.key(key(entries[i]), keyLength(entries[i]));
        }
      }
    }
    journal.end();
  }

  /** Takes the keys of a row back that was refused. */
  void cancel() {
    end = endBefore;
    entryCount = entriesBefore;
  }

  private final class ColumnSink implements KeySink {
    private final byte[] none = new byte[0];
    private int column;
    private boolean keepsPayloads;

    @Override
    public void key(byte[] bytes, int offset, int length) {
      add(GinQuery.NORMAL_KEY, bytes, offset, length);
    }

    @Override
    public void key(
        byte[] bytes,
        int offset,
        int length,
        byte[] payload,
        int payloadOffset,
        int payloadLength) {
      if (!keepsPayloads) {
        add(GinQuery.NORMAL_KEY, bytes, offset, length);
        return;
      }
      if (payloadLength > index.maxPayloadBytes()) {
        throw new InvalidRowException(
            "column "
                + index.spec().columns().get(column).path()
                + ": a key with a payload of "
                + payloadLength
                + " bytes, the limit is "
                + index.maxPayloadBytes());
      }
      add(GinQuery.NORMAL_KEY, bytes, offset, length);
      long entry = entries[entryCount - 1];
      long at = reserve(PAYLOAD_LENGTH_BYTES + payloadLength);
      NativeMemory.putShort(at, payloadLength);
      NativeMemory.copyFromArray(payload, payloadOffset, at + PAYLOAD_LENGTH_BYTES, payloadLength);
      end += PAYLOAD_LENGTH_BYTES + payloadLength;
      NativeMemory.putByte(region.address() + entry + FLAGS, IS_INSERT | HAS_PAYLOAD);
      hasPayloads = true;
    }

    @Override
    public void nullElement() {
      add(GinQuery.NULL_ELEMENT, none, 0, 0);
    }

    @Override
    public void emptyItem() {
      add(GinQuery.EMPTY_ITEM, none, 0, 0);
    }

    @Override
    public void nullItem() {
      add(GinQuery.NULL_ITEM, none, 0, 0);
    }

    private void add(int category, byte[] bytes, int offset, int length) {
      int keyLength = COLUMN_BYTES + length;
      if (keyLength > index.maxKeyBytes()) {
        throw new KeyTooLongException(
            index.spec().columns().get(column).path().toString(),
            length,
            index.maxKeyBytes() - COLUMN_BYTES);
      }
      long at = reserve(KEY + keyLength);
      NativeMemory.putLong(at, tid);
      NativeMemory.putInt(at + SEQUENCE, entryCount);
      NativeMemory.putShort(at + INDEX, indexNo);
      NativeMemory.putShort(at + KEY_LENGTH, keyLength);
      NativeMemory.putByte(at + FLAGS, isInsert ? IS_INSERT : 0);
      NativeMemory.putByte(at + KEY, column);
      NativeMemory.putByte(at + KEY + 1, category);
      NativeMemory.copyFromArray(bytes, offset, at + KEY + COLUMN_BYTES, length);
      if (entryCount == entries.length) {
        entries = Arrays.copyOf(entries, entryCount * 2);
      }
      entries[entryCount++] = end;
      end += KEY + keyLength;
    }
  }

  private long reserve(int bytes) {
    if (end + bytes > region.sizeBytes()) {
      if (end + bytes > limitBytes) {
        throw new BatchTooLargeException(
            "the batch holds more than " + limitBytes + " bytes of keys, the frame memory");
      }
      MemoryRegion larger =
          MemoryRegion.allocate(account, Math.max(region.sizeBytes() * 2, end + bytes));
      NativeMemory.copy(region.address(), larger.address(), end);
      region.close();
      region = larger;
    }
    return region.address() + end;
  }

  private long key(long entry) {
    return region.address() + entry + KEY;
  }

  private int keyLength(long entry) {
    return NativeMemory.getUnsignedShort(region.address() + entry + KEY_LENGTH);
  }

  private boolean isInsert(long entry) {
    return (NativeMemory.getByte(region.address() + entry + FLAGS) & IS_INSERT) != 0;
  }

  private boolean hasPayload(long entry) {
    return (NativeMemory.getByte(region.address() + entry + FLAGS) & HAS_PAYLOAD) != 0;
  }

  /** Address of the payload's length, of an entry that has one. */
  private long payloadLength(long entry) {
    return key(entry) + keyLength(entry);
  }

  private int indexNo(long entry) {
    return NativeMemory.getUnsignedShort(region.address() + entry + INDEX);
  }

  private long tid(long entry) {
    return NativeMemory.getLong(region.address() + entry);
  }

  private int sequence(long entry) {
    return NativeMemory.getInt(region.address() + entry + SEQUENCE);
  }

  private int compareKeys(long a, long b) {
    int byIndex = indexNo(a) - indexNo(b);
    return byIndex != 0
        ? byIndex
        : NativeMemory.compare(key(a), keyLength(a), key(b), keyLength(b));
  }

  private int compare(long a, long b) {
    int byKey = compareKeys(a, b);
    if (byKey != 0) {
      return byKey;
    }
    int byTid = Long.compare(tid(a), tid(b));
    return byTid != 0 ? byTid : Integer.compare(sequence(a), sequence(b));
  }

  /** Takes what goes to the pending list of one index. */
  interface PendingVisitor {
    void pending(GinIndex index, PendingJournal journal, PendingRun run);
  }

  /** Visits the indexes whose operations go to their pending lists. */
  void forEachPending(PendingVisitor visitor) {
    for (int i = 0; i < indexes.size(); i++) {
      if (journals.get(i) != null && journals.get(i).bytes() > 0) {
        visitor.pending(indexes.get(i), journals.get(i), runs.get(i));
      }
    }
  }

  /** Sorts, and makes runs of what goes to pending lists; after the last operation. */
  void prepare() {
    sort(0, entryCount);
    runs.clear();
    for (int i = 0; i < indexes.size(); i++) {
      runs.add(null);
    }
    rewind();
    for (GinIndex owner = nextIndex(); owner != null; owner = nextIndex()) {
      int no = indexNo(entries[at]);
      if (journals.get(no) == null) {
        skipIndex();
      } else {
        PendingRun.Builder builder = new PendingRun.Builder();
        KeyChanges keys = changes();
        while (keys.next()) {
          builder.key(
              keys.key(),
              keys.keyLength(),
              keys.inserts(),
              keys.payloads(),
              keys.inserted(),
              keys.deletes(),
              keys.deleted());
        }
        runs.set(no, builder.build());
      }
    }
  }

  /** Goes back to the first operation. */
  void rewind() {
    at = 0;
  }

  /** Passes over the operations of the index gone to. */
  void skipIndex() {
    int no = indexNo(entries[at]);
    while (at < entryCount && indexNo(entries[at]) == no) {
      at++;
    }
  }

  /**
   * Goes to the next index, whose {@link #changes} are then to be used up; null behind the last.
   */
  GinIndex nextIndex() {
    return at == entryCount ? null : indexes.get(indexNo(entries[at]));
  }

  /**
   * The changes of the index gone to; of several operations on one key and TID only the last one is
   * left.
   */
  KeyChanges changes() {
    changes.indexNo = indexNo(entries[at]);
    return changes;
  }

  private final class IndexChanges implements KeyChanges {
    private int indexNo;
    private long entry;
    private long[] inserts = new long[64];
    private long[] deletes = new long[64];
    private final ByteStrings payloads = new ByteStrings();
    private boolean hasPayloads;
    private int inserted;
    private int deleted;

    @Override
    public boolean next() {
      if (at == entryCount || indexNo(entries[at]) != indexNo) {
        return false;
      }
      entry = entries[at];
      inserted = 0;
      deleted = 0;
      payloads.clear();
      hasPayloads = false;
      while (at < entryCount && compareKeys(entry, entries[at]) == 0) {
        take(entries[at++]);
      }
      return true;
    }

    private void take(long one) {
      boolean isLast =
          at == entryCount || tid(entries[at]) != tid(one) || compareKeys(one, entries[at]) != 0;
      if (!isLast) {
        return;
      }
      if (isInsert(one)) {
        takePayload(one);
        inserts = put(inserts, inserted++, tid(one));
      } else {
        deletes = put(deletes, deleted++, tid(one));
      }
    }

    private void takePayload(long one) {
      boolean isThere = BatchOperations.this.hasPayload(one);
      if (isThere && !hasPayloads) {
        hasPayloads = true;
        payloads.addEmpty(inserted);
      }
      if (isThere) {
        long length = payloadLength(one);
        payloads.add(length + PAYLOAD_LENGTH_BYTES, NativeMemory.getUnsignedShort(length));
      } else if (hasPayloads) {
        payloads.addEmpty(1);
      }
    }

    @Override
    public ByteStrings payloads() {
      return hasPayloads ? payloads : null;
    }

    @Override
    public long key() {
      return BatchOperations.this.key(entry);
    }

    @Override
    public int keyLength() {
      return BatchOperations.this.keyLength(entry);
    }

    @Override
    public long[] inserts() {
      return inserts;
    }

    @Override
    public int inserted() {
      return inserted;
    }

    @Override
    public long[] deletes() {
      return deletes;
    }

    @Override
    public int deleted() {
      return deleted;
    }
  }

  /** Throws where an index is being vacuumed of a TID that is to be inserted into it. */
  void requireInsertable() {
    boolean isAnyGuarded = false;
    for (int i = 0; i < indexes.size(); i++) {
      isAnyGuarded |= indexes.get(i).isGuarded();
    }
    for (int i = 0; isAnyGuarded && i < entryCount; i++) {
      if (isInsert(entries[i])) {
        indexes.get(indexNo(entries[i])).requireInsertable(tid(entries[i]));
      }
    }
  }

  private static long[] put(long[] array, int at, long value) {
    long[] target = at < array.length ? array : Arrays.copyOf(array, array.length * 2);
    target[at] = value;
    return target;
  }

  private void sort(int from, int to) {
    if (scratch.length < to) {
      scratch = new long[entries.length];
    }
    mergeSort(entries, scratch, from, to);
  }

  /** A stable merge sort of entry offsets; bodies are compared where they lie. */
  private void mergeSort(long[] array, long[] scratch, int from, int to) {
    if (to - from < 8) {
      for (int i = from + 1; i < to; i++) {
        long moving = array[i];
        int j = i;
        while (j > from && compare(array[j - 1], moving) > 0) {
          array[j] = array[j - 1];
          j--;
        }
        array[j] = moving;
      }
      return;
    }
    int middle = (from + to) >>> 1;
    mergeSort(array, scratch, from, middle);
    mergeSort(array, scratch, middle, to);
    if (compare(array[middle - 1], array[middle]) <= 0) {
      return;
    }
    System.arraycopy(array, from, scratch, from, to - from);
    int left = from;
    int right = middle;
    for (int i = from; i < to; i++) {
      boolean takeLeft =
          right == to || left < middle && compare(scratch[left], scratch[right]) <= 0;
      array[i] = takeLeft ? scratch[left++] : scratch[right++];
    }
  }

  @Override
  public void close() {
    region.close();
    for (PendingJournal journal : journals) {
      if (journal != null) {
        journal.close();
      }
    }
  }
}
