package io.djinn.recovery;

import io.djinn.error.CorruptLogException;
import io.djinn.error.DjinnException;
import io.djinn.memory.MemoryAccount;
import io.djinn.wal.EditTable;
import io.djinn.wal.LogReader;
import io.djinn.wal.LogRecords;
import java.util.BitSet;

/** The pages that redo builds, each at its place in memory, from an image and edits behind it. */
final class RedoPages implements AutoCloseable {
  private final LogReader reader;
  private final EditTable table;
  private final LogRecords records;
  private final long[] addresses;
  private final BitSet known;

  /** The batch of a page's last edits; an image is finished already. */
  private final long[] batches;

  private final RedoQueue queue;

  /**
   * @param reader tells where in the log damage lies
   * @param addresses of the pages, by place
   * @param logBytes length of the log that is read
   */
  RedoPages(
      LogReader reader,
      EditTable table,
      int pageSizeBytes,
      MemoryAccount account,
      long[] addresses,
      long logBytes) {
    this.reader = reader;
    this.table = table;
    records = new LogRecords(pageSizeBytes);
    this.addresses = addresses;
    known = new BitSet(addresses.length);
    batches = new long[addresses.length];
    queue = new RedoQueue(account, addresses.length, logBytes, this::apply);
  }

  /** Takes the next record of a batch that is known to be whole. */
  void take(int place, long batch, long lsn, long body, int length) {
    if (LogRecords.isImage(body)) {
      known.set(place);
      batches[place] = 0;
    } else if (known.get(place)) {
      batches[place] = batch;
    } else {
      throw reader.corrupt(
          lsn, "edits of page " + LogRecords.pageNo(body) + " without an image before them");
    }
    queue.take(place, lsn, body, length);
  }

  private void apply(int place, long lsn, long body, int length) {
    try {
      if (LogRecords.isImage(body)) {
        records.applyImage(body, length, addresses[place]);
      } else {
        records.applyEdits(body, length, addresses[place], table);
      }
    } catch (DjinnException e) {
      CorruptLogException damage = reader.corrupt(lsn, e.getMessage());
      damage.initCause(e);
      throw damage;
    }
  }

  /** Makes the pages what their last batches left. */
  void finish() {
    queue.drain();
    for (int place = 0; place < batches.length; place++) {
      if (batches[place] != 0) {
        records.finish(addresses[place], batches[place]);
      }
    }
  }

  @Override
  public void close() {
    queue.close();
  }
}
