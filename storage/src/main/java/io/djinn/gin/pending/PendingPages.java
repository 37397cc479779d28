package io.djinn.gin.pending;

import io.djinn.batch.OpenBatch;
import io.djinn.gin.entry.GinCounts.Field;
import io.djinn.gin.entry.GinMetaPage;
import io.djinn.memory.NativeMemory;
import io.djinn.page.PageKind;

/** Appends records to the pages of a pending list; all it goes by is what the pages say. */
final class PendingPages {
  private PendingPages() {}

  /** Appends the rows of a batch, in operations of its own, and counts them. */
  static void append(
      OpenBatch batch, PendingList.Tree tree, int metaPageNo, PendingJournal journal) {
    for (int done = 0; done < journal.bytes(); ) {
      int[] taken = new int[1];
      long from = journal.address() + done;
      int left = journal.bytes() - done;
      batch.operation(() -> taken[0] = appendToOnePage(batch, tree, metaPageNo, from, left));
      done += taken[0];
    }
    tree.counts().add(Field.PENDING_ROWS, journal.rows());
    tree.counts().add(Field.PENDING_BYTES, journal.bytes());
  }

  /** Appends as many records as the last page takes, or a new one; returns their bytes. */
  private static int appendToOnePage(
      OpenBatch batch, PendingList.Tree tree, int metaPageNo, long records, int bytes) {
    GinMetaPage meta = new GinMetaPage().read(batch, metaPageNo);
    int tail = meta.pendingTail();
    boolean isOpen = tail != 0 && tail != meta.frozenTail();
    int room = 0;
    if (isOpen) {
      PendingPage.check(batch.page(tail), tail, batch.pageSizeBytes());
      room = PendingPage.roomBytes(batch.page(tail), batch.pageSizeBytes());
    }
    int length = recordBytes(records);
    if (room < length) {
      tail = extend(batch, tree, metaPageNo, meta, tail);
      room = PendingPage.capacityBytes(batch.pageSizeBytes());
    }
    int taken = length;
    while (taken < bytes && taken + recordBytes(records + taken) <= room) {
      taken += recordBytes(records + taken);
    }
    batch.edit(tail, PendingRecords.APPEND, records, taken);
    return taken;
  }

  private static int recordBytes(long record) {
    return PendingRow.LENGTH_BYTES + NativeMemory.getUnsignedShort(record);
  }

  private static int extend(
      OpenBatch batch, PendingList.Tree tree, int metaPageNo, GinMetaPage meta, int tail) {
    int head = meta.pendingHead();
    int frozenTail = meta.frozenTail();
    boolean isMerged = meta.isMerged();
    long sequence = 1;
    if (tail != 0) {
      PendingPage.check(batch.page(tail), tail, batch.pageSizeBytes());
      sequence = PendingPage.sequence(batch.page(tail)) + 1;
    }
    int pageNo = batch.allocate(PageKind.GIN_PENDING, 0);
    PendingPage.init(batch.rewrite(pageNo), sequence);
    if (tail != 0) {
      NativeMemory.putInt(tree.arguments(), pageNo);
      batch.edit(tail, PendingRecords.LINK, tree.arguments(), Integer.BYTES);
    }
    GinMetaPage.setPending(
        batch,
        metaPageNo,
        head == 0 ? pageNo : head,
        pageNo,
        frozenTail,
        isMerged,
        tree.arguments());
    tree.counts().add(Field.PENDING_PAGES, 1);
    return pageNo;
  }
}
