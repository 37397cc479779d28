package io.djinn.recovery;

import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import java.util.Arrays;

/**
 * Records read from the log on their way to their pages, in the order of the log for each page.
 *
 * <p>Neighbours in the log are rarely of the same page. Taking a stretch of short records page by
 * page lets each page come into the processor's cache once, not once for each of its records. The
 * longer the stretch, the more records a page has in it; much longer ones no longer lie in the
 * processor's cache themselves. A long record is worth the way to its page: it is applied at once,
 * behind those that wait for the same page.
 *
 * <pre>
 * byteOffset bytes of a record in the queue
 *          0     4 place of the next record of the same page, -1 for none
 *          4     4 length of the body
 *          8     8 LSN
 *         16       body
 * </pre>
 */
final class RedoQueue implements AutoCloseable {
  /** The most that is gathered before it is applied. */
  private static final long MOST_BYTES = 4L << 20;

  /** Longer bodies do not wait. */
  private static final int WAITING_BODY_BYTES = 256;

  private static final int NEXT = 0;
  private static final int LENGTH = 4;
  private static final int LSN = 8;
  private static final int BODY = 16;
  private static final int NONE = -1;

  /** Applies one record. */
  @FunctionalInterface
  interface Target {
    void apply(int place, long lsn, long body, int length);
  }

  private final MemoryRegion region;
  private final Target target;
  private final int[] first;
  private final int[] last;
  private int used;

  /**
   * @param places number of pages there are
   * @param logBytes length of the log that is read
   */
  RedoQueue(MemoryAccount account, int places, long logBytes, Target target) {
    this.target = target;
    long wanted = Math.min(MOST_BYTES, logBytes);
    region = MemoryRegion.allocate(account, Math.max(wanted, BODY + WAITING_BODY_BYTES));
    first = new int[places];
    last = new int[places];
    Arrays.fill(first, NONE);
  }

  /** Applies a record of a page, or takes a copy of it to apply it later. */
  void take(int place, long lsn, long body, int length) {
    if (length > WAITING_BODY_BYTES) {
      drain(place);
      target.apply(place, lsn, body, length);
      return;
    }
    if (used + BODY + (long) length > region.sizeBytes()) {
      drain();
    }
    long at = region.address() + used;
    NativeMemory.putInt(at + NEXT, NONE);
    NativeMemory.putInt(at + LENGTH, length);
    NativeMemory.putLong(at + LSN, lsn);
    NativeMemory.copy(body, at + BODY, length);
    if (first[place] == NONE) {
      first[place] = used;
    } else {
      NativeMemory.putInt(region.address() + last[place] + NEXT, used);
    }
    last[place] = used;
    used += BODY + length;
  }

  /** Applies what waits, page by page. */
  void drain() {
    for (int place = 0; place < first.length; place++) {
      drain(place);
    }
    used = 0;
  }

  private void drain(int place) {
    for (int at = first[place]; at != NONE; ) {
      long record = region.address() + at;
      target.apply(
          place,
          NativeMemory.getLong(record + LSN),
          record + BODY,
          NativeMemory.getInt(record + LENGTH));
      at = NativeMemory.getInt(record + NEXT);
    }
    first[place] = NONE;
  }

  @Override
  public void close() {
    region.close();
  }
}
