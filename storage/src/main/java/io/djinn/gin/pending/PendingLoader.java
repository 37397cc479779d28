package io.djinn.gin.pending;

import io.djinn.buffer.SnapshotReader;
import io.djinn.gin.entry.GinMetaPage;
import io.djinn.memory.ByteStrings;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Builds a pending list in memory from its pages, one run a page, in a step of its own each. */
final class PendingLoader {
  private static final byte[] DELETE = new byte[0];

  private final SnapshotReader reader;
  private final int metaPageNo;
  private final PendingRow row = new PendingRow();

  /** Of each key and TID the payload it is inserted with, {@link #DELETE} where it is deleted. */
  private final TreeMap<byte[], TreeMap<Long, byte[]>> operations =
      new TreeMap<>(Arrays::compareUnsigned);

  private PendingView view = PendingView.EMPTY;
  private int root;
  private int head;
  private int frozenTail;
  private boolean isMerged;
  private long rows;
  private long bytes;
  private long frozenRows;
  private long frozenBytes;

  PendingLoader(SnapshotReader reader, int metaPageNo) {
    this.reader = reader;
    this.metaPageNo = metaPageNo;
  }

  PendingLoader load() {
    inStep(this::readMetaPage);
    MemoryAccount account = new MemoryAccount("pending list", Long.MAX_VALUE);
    try (MemoryRegion key = MemoryRegion.allocate(account, reader.pageSizeBytes())) {
      boolean isMergedPart = isMerged;
      long sequence = 0;
      for (int pageNo = head; pageNo != 0; ) {
        int present = pageNo;
        long before = sequence;
        int[] next = new int[1];
        long[] found = new long[1];
        boolean isSkipped = isMergedPart;
        inStep(
            () -> {
              long page = reader.page(present);
              PendingPage.check(page, present, reader.pageSizeBytes());
              if (before != 0 && PendingPage.sequence(page) != before + 1) {
                throw PendingPage.corrupt(
                    page,
                    present,
                    "sequence " + PendingPage.sequence(page) + ", expected " + (before + 1));
              }
              found[0] = PendingPage.sequence(page);
              next[0] = PendingPage.next(page);
              if (!isSkipped) {
                gather(page, present);
              }
            });
        sequence = found[0];
        if (!isSkipped) {
          view = view.with(run(key.address()));
        }
        if (pageNo == frozenTail) {
          if (isMergedPart) {
            isMergedPart = false;
          } else {
            view = view.freeze();
            frozenRows = rows;
            frozenBytes = bytes;
          }
        }
        pageNo = next[0];
      }
    }
    return this;
  }

  private void inStep(Runnable work) {
    reader.enter();
    try {
      work.run();
    } finally {
      reader.leave();
    }
  }

  private void readMetaPage() {
    GinMetaPage meta = new GinMetaPage().read(reader, metaPageNo);
    root = meta.root();
    head = meta.pendingHead();
    frozenTail = meta.frozenTail();
    isMerged = meta.isMerged();
  }

  private void gather(long page, int pageNo) {
    operations.clear();
    bytes += PendingPage.recordBytes(page);
    PendingPage.forEach(
        page,
        pageNo,
        reader.pageSizeBytes(),
        (record, length) -> {
          row.wrap(record, length);
          rows += row.isContinued() ? 0 : 1;
          while (row.nextKey()) {
            operations
                .computeIfAbsent(Arrays.copyOf(row.key(), row.keyLength()), any -> new TreeMap<>())
                .put(row.tid(), row.isDelete() ? DELETE : row.payload());
          }
        });
  }

  private PendingRun run(long keyBuffer) {
    PendingRun.Builder builder = new PendingRun.Builder();
    for (Map.Entry<byte[], TreeMap<Long, byte[]>> entry : operations.entrySet()) {
      byte[] key = entry.getKey();
      NativeMemory.copyFromArray(key, 0, keyBuffer, key.length);
      long[] inserts = tids(entry.getValue(), false);
      long[] deletes = tids(entry.getValue(), true);
      ByteStrings payloads = payloads(entry.getValue());
      builder.key(
          keyBuffer, key.length, inserts, payloads, inserts.length, deletes, deletes.length);
    }
    return builder.build();
  }

  /** A delete is told from an insert without a payload by identity. */
  private static boolean isDelete(byte[] payload) {
    return payload == DELETE;
  }

  private static long[] tids(TreeMap<Long, byte[]> tids, boolean isDelete) {
    return tids.entrySet().stream()
        .filter(entry -> isDelete(entry.getValue()) == isDelete)
        .mapToLong(Map.Entry::getKey)
        .toArray();
  }

  /** Payloads of what is inserted, null where none has a byte. */
  private static ByteStrings payloads(TreeMap<Long, byte[]> tids) {
    ByteStrings payloads = new ByteStrings();
    for (byte[] payload : tids.values()) {
      if (!isDelete(payload)) {
        payloads.add(payload, 0, payload.length);
      }
    }
    return payloads.totalBytes() == 0 ? null : payloads;
  }

  int root() {
    return root;
  }

  PendingView view() {
    return view;
  }

  long rows() {
    return rows;
  }

  long bytes() {
    return bytes;
  }

  long frozenRows() {
    return frozenRows;
  }

  long frozenBytes() {
    return frozenBytes;
  }

  /** Whether the rows up to the frozen tail are in the tree and their pages wait to be freed. */
  boolean isFreeing() {
    return isMerged;
  }
}
