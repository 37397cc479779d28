package io.djinn.build.accumulate;

import io.djinn.sort.RunWriter;

/**
 * Writes the lists of a table of disordered rows in order, each TID once, within a fixed scratch.
 *
 * <p>A list is read as often as it has scratches full: each pass takes the lowest TIDs that were
 * not written yet, sorts them and writes them. Which ones these are is guessed from how many are
 * left and how far they reach; where there are more of them than fit, the upper half of what was
 * taken is left for a later pass; where there were much fewer, the next pass does without a guess.
 * The first pass of a list that does not fit only counts. So every two passes write at least a
 * quarter of a scratch, and the scratch is a fixed part of the arena: the number of passes has a
 * bound that no order of TIDs exceeds.
 *
 * <pre>
 * byteOffset bytes field  meaning, of an item in the scratch
 *          0     8 tid
 *          8     8 place  of its payload in the list; only where the key has payloads
 * </pre>
 */
final class DisorderedLists {
  private static final int TIDS_A_PULSE = 1 << 16;

  /** A pass should fill this part of the scratch; below the least part a guess was a bad one. */
  private static final double GUESSED_PART = 0.75;

  private static final double LEAST_PART = 0.25;

  private final long before;
  private final long scratch;
  private final long scratchBytes;
  private final Runnable pulse;
  private final ListReader reader;
  private TidSorter sorter;
  private boolean hasPayloads;
  private int capacity;
  private int count;
  private boolean isAscending;

  /** TIDs below are written. */
  private long from;

  /** TIDs above are left for a later pass. */
  private long bound;

  /**
   * TIDs left for a later pass, the lowest of them and the highest, and whether only these count.
   */
  private long left;

  private long next;
  private long highest;
  private boolean isCounting;
  private boolean isCounted;
  private int untilPulse = TIDS_A_PULSE;

  /**
   * @param before what the first TID of each list is counted from
   * @param scratch address of memory that holds nothing of the table
   * @param pulse run now and then; what it throws ends the writing
   */
  DisorderedLists(KeyTable table, long before, long scratch, long scratchBytes, Runnable pulse) {
    this.before = before;
    this.scratch = scratch;
    this.scratchBytes = scratchBytes;
    this.pulse = pulse;
    reader = new ListReader(table);
  }

  /**
   * Writes the list of an entry.
   *
   * @return TIDs written
   */
  long write(long entry, boolean withPayloads, RunWriter out) {
    hasPayloads = withPayloads;
    sorter = new TidSorter(scratch, withPayloads, pulse);
    capacity = (int) Math.min(Integer.MAX_VALUE / 2, scratchBytes / sorter.itemBytes());
    from = 0;
    bound = Long.MAX_VALUE;
    isCounted = false;
    long written = 0;
    do {
      gather(entry);
      if (!isAscending) {
        order();
      }
      for (int i = 0; i < count; i++) {
        pass();
        out.tid(sorter.tid(i));
        if (hasPayloads) {
          reader.copyPayload(sorter.place(i), out);
        }
      }
      written += count;
      from = next;
      guess();
    } while (left > 0);
    return written;
  }

  /** Counts a TID that is looked at, of whatever list: few long ones and many short ones pulse. */
  private void pass() {
    if (--untilPulse == 0) {
      untilPulse = TIDS_A_PULSE;
      pulse.run();
    }
  }

  /** Takes the lowest TIDs not written, without repetitions where they come in order. */
  private void gather(long entry) {
    count = 0;
    left = 0;
    next = Long.MAX_VALUE;
    highest = 0;
    isCounting = false;
    isAscending = true;
    long last = -1;
    long tid = before;
    reader.open(entry);
    while (reader.hasMore()) {
      pass();
      long step = reader.number() - 1;
      tid += step >>> 1 ^ -(step & 1);
      long place = 0;
      if (hasPayloads) {
        place = reader.place();
        reader.skipPayload();
      }
      if (tid < from || tid == last) {
        continue;
      }
      highest = Math.max(highest, tid);
      if (tid <= bound && count == capacity) {
        makeRoom();
      }
      if (tid > bound) {
        leave(1, tid);
        continue;
      }
      isAscending &= tid > last;
      last = tid;
      sorter.put(count++, tid, place);
    }
  }

  /**
   * Leaves the upper half of the TIDs taken so far, unless many of them were repetitions; all of
   * them where nothing was known of the list.
   */
  private void makeRoom() {
    order();
    int kept = isCounted ? capacity / 2 : 0;
    if (count > capacity / 2) {
      leave(count - kept, sorter.tid(kept));
      bound = kept == 0 ? -1 : sorter.tid(kept - 1);
      count = kept;
      isCounting = !isCounted;
      isCounted = true;
    }
    // What was taken is in order up to here; whatever follows it is not.
    isAscending = false;
  }

  private void leave(int tids, long lowest) {
    left += tids;
    next = Math.min(next, lowest);
  }

  /** Sorts what was taken, each TID once. */
  private void order() {
    sorter.sort(0, count);
    int kept = 0;
    for (int i = 0; i < count; i++) {
      pass();
      if (i == 0 || sorter.tid(i) != sorter.tid(kept - 1)) {
        sorter.put(kept++, sorter.tid(i), hasPayloads ? sorter.place(i) : 0);
      }
    }
    count = kept;
  }

  /** Guesses the bound of the next pass. */
  private void guess() {
    bound = Long.MAX_VALUE;
    if (left > capacity && (isCounting || count >= LEAST_PART * capacity)) {
      double width = (highest - from + 1) * (GUESSED_PART * capacity / left);
      bound = from + (long) width;
    }
  }
}
