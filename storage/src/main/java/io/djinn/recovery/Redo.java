package io.djinn.recovery;

import io.djinn.buffer.PageFile;
import io.djinn.buffer.PageVersions;
import io.djinn.error.CorruptLogException;
import io.djinn.error.DjinnException;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.page.Page;
import io.djinn.wal.EditTable;
import io.djinn.wal.LogReader;
import io.djinn.wal.LogRecords;
import java.io.IOException;
import java.util.BitSet;
import java.util.function.IntUnaryOperator;
import org.agrona.collections.Int2IntHashMap;

/**
 * Finds the end of the log and does again what its batches did.
 *
 * <p>The first record of a page after the redo point is an image, so redo builds every page from
 * the log alone: it never reads the page file and never compares numbers, and may be cut short and
 * repeated any number of times. Where memory holds all pages of the file, whole batches are applied
 * while the end is looked for. Where it does not, redo goes over the log again once for each range
 * of page numbers that fits.
 */
final class Redo implements AutoCloseable {
  private static final int WRITE_PAGES = 128;

  /** A file so many times longer than the log has few pages that the log changed. */
  private static final int MOST_TIMES_LOG = 4;

  private final LogReader reader;
  private final long redoLsn;
  private final long redoBatch;
  private final EditTable table;
  private final BitSet changed = new BitSet();

  private long endLsn;
  private long lastBatch;
  private long syncedBoundaryLsn;
  private long syncedBoundaryBatch;

  private final long boundaryLimitLsn;

  /** Built while the end is looked for, each page at the place of its number; null where not. */
  private RedoPages built;

  private MemoryRegion builtMemory;
  private HeldBatch held;

  /** The boundary up to which they are built. */
  private long builtLsn;

  private long builtBatch;
  private int builtPages;
  private boolean isBuilding;

  /**
   * @param reader the log, with its runs selected
   * @param state the control slot redo starts from
   */
  Redo(LogReader reader, ControlFile.State state, EditTable table) {
    this.reader = reader;
    redoLsn = state.redoLsn();
    redoBatch = state.redoBatch();
    // What an earlier recovery copied is copied again: a log is one run and at most one other.
    boundaryLimitLsn = state.takeoverLsn();
    this.table = table;
  }

  /** The boundary up to which pages were built while the end was looked for. */
  long builtLsn() {
    return builtLsn;
  }

  /** Position behind the last whole batch. */
  long endLsn() {
    return endLsn;
  }

  long lastBatch() {
    return lastBatch;
  }

  /** The last boundary between batches that was known to be synced before the store ended. */
  long syncedBoundaryLsn() {
    return syncedBoundaryLsn;
  }

  /** Number of the batch before that boundary. */
  long syncedBoundaryBatch() {
    return syncedBoundaryBatch;
  }

  /**
   * Does {@link #findEnd()}, and applies what it reads where memory holds all pages of the file and
   * the log is long enough to have changed many of them: each has its place by its number.
   */
  void findEnd(PageFile file, int maxPages, MemoryAccount account) throws IOException {
    findEnd(file, maxPages, HeldBatch.BYTES, account);
  }

  /**
   * @param heldBytes records of one batch that can be held; the first longer one, and all behind
   *     it, are read again to be applied
   */
  void findEnd(PageFile file, int maxPages, long heldBytes, MemoryAccount account)
      throws IOException {
    int pages = file.pageCount();
    int size = file.pageSizeBytes();
    long logBytes = 0;
    for (LogReader.SegmentFile segment : reader.files()) {
      logBytes = Math.max(logBytes, segment.endLsn() - redoLsn);
    }
    boolean isWorth = pages <= maxPages && (long) pages * size <= MOST_TIMES_LOG * logBytes;
    if (isWorth && reader.seek(redoLsn) && !reader.isEmpty() && reader.next()) {
      builtMemory = MemoryRegion.allocate(account, (long) pages * size);
      held = new HeldBatch(account, heldBytes);
      long[] addresses = addresses(builtMemory, pages, size);
      built = new RedoPages(reader, table, size, account, addresses, logBytes);
      builtLsn = redoLsn;
      builtBatch = redoBatch;
      builtPages = pages;
      isBuilding = true;
    }
    findEnd();
  }

