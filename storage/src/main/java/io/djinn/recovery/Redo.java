package io.djinn.recovery;

import io.djinn.buffer.PageFile;
import io.djinn.buffer.PageVersions;
import io.djinn.error.CorruptLogException;
import io.djinn.error.CorruptPageException;
import io.djinn.error.DjinnException;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.page.Page;
import io.djinn.wal.EditTable;
import io.djinn.wal.LogReader;
import io.djinn.wal.LogRecords;
import java.io.IOException;
import java.util.BitSet;
import org.agrona.collections.Int2IntHashMap;

/**
 * Finds the end of the log and does again what its batches did.
 *
 * <p>The first record of a page after the redo point is an image, so redo builds every page from
 * the log alone: it never reads the page file and never compares numbers, and may be cut short and
 * repeated any number of times. Where more pages changed than memory holds, it goes over the log
 * once for each range of page numbers that fits.
 */
final class Redo {
  private static final int WRITE_PAGES = 128;

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
   * Builds every changed page and writes it to the file.
   *
   * @return pages written
   */
  int apply(PageFile file, int maxPages, MemoryAccount account) throws IOException {
    int total = changed.cardinality();
    if (total == 0) {
      return 0;
    }
    if (changed.length() > file.pageCount()) {
      throw new CorruptPageException(
          PageFile.NAME,
          changed.length() - 1,
          "no page",
          "the log has changed it, but the file has only " + file.pageCount() + " pages");
    }
    int capacity = Math.min(total, maxPages);
    LogRecords records = new LogRecords(file.pageSizeBytes());
    try (MemoryRegion pages =
        MemoryRegion.allocate(account, (long) capacity * file.pageSizeBytes())) {
      long[] addresses = new long[capacity];
      for (int i = 0; i < capacity; i++) {
        addresses[i] = pages.address() + (long) i * file.pageSizeBytes();
      }
      int from = changed.nextSetBit(0);
      while (from >= 0) {
        int to = from;
        Int2IntHashMap places = new Int2IntHashMap(-1);
        for (int i = 0; i < capacity && to >= 0; i++) {
          places.put(to, i);
          to = changed.nextSetBit(to + 1);
        }
        replay(places, addresses, records, account);
        seal(from, places.size(), pages.address(), file);
        writeOut(from, places.size(), pages.address(), file);
        from = to;
      }
    }
    file.sync();
    return total;
  }

  /** Pages that redo builds. */
  int changedPages() {
    return changed.cardinality();
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
    replay(places, pages, new LogRecords(versions.file().pageSizeBytes()), account);
    for (int i = 0; i < pages.length; i++) {
      versions.file().seal(pages[i], pageNos[i]);
      versions.link(pageNos[i], frames[i], Page.batch(pages[i]));
    }
  }

  private void replay(
      Int2IntHashMap places, long[] pages, LogRecords records, MemoryAccount account)
      throws IOException {
    RedoQueue.Target target =
        (place, lsn, body, length) -> apply(pages[place], lsn, body, length, records);
    // The batch of a page's last edits; an image is finished already.
    long[] batches = new long[places.size()];
    try (RedoQueue queue = new RedoQueue(account, places.size(), endLsn - redoLsn, target)) {
      replay(places, batches, queue);
    }
    for (int place = 0; place < batches.length; place++) {
      if (batches[place] != 0) {
        records.finish(pages[place], batches[place]);
      }
    }
  }

  private void replay(Int2IntHashMap places, long[] batches, RedoQueue queue) throws IOException {
    reader.seek(redoLsn);
    BitSet known = new BitSet(places.size());
    long batch = redoBatch;
    while (batch < lastBatch) {
      if (!reader.next()) {
        throw reader.corrupt(reader.lsn(), reader.stop() + ", read before without error");
      }
      long body = reader.body();
      if (LogRecords.isCommit(body)) {
        batch = LogRecords.batch(body);
        continue;
      }
      int place = places.get(LogRecords.pageNo(body));
      if (place < 0) {
        continue;
      }
      if (LogRecords.isImage(body)) {
        known.set(place);
        batches[place] = 0;
      } else if (known.get(place)) {
        batches[place] = batch + 1;
      } else {
        throw reader.corrupt(
            reader.recordLsn(),
            "edits of page " + LogRecords.pageNo(body) + " without an image before them");
      }
      queue.take(place, reader.recordLsn(), body, reader.bodyLength());
    }
    queue.drain();
  }

  private void apply(long page, long lsn, long body, int length, LogRecords records) {
    try {
      if (LogRecords.isImage(body)) {
        records.applyImage(body, length, page);
      } else {
        records.applyEdits(body, length, page, table);
      }
    } catch (DjinnException e) {
      CorruptLogException damage = reader.corrupt(lsn, e.getMessage());
      damage.initCause(e);
      throw damage;
    }
  }

  /** Gives pages their checksums, all before the first is written, so that the disk never waits. */
  private void seal(int from, int count, long pages, PageFile file) {
    int pageNo = from;
    for (int at = 0; at < count; at++) {
      file.seal(pages + (long) at * file.pageSizeBytes(), pageNo);
      pageNo = changed.nextSetBit(pageNo + 1);
    }
  }

  /** Writes pages that lie in memory in the order of their numbers. */
  private void writeOut(int from, int count, long pages, PageFile file) throws IOException {
    int size = file.pageSizeBytes();
    int pageNo = from;
    int at = 0;
    while (at < count) {
      int run = 0;
      while (run < WRITE_PAGES && at + run < count && changed.get(pageNo + run)) {
        run++;
      }
      file.write(pageNo, pages + (long) at * size, run);
      at += run;
      pageNo = changed.nextSetBit(pageNo + run);
    }
  }
}
