package io.djinn.build.accumulate;

import io.djinn.build.work.BuildWork;
import io.djinn.build.work.WorkMeter;
import io.djinn.memory.MemoryAccount;

/**
 * One participant's rows on their way into runs: keys gather in a batch, batches enter the table,
 * and the table is spilled when it is full or its interval of TIDs ends.
 *
 * <p>A run is cut between two rows as long as a row fits in what an almost full table has left.
 *
 * <p>Rows should come in the order of their TIDs. A row below the one before cuts the run, so that
 * runs of a source that wraps round stay ascending; but once some runs were cut when they were
 * hardly begun, the table takes rows in any order, and goes on so until one is filled without a
 * step back. So, but for the first few runs, two that follow each other fill an arena together,
 * however the rows come. A row that is given again right behind itself cuts nothing.
 */
public final class Accumulator implements AutoCloseable {
  /** Writes what the table holds as one run. */
  @FunctionalInterface
  public interface Spill {
    void write(KeyTable table);
  }

  /** Runs that may be cut hardly begun before tables take rows in any order. */
  private static final int FREE_CUTS = 4;

  private static final long NO_TID = -1;

  private final KeyTable table;
  private final KeyBatch batch;
  private final Spill spill;
  private final WorkMeter meter;
  private final boolean hasPayloads;
  private long lastTid = NO_TID;
  private boolean isRepeated;
  private int earlyCuts;

  /** Rows below the one before, since it was last decided how the table takes them. */
  private long stepsBack;

  /**
   * @param limits what rows may give
   * @param arenaBytes of the table
   * @param meter of the thread whose rows these are
   */
  public Accumulator(
      MemoryAccount account, KeyLimits limits, long arenaBytes, Spill spill, WorkMeter meter) {
    this.spill = spill;
    this.meter = meter;
    hasPayloads = limits.hasPayloads();
    batch = new KeyBatch(account, limits, this::drain);
    try {
      table = new KeyTable(account, arenaBytes, limits.keepsPayloads());
    } catch (Throwable t) {
      batch.close();
      throw t;
    }
  }

  /** Where the keys of a row go, after {@link KeyBatch#begin}. */
  public KeyBatch batch() {
    return batch;
  }

  /** The keys that follow are of the row at a TID. */
  public void beginRow(long tid) {
    batch.beginRow();
    if (tid > lastTid) {
      lastTid = tid;
      if (isRepeated) {
        repeated(false);
      }
    } else {
      beginRowOutOfOrder(tid);
    }
  }

  private void beginRowOutOfOrder(long tid) {
    boolean isSame = tid == lastTid;
    if (hasPayloads && isRepeated != isSame) {
      repeated(isSame);
    }
    lastTid = tid;
    if (isSame) {
      return;
    }
    stepsBack++;
    if (!table.isDisordered()) {
      drain();
      if (!table.isEmpty()) {
        boolean isEarly = table.isHardlyBegun() && ++earlyCuts > FREE_CUTS;
        spill(isEarly);
        stepsBack = 0;
      }
    }
  }

  /** Keys of the rows before enter the table as they did, those of the next one otherwise. */
  private void repeated(boolean value) {
    drain();
    isRepeated = value;
    table.rowIsRepeated(value);
  }

  /** The rows that follow are of another part of the source: they get runs of their own. */
  public void beginPart() {
    cut();
    lastTid = NO_TID;
  }

  /** All keys of a row were handed over. */
  public void endRow() {
    if (table.isNearlyFull()) {
      cut();
    }
  }

  /** Ends the present run, if it holds anything. */
  public void cut() {
    drain();
    if (!table.isEmpty()) {
      spill(table.isDisordered() && stepsBack > 0);
    }
    stepsBack = 0;
  }

  /** Empties the batch into the table. */
  private void drain() {
    BuildWork before = meter.turnTo(BuildWork.ACCUMULATE);
    addBatch();
    meter.turnTo(before);
  }

  private void addBatch() {
    int count = batch.count();
    int i = 0;
    while (i < count) {
      if (table.isEmpty()) {
        table.base(batch.tid(i));
      }
      i = table.add(batch, i);
      if (i < count) {
        if (table.isEmpty()) {
          throw new IllegalStateException("a key does not fit the arena of a participant");
        }
        // Keys are left over: they and what follows them must suit the next table.
        spill(table.isDisordered() && stepsBack > 0);
        stepsBack = batch.stepsBack(i);
      }
    }
    batch.clear();
  }

  private void spill(boolean disorderedNext) {
    spill.write(table);
    table.reset(disorderedNext);
  }

  @Override
  public void close() {
    batch.close();
    table.close();
  }
}
