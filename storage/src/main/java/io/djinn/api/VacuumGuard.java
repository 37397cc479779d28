package io.djinn.api;

import java.util.concurrent.atomic.AtomicReference;

/** What an index refuses while it is vacuumed: another vacuum, and inserts of TIDs called dead. */
final class VacuumGuard {
  /** Of a vacuum that has only a predicate: what that calls dead is not known beforehand. */
  private static final TidSet UNKNOWN = TidSet.of();

  private final AtomicReference<TidSet> dead = new AtomicReference<>();

  /**
   * Begins a vacuum.
   *
   * @param tids the dead ones, or null
   */
  void begin(String index, TidSet tids) {
    if (!dead.compareAndSet(null, tids == null ? UNKNOWN : tids)) {
      throw new IllegalStateException("index \"" + index + "\" is being vacuumed already");
    }
  }

  void end() {
    dead.set(null);
  }

  /** Whether a vacuum has begun that has not ended. */
  boolean isBusy() {
    return dead.get() != null;
  }

  /** Whether any insert may have to be refused. */
  boolean isUp() {
    TidSet tids = dead.get();
    return tids != null && tids.count() > 0;
  }

  void requireInsertable(String index, long tid) {
    TidSet tids = dead.get();
    if (tids != null && tids.contains(tid)) {
      throw new IllegalStateException(
          "TID "
              + tid
              + " is dead: index \""
              + index
              + "\" is being vacuumed of it, and takes it again when that has ended");
    }
  }
}
