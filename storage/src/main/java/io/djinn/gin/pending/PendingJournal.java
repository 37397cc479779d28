package io.djinn.gin.pending;

import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;

/**
 * What a batch will append to the pending list of one index: encoded records, off-heap, none longer
 * than a page takes.
 *
 * <p>Belongs to the thread that collects the batch.
 */
public final class PendingJournal implements AutoCloseable {
  private static final int INITIAL_BYTES = 1 << 10;

  private final MemoryAccount account;
  private final int maxRecordBytes;
  private MemoryRegion region;
  private int end;
  private long rows;

  private int start;
  private long tid;
  private boolean isDelete;
  private boolean hasPayloads;
  private long before;
  private int beforeLength;

  /**
   * @param pageSizeBytes of the store
   */
  public PendingJournal(MemoryAccount account, int pageSizeBytes) {
    this.account = account;
    maxRecordBytes =
        Math.min(
            PendingRow.MAX_BYTES,
            PendingPage.capacityBytes(pageSizeBytes) - PendingRow.LENGTH_BYTES);
    region = MemoryRegion.allocate(account, INITIAL_BYTES);
  }

  /** Begins the operation on a row of which no key has a payload. */
  public void begin(long newTid, boolean delete) {
    begin(newTid, delete, false);
  }

  /**
   * Begins the operation on a row.
   *
   * @param payloads whether its keys have payloads, some of them of no bytes perhaps
   */
  public void begin(long newTid, boolean delete, boolean payloads) {
    tid = newTid;
    isDelete = delete;
    hasPayloads = payloads;
    beginRecord(false);
  }

  private void beginRecord(boolean isContinued) {
    start = end;
    reserve(PendingRow.LENGTH_BYTES + PendingRow.HEADER_BYTES);
    PendingRow.begin(
        region.address() + end + PendingRow.LENGTH_BYTES, tid, isDelete, isContinued, hasPayloads);
    end += PendingRow.LENGTH_BYTES + PendingRow.HEADER_BYTES;
    before = 0;
    beforeLength = 0;
  }

  /** Adds a composite key of the row, above the one before; it must stay where it is till then. */
  public void key(long key, int length) {
    key(key, length, 0, 0);
  }

  /** Adds a composite key with its payload; see {@link #key(long, int)}. */
  public void key(long key, int length, long payload, int payloadLength) {
    int most = PendingRow.maxKeyRecordBytes(length);
    if (hasPayloads) {
      most += PendingRow.maxPayloadRecordBytes(payloadLength);
    }
    if (end - start - PendingRow.LENGTH_BYTES + most > maxRecordBytes) {
      endRecord();
      beginRecord(true);
    }
    reserve(most);
    end += PendingRow.putKey(region.address() + end, before, beforeLength, key, length);
    if (hasPayloads) {
      end += PendingRow.putPayload(region.address() + end, payload, payloadLength);
    }
    before = key;
    beforeLength = length;
  }

  private void endRecord() {
    NativeMemory.putShort(region.address() + start, end - start - PendingRow.LENGTH_BYTES);
  }

  /** The row is complete. */
  public void end() {
    endRecord();
    rows++;
  }

  /** Takes back what was added since these counts were read. */
  public void cutTo(int bytes, long rowCount) {
    end = bytes;
    rows = rowCount;
  }

  private void reserve(int bytes) {
    if (end + bytes > region.sizeBytes()) {
      MemoryRegion larger =
          MemoryRegion.allocate(
              account, Math.max(region.sizeBytes() * 2, Math.addExact(end, bytes)));
      NativeMemory.copy(region.address(), larger.address(), end);
      region.close();
      region = larger;
    }
  }

  public long address() {
    return region.address();
  }

  /** Bytes of all records with their length fields. */
  public int bytes() {
    return end;
  }

  public long rows() {
    return rows;
  }

  /** Memory the journal holds, bytes. */
  public long heldBytes() {
    return region.sizeBytes();
  }

  @Override
  public void close() {
    region.close();
  }
}
