package io.djinn.gin.pending;

import io.djinn.batch.OpenBatch;
import io.djinn.buffer.SnapshotReader;
import io.djinn.gin.entry.GinMetaPage;
import io.djinn.memory.ByteStrings;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.page.PageReader;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Builds a pending list in memory from its pages, one run a page, in a step of its own each; may be
 * told to go on with what was appended since.
 */
final class PendingLoader {
  private static final byte[] DELETE = new byte[0];

  /** Lets pages be read, in a step. */
  interface Reading {
    void inStep(Consumer<PageReader> work);

    int pageSizeBytes();
  }

  private final int metaPageNo;
  private final int lastPageNo;
  private final PendingRow row = new PendingRow();

  /** Of each key and TID the payload it is inserted with, {@link #DELETE} where it is deleted. */
  private final TreeMap<byte[], TreeMap<Long, byte[]>> operations =
      new TreeMap<>(Arrays::compareUnsigned);

  private PendingView view = PendingView.EMPTY;
  private int root;
  private int head;
  private int frozenTail;
  private boolean isMerged;
  private boolean isMergedPart;

  /** The page gone to, 0 before the first one; its sequence number, and the bytes taken of it. */
  private int pageNo;

  private long sequence;
  private int takenBytes;
  private int next;
  private long rows;
  private long bytes;
  private long frozenRows;
  private long frozenBytes;

  PendingLoader(int metaPageNo) {
    this(metaPageNo, 0);
  }

  /**
   * @param lastPageNo where to end; 0 for the end of the list
   */
  PendingLoader(int metaPageNo, int lastPageNo) {
    this.metaPageNo = metaPageNo;
    this.lastPageNo = lastPageNo;
  }

  /** Reads a snapshot. */
  static Reading in(SnapshotReader reader) {
    return new Reading() {
      @Override
      public void inStep(Consumer<PageReader> work) {
        reader.enter();
        try {
          work.accept(reader);
        } finally {
          reader.leave();
        }
      }

      @Override
      public int pageSizeBytes() {
        return reader.pageSizeBytes();
      }
    };
  }

  /** Reads what a batch sees. */
  static Reading in(OpenBatch batch) {
    return new Reading() {
      @Override
      public void inStep(Consumer<PageReader> work) {
        batch.operation(() -> work.accept(batch));
      }

      @Override
      public int pageSizeBytes() {
        return batch.pageSizeBytes();
      }
    };
  }

  /** Loads, from the beginning or from where an earlier call ended. */
  PendingLoader load(Reading reading) {
    reading.inStep(this::readMetaPage);
    MemoryAccount account = new MemoryAccount("pending list", Long.MAX_VALUE);
    try (MemoryRegion key = MemoryRegion.allocate(account, reading.pageSizeBytes())) {
      if (pageNo == 0) {
        isMergedPart = isMerged;
        pageNo = head;
      }
      while (pageNo != 0) {
        reading.inStep(this::readPage);
        if (!isMergedPart && !operations.isEmpty()) {
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
        if (next == 0 || pageNo == lastPageNo) {
          return this;
        }
        pageNo = next;
        takenBytes = 0;
      }
    }
    return this;
  }

  private void readMetaPage(PageReader pages) {
    GinMetaPage meta = new GinMetaPage().read(pages, metaPageNo);
    root = meta.root();
    head = meta.pendingHead();
    frozenTail = meta.frozenTail();
    isMerged = meta.isMerged();
  }

  private void readPage(PageReader pages) {
    long page = pages.page(pageNo);
    PendingPage.check(page, pageNo, pages.pageSizeBytes());
    long found = PendingPage.sequence(page);
    if (takenBytes == 0 && sequence != 0 && found != sequence + 1) {
      throw PendingPage.corrupt(page, pageNo, "sequence " + found + ", expected " + (sequence + 1));
    }
    sequence = found;
    next = PendingPage.next(page);
    operations.clear();
    if (!isMergedPart) {
      gather(page, pages.pageSizeBytes());
    }
    takenBytes = PendingPage.recordBytes(page);
  }

  private void gather(long page, int pageSizeBytes) {
    bytes += PendingPage.recordBytes(page) - takenBytes;
    PendingPage.forEach(
        page,
        pageNo,
        pageSizeBytes,
        takenBytes,
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

  int metaPageNo() {
    return metaPageNo;
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
