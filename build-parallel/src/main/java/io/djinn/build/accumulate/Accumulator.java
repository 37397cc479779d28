package io.djinn.build.accumulate;

import io.djinn.memory.MemoryAccount;

/**
 * One participant's rows on their way into runs: keys gather in a batch, batches enter the table,
 * and the table is spilled when it is full or its interval of TIDs ends.
 *
 * <p>A run is cut between two rows as long as a row fits in what an almost full table has left.
 */
public final class Accumulator implements AutoCloseable {
  /** Writes what the table holds as one run. */
  @FunctionalInterface
  public interface Spill {
    void write(KeyTable table);
  }

  private final KeyTable table;
  private final KeyBatch batch;
  private final Spill spill;

  /**
   * @param limits what rows may give
   * @param arenaBytes of the table
   */
  public Accumulator(MemoryAccount account, KeyLimits limits, long arenaBytes, Spill spill) {
    this.spill = spill;
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
      spill();
    }
  }

  private void drain() {
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
        spill();
      }
    }
    batch.clear();
  }

  private void spill() {
    spill.write(table);
    table.reset();
  }

  @Override
  public void close() {
    batch.close();
    table.close();
  }
}