  private static long[] addresses(MemoryRegion memory, int pages, int pageSizeBytes) {
    long[] addresses = new long[pages];
    for (int i = 0; i < pages; i++) {
      addresses[i] = memory.address() + (long) i * pageSizeBytes;
    }
    return addresses;
  }

  /** Applies the batch that was just found whole, where all before it is applied. */
  private void build(BitSet batchPages) {
    if (isBuilding && batchPages.length() <= builtPages) {
      held.handOver(
          (lsn, body, length) -> built.take(LogRecords.pageNo(body), lastBatch, lsn, body, length));
      builtLsn = endLsn;
      builtBatch = lastBatch;
    } else {
      isBuilding = false;
    }
  }

  /**
   * Reads to the last valid COMMIT; refuses a log that is damaged below what is known to have been
   * synced: the redo point of the control slot, and what the blocks of the log say.
   */
  void findEnd() throws IOException {
    long synced = Math.max(redoLsn, reader.highestSyncedLsn());
    endLsn = redoLsn;
    lastBatch = redoBatch;
    syncedBoundaryLsn = redoLsn;
    syncedBoundaryBatch = redoBatch;
    reader.refuseLostSegments(redoLsn);
    if (!reader.seek(redoLsn)) {
      throw reader.corrupt(redoLsn, "no segment holds the redo point");
    }
    if (reader.isEmpty()) {
      return;
    }
    long firstLsn = -1;
    long expectedLsn = redoLsn;
    int records = 0;
    BitSet batchPages = new BitSet();
    String stop = null;
    long stopLsn = redoLsn;
    while (stop == null) {
      if (!reader.next()) {
        stop = reader.stop();
        stopLsn = firstLsn >= 0 && reader.isBehindZeros() ? reader.expectedLsn() : reader.lsn();
      } else if (firstLsn >= 0 && reader.isBehindZeros()) {
        stop = "zeros inside a batch";
        stopLsn = reader.expectedLsn();
      } else {
        long body = checkedBody();
        if (firstLsn < 0) {
          firstLsn = reader.recordLsn();
          expectedLsn = reader.expectedLsn();
        }
        if (!LogRecords.isCommit(body)) {
          records++;
          batchPages.set(LogRecords.pageNo(body));
          // What is too long to be held is read again.
          isBuilding = isBuilding && held.tryHold(reader.recordLsn(), body, reader.bodyLength());
        } else if (LogRecords.batch(body) != lastBatch + 1
            || LogRecords.firstLsn(body) != firstLsn
            || LogRecords.recordCount(body) != records) {
          // A hole that an unsynced write left shows as a COMMIT that does not follow.
          stop = "COMMIT of batch " + LogRecords.batch(body) + " after batch " + lastBatch;
          stopLsn = expectedLsn;
        } else {
          lastBatch++;
          endLsn = reader.lsn();
          changed.or(batchPages);
          build(batchPages);
          batchPages.clear();
          firstLsn = -1;
          records = 0;
          if (endLsn <= Math.min(synced, boundaryLimitLsn)) {
            syncedBoundaryLsn = endLsn;
            syncedBoundaryBatch = lastBatch;
          }
        }
      }
    }
    if (stopLsn < synced) {
      throw reader.corrupt(stopLsn, stop + ", but the log was synced up to LSN " + synced);
    }
  }

  /** The body of the record just read; one that is valid but unknown stops recovery. */
  private long checkedBody() {
    long body = reader.body();
    try {
      LogRecords.validate(body, reader.bodyLength());
    } catch (DjinnException e) {
      CorruptLogException damage = reader.corrupt(reader.recordLsn(), e.getMessage());
      damage.initCause(e);
      throw damage;
    }
    return body;
  }

  /**
   * Builds every changed page and writes it to the file, which is made longer where it is a copy
   * from before pages were added.
   *
   * @return pages written
   */
  int apply(PageFile file, int maxPages, MemoryAccount account) throws IOException {
    int total = changed.cardinality();
    if (total == 0) {
      return 0;
    }
    if (changed.length() > file.pageCount()) {
      // Not all pages had a place.
      close();
      file.grow(changed.length());
    }
    if (built != null) {
      replay(pageNo -> pageNo, builtLsn, builtBatch, built);
      built.finish();
      writeOut(changed.nextSetBit(0), total, true, builtMemory.address(), file);
    } else {
      applyInRanges(file, Math.min(total, maxPages), account);
    }
    file.sync();
    return total;
  }

