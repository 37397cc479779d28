package io.djinn.api;

import io.djinn.error.BatchTooLargeException;
import io.djinn.error.InvalidRowException;
import io.djinn.error.KeyTooLongException;
import io.djinn.gin.entry.KeyChanges;
import io.djinn.gin.pending.BuildJournal;
import io.djinn.gin.pending.PendingJournal;
import io.djinn.gin.pending.PendingList;
import io.djinn.gin.pending.PendingRun;
import io.djinn.memory.ByteStrings;
import io.djinn.memory.HeadSorter;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.KeySink;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

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
  private static final int INITIAL_ENTRIES = 64;
  private static final int INITIAL_BYTES = 4 << 10;

  private final MemoryAccount account;
  private final long limitBytes;
  private final List<GinIndex> indexes = new ArrayList<>();

  /** By number of the index; null where it had no pending list when its first row came. */
  private final List<PendingJournal> journals = new ArrayList<>();

  private final List<PendingRun> runs = new ArrayList<>();
  private final PendingRun.Builder builder = new PendingRun.Builder();

  /** Journals of earlier operations, for the next indexes. */
  private final ArrayDeque<PendingJournal> spareJournals = new ArrayDeque<>();

  private final ColumnSink sink = new ColumnSink();
  private MemoryRegion region;
  private long end;
  private long[] entries = new long[INITIAL_ENTRIES];
  private int entryCount;

  /** First bytes of the composite key of each entry. */
  private long[] heads = new long[INITIAL_ENTRIES];

  private final HeadSorter sorter = new HeadSorter(this::compareWithinIndex);
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

  /** Forgets all operations, to be used again; returns the memory that is kept, bytes. */
  long clear() {
    for (PendingJournal journal : journals) {
      if (journal != null) {
        journal.cutTo(0, 0);
        spareJournals.push(journal);
      }
    }
    indexes.clear();
    journals.clear();
    runs.clear();
    builder.clear();
    index = null;
    end = 0;
    entryCount = 0;
    rowCount = 0;
    long bytes = region.sizeBytes() + (long) Long.BYTES * 2 * entries.length + builder.heapBytes();
    for (PendingJournal journal : spareJournals) {
      bytes += journal.heldBytes();
    }
    return bytes;
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
      journals.add(owner.isListed() ? takeJournal(owner.pageSizeBytes()) : null);
      indexes.add(owner);
    }
    endBefore = end;
    entriesBefore = entryCount;
  }

  private PendingJournal takeJournal(int pageSizeBytes) {
    return spareJournals.isEmpty()
        ? new PendingJournal(account, pageSizeBytes)
        : spareJournals.pop();
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
    sorter.sort(heads, entries, entriesBefore, entryCount);
    for (int i = entriesBefore + 1; i < entryCount; i++) {
      if ((hasPayload(entries[i - 1]) || hasPayload(entries[i])) && isSameKey(i - 1, i)) {
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
    sorter.sort(heads, entries, entriesBefore, entryCount);
    journal.begin(tid, !isInsert, hasPayloads);
    for (int i = entriesBefore; i < entryCount; i++) {
      if (i == entriesBefore || !isSameKey(i - 1, i)) {
        appendKey(journal, entries[i]);
      }
    }
    journal.end();
  }

  private void appendKey(PendingJournal journal, long entry) {
    if (hasPayload(entry)) {
      long length = payloadLength(entry);
      journal.key(
          key(entry),
          keyLength(entry),
          length + PAYLOAD_LENGTH_BYTES,
          NativeMemory.getUnsignedShort(length));
    } else {
      journal.key(key(entry), keyLength(entry));
    }
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
      long at = reserve(KEY + keyLength + Long.BYTES);
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
        heads = Arrays.copyOf(heads, entryCount * 2);
      }
      heads[entryCount] = NativeMemory.headWithin(at + KEY, keyLength);
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

  private boolean isSameKey(int a, int b) {
    return heads[a] == heads[b] && compareKeys(entries[a], entries[b]) == 0;
  }

  private int compareKeys(long a, long b) {
    return NativeMemory.compare(key(a), keyLength(a), key(b), keyLength(b));
  }

  private int compareWithinIndex(long a, long b) {
    int byKey = compareKeys(a, b);
    if (byKey != 0) {
      return byKey;
    }
    int byTid = Long.compare(tid(a), tid(b));
    return byTid != 0 ? byTid : Integer.compare(sequence(a), sequence(b));
  }

  /** Visits the indexes that have pending lists and rows for them. */
  void forEachPending(BiConsumer<GinIndex, PendingList> visitor) {
    for (int i = 0; i < indexes.size(); i++) {
      PendingList pending = indexes.get(i).pending();
      if (pending != null && hasRows(i)) {
        visitor.accept(indexes.get(i), pending);
      }
    }
  }

  /** Visits the journals of builds under way that rows went to. */
  void forEachBuild(Consumer<BuildJournal> visitor) {
    for (int i = 0; i < indexes.size(); i++) {
      BuildJournal build = indexes.get(i).journal();
      if (build != null && hasRows(i)) {
        visitor.accept(build);
      }
    }
  }

  private boolean hasRows(int no) {
    return journals.get(no) != null && journals.get(no).bytes() > 0;
  }

  /** Sorts, and makes runs of what goes to pending lists; after the last operation. */
  void prepare() {
    sort();
    runs.clear();
    builder.clear();
    for (int i = 0; i < indexes.size(); i++) {
      runs.add(null);
    }
    rewind();
    for (GinIndex owner = nextIndex(); owner != null; owner = nextIndex()) {
      int no = indexNo(entries[at]);
      if (journals.get(no) == null) {
        skipIndex();
      } else {
        buildRun(no);
      }
    }
  }

  /** Makes the run of the index gone to, and goes behind it. */
  private void buildRun(int no) {
    // An earlier attempt may have failed half way.
    builder.clear();
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
    runs.set(no, builder.buildCopy());
  }

  /** The operations of the index gone to, as a pending list keeps them in memory. */
  PendingRun run() {
    int no = indexNo(entries[at]);
    if (runs.get(no) == null) {
      int before = at;
      buildRun(no);
      at = before;
    }
    return runs.get(no);
  }

  /**
   * The rows of the index gone to, as a pending list keeps them in pages. Where it got its list
   * after the rows were collected they are put together from their keys: of several operations on a
   * key and TID the last one is there.
   */
  PendingJournal journal() {
    int no = indexNo(entries[at]);
    if (journals.get(no) == null) {
      PendingJournal journal = takeJournal(indexes.get(no).pageSizeBytes());
      try {
        appendSorted(no, journal);
      } catch (Throwable t) {
        // The batch may be applied again, and must not find half of its rows.
        journal.close();
        throw t;
      }
      journals.set(no, journal);
    }
    return journals.get(no);
  }

  private void appendSorted(int no, PendingJournal journal) {
    List<Long> last = new ArrayList<>();
    for (int i = at; i < entryCount && indexNo(entries[i]) == no; i++) {
      boolean isReplaced =
          i + 1 < entryCount
              && indexNo(entries[i + 1]) == no
              && tid(entries[i + 1]) == tid(entries[i])
              && isSameKey(i, i + 1);
      if (!isReplaced) {
        last.add(entries[i]);
      }
    }
    // Keys of the same row keep their order.
    last.sort(Comparator.<Long>comparingLong(this::tid).thenComparing(this::isInsert));
    for (int from = 0; from < last.size(); ) {
      long first = last.get(from);
      int to = from;
      boolean hasAnyPayload = false;
      while (to < last.size()
          && tid(last.get(to)) == tid(first)
          && isInsert(last.get(to)) == isInsert(first)) {
        hasAnyPayload |= hasPayload(last.get(to++));
      }
      journal.begin(tid(first), !isInsert(first), hasAnyPayload);
      last.subList(from, to).forEach(entry -> appendKey(journal, entry));
      journal.end();
      from = to;
    }
  }

  /** Sorts by index, key, TID and sequence. */
  private void sort() {
    if (indexes.size() > 1) {
      groupByIndex();
    }
    for (int from = 0; from < entryCount; ) {
      int no = indexNo(entries[from]);
      int to = entryCount;
      if (indexes.size() > 1) {
        to = from + 1;
        while (to < entryCount && indexNo(entries[to]) == no) {
          to++;
        }
      }
      sorter.sort(heads, entries, from, to);
      from = to;
    }
  }

  /** Puts the entries of each index together, in the order they have. */
  private void groupByIndex() {
    int[] ends = new int[indexes.size() + 1];
    for (int i = 0; i < entryCount; i++) {
      ends[indexNo(entries[i]) + 1]++;
    }
    for (int no = 1; no < ends.length; no++) {
      ends[no] += ends[no - 1];
    }
    long[] groupedHeads = new long[heads.length];
    long[] grouped = new long[entries.length];
    for (int i = 0; i < entryCount; i++) {
      int to = ends[indexNo(entries[i])]++;
      groupedHeads[to] = heads[i];
      grouped[to] = entries[i];
    }
    heads = groupedHeads;
    entries = grouped;
  }

  /** Goes back to the first operation. */
  void rewind() {
    at = 0;
  }

  /** Passes over the operations of the index gone to. */
  void skipIndex() {
    if (indexes.size() == 1) {
      at = entryCount;
      return;
    }
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
    private int first;
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
      first = at;
      inserted = 0;
      deleted = 0;
      payloads.clear();
      hasPayloads = false;
      do {
        take(at++);
      } while (isOfKey(at));
      return true;
    }

    private boolean isOfKey(int i) {
      return i < entryCount && isSameKey(first, i) && indexNo(entries[i]) == indexNo;
    }

    private void take(int i) {
      long one = entries[i];
      if (isOfKey(i + 1) && tid(entries[i + 1]) == tid(one)) {
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
      return BatchOperations.this.key(entries[first]);
    }

    @Override
    public int keyLength() {
      return BatchOperations.this.keyLength(entries[first]);
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

  @Override
  public void close() {
    region.close();
    for (PendingJournal journal : journals) {
      if (journal != null) {
        journal.close();
      }
    }
    spareJournals.forEach(PendingJournal::close);
  }
}
