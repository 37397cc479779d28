package io.djinn.gin.pending;

import io.djinn.batch.OpenBatch;
import io.djinn.buffer.SnapshotReader;
import io.djinn.gin.entry.GinMetaPage;
import io.djinn.page.PageReader;
import java.util.function.LongSupplier;

/**
 * What is written to an index while it is being built: its pending list, as an ordered journal that
 * is kept in pages alone and has no limit but the disk.
 *
 * <p>When the tree is loaded the journal is applied: a prefix of it is frozen, read into memory,
 * merged as any pending list is, and freed; then the next one. Of the operations on a key and TID
 * the newest counts, so a delete of a row that the scan had not reached takes the row away and an
 * insert behind it brings it back. Meanwhile batches append behind the prefix, and each merges
 * twice the bytes it appends, so that this ends. What is left then is loaded as the pending list of
 * the index.
 *
 * <pre>
 *   head -> ... -> frozenTail -> ... -> tail
 *   prefix: being merged         appended to, in pages alone
 * </pre>
 */
public final class BuildJournal {
  private final int metaPageNo;
  private volatile PendingList prefix;
  private PendingLoader rest;

  public BuildJournal(int metaPageNo) {
    this.metaPageNo = metaPageNo;
  }

  public int metaPageNo() {
    return metaPageNo;
  }

  /** Appends the rows of a batch, in the writer's slot. */
  public void append(OpenBatch batch, PendingList.Tree tree, PendingJournal rows) {
    PendingPages.append(batch, tree, metaPageNo, rows);
  }

  /**
   * Merges of the prefix for the rows of a batch, as far as the batch has room: after all that it
   * has to do itself, which it could do without a build too.
   */
  public void pay(OpenBatch batch, PendingList.Tree tree, PendingJournal rows) {
    PendingList merging = prefix;
    if (merging != null) {
      merging.pay(batch, tree, rows.bytes());
    }
  }

  /**
   * A batch that appended was appended itself.
   *
   * @param oldestActive gives the lowest number that a snapshot may have
   */
  public void appended(long number, LongSupplier oldestActive) {
    PendingList merging = prefix;
    if (merging != null) {
      merging.appended(number, oldestActive);
    }
  }

  /**
   * The last page of a prefix that ends with a whole row: about so many bytes, but as much as one
   * row takes; 0 where the journal is empty.
   *
   * @param reader of a snapshot, outside any step
   */
  public int endOfPrefix(SnapshotReader reader, long mostBytes) {
    PendingLoader.Reading reading = PendingLoader.in(reader);
    int[] next = new int[1];
    reading.inStep(pages -> next[0] = new GinMetaPage().read(pages, metaPageNo).pendingHead());
    long[] bytes = new long[1];
    boolean[] isContinuing = new boolean[1];
    int last = 0;
    while (next[0] != 0) {
      int pageNo = next[0];
      reading.inStep(
          pages -> {
            long page = pages.page(pageNo);
            isContinuing[0] = PendingPage.isContinuing(page, pageNo, pages.pageSizeBytes());
            bytes[0] += PendingPage.recordBytes(page);
            next[0] = PendingPage.next(page);
          });
      if (last != 0 && bytes[0] > mostBytes && !isContinuing[0]) {
        return last;
      }
      last = pageNo;
    }
    return last;
  }

  /**
   * Freezes the prefix up to a page: nothing is appended to its pages from now on. Does nothing
   * where a row goes on behind that page, which was the last one when it was chosen.
   */
  public void freeze(OpenBatch batch, PendingList.Tree tree, int lastPageNo) {
    batch.operation(
        () -> {
          GinMetaPage meta = new GinMetaPage().read(batch, metaPageNo);
          if (endsRow(batch, lastPageNo)) {
            GinMetaPage.setPending(
                batch,
                metaPageNo,
                meta.pendingHead(),
                meta.pendingTail(),
                lastPageNo,
                false,
                tree.arguments());
          }
        });
  }

  private static boolean endsRow(PageReader pages, int pageNo) {
    int next = PendingPage.next(pages.page(pageNo));
    return next == 0 || !PendingPage.isContinuing(pages.page(next), next, pages.pageSizeBytes());
  }

  /**
   * Reads the frozen prefix; from now on batches that append merge of it. Null where none is
   * frozen.
   *
   * @param reader of a snapshot, outside any step
   */
  public PendingList loadPrefix(SnapshotReader reader, long limitBytes, long nowNanos) {
    PendingLoader.Reading reading = PendingLoader.in(reader);
    int[] frozenTail = new int[1];
    reading.inStep(pages -> frozenTail[0] = new GinMetaPage().read(pages, metaPageNo).frozenTail());
    if (frozenTail[0] == 0) {
      return null;
    }
    PendingLoader loader = new PendingLoader(metaPageNo, frozenTail[0]).load(reading);
    prefix = PendingList.of(loader, limitBytes, nowNanos, 0);
    return prefix;
  }

  /** The prefix is merged and its pages are free. */
  public void prefixDone() {
    prefix = null;
  }

  /**
   * Reads all there is, of which no prefix is frozen, so that little is left for the writer's slot.
   *
   * @param reader of a snapshot, outside any step
   */
  public void loadRest(SnapshotReader reader) {
    rest = new PendingLoader(metaPageNo).load(PendingLoader.in(reader));
  }

  /** Reads what was appended since; returns the bytes there are in all. */
  public long loadRest(OpenBatch batch) {
    rest.load(PendingLoader.in(batch));
    return rest.bytes();
  }

  /** Whether a rest was read. */
  public boolean hasRest() {
    return rest != null;
  }

  /**
   * The rest as the pending list of the index, which is visible from a batch on.
   *
   * @param since number of that batch
   */
  public PendingList rest(long limitBytes, long nowNanos, long since) {
    return PendingList.of(rest, limitBytes, nowNanos, since);
  }
}