  private void applyInRanges(PageFile file, int capacity, MemoryAccount account)
      throws IOException {
    int size = file.pageSizeBytes();
    try (MemoryRegion memory = MemoryRegion.allocate(account, (long) capacity * size)) {
      int from = changed.nextSetBit(0);
      while (from >= 0) {
        int to = from;
        Int2IntHashMap places = new Int2IntHashMap(-1);
        for (int i = 0; i < capacity && to >= 0; i++) {
          places.put(to, i);
          to = changed.nextSetBit(to + 1);
        }
        replay(places, addresses(memory, places.size(), size), size, account);
        writeOut(from, places.size(), false, memory.address(), file);
        from = to;
      }
    }
  }

  /** Pages that redo builds. */
  int changedPages() {
    return changed.cardinality();
  }

  /** Whether redo builds a page. */
  boolean isChanged(int pageNo) {
    return changed.get(pageNo);
  }

  /** Builds every changed page in a frame above its bytes in the file, which is left alone. */
  void applyInMemory(PageVersions versions, MemoryAccount account) throws IOException {
    Int2IntHashMap places = new Int2IntHashMap(-1);
    long[] pages = new long[changed.cardinality()];
    int[] frames = new int[pages.length];
    int[] pageNos = changed.stream().toArray();
    for (int i = 0; i < pages.length; i++) {
      frames[i] = versions.tryTakeFrame();
      pages[i] = versions.frameAddress(frames[i]);
      places.put(pageNos[i], i);
    }
    replay(places, pages, versions.file().pageSizeBytes(), account);
    for (int i = 0; i < pages.length; i++) {
      versions.file().seal(pages[i], pageNos[i]);
      versions.link(pageNos[i], frames[i], Page.batch(pages[i]));
    }
  }

  private void replay(Int2IntHashMap places, long[] addresses, int size, MemoryAccount account)
      throws IOException {
    long logBytes = endLsn - redoLsn;
    try (RedoPages pages = new RedoPages(reader, table, size, account, addresses, logBytes)) {
      replay(places::get, redoLsn, redoBatch, pages);
      pages.finish();
    }
  }

  /** Reads batches behind a boundary again, and applies what is of pages that have a place. */
  private void replay(IntUnaryOperator places, long fromLsn, long fromBatch, RedoPages pages)
      throws IOException {
    long batch = fromBatch;
    if (batch < lastBatch) {
      reader.seek(fromLsn);
    }
    while (batch < lastBatch) {
      if (!reader.next()) {
        throw reader.corrupt(reader.lsn(), reader.stop() + ", read before without error");
      }
      long body = reader.body();
      if (LogRecords.isCommit(body)) {
        batch = LogRecords.batch(body);
        continue;
      }
      int place = places.applyAsInt(LogRecords.pageNo(body));
      if (place >= 0) {
        pages.take(place, batch + 1, reader.recordLsn(), body, reader.bodyLength());
      }
    }
  }

  /**
   * Writes pages in the order of their numbers, neighbours together. They get their checksums
   * before the first is written, so that the disk never waits.
   *
   * @param isByNumber whether a page lies at the place of its number, or all lie side by side
   */
  private void writeOut(int from, int count, boolean isByNumber, long memory, PageFile file)
      throws IOException {
    int size = file.pageSizeBytes();
    int pageNo = from;
    for (int at = 0; at < count; at++) {
      file.seal(memory + (long) (isByNumber ? pageNo : at) * size, pageNo);
      pageNo = changed.nextSetBit(pageNo + 1);
    }
    pageNo = from;
    int at = 0;
    while (at < count) {
      int run = 0;
      while (run < WRITE_PAGES && at + run < count && changed.get(pageNo + run)) {
        run++;
      }
      file.write(pageNo, memory + (long) (isByNumber ? pageNo : at) * size, run);
      at += run;
      pageNo = changed.nextSetBit(pageNo + run);
    }
  }

  @Override
  public void close() {
    if (builtMemory != null) {
      builtMemory.close();
      builtMemory = null;
    }
    if (held != null) {
      held.close();
      held = null;
    }
    if (built != null) {
      built.close();
      built = null;
    }
  }
}
