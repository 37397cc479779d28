package io.djinn.api;

import io.djinn.batch.SyncMode;

/**
 * When a commit returns, and what a crash can take.
 *
 * <p>Whatever the mode, what a crash leaves is a prefix of the commit order, in whole batches.
 *
 * <ul>
 *   <li>{@link #sync()}: returns when the log is synced; a kill or power cut loses nothing that was
 *       acknowledged. The default.
 *   <li>{@link #group}: the same, but the sync may wait up to the given time for company.
 *   <li>{@link #async}: returns when the records are appended and every earlier batch has met its
 *       own mode; a kill or power cut loses at most the batches of the last given time.
 *   <li>{@link #none}: as {@link #async}, but nothing is synced for its sake. A kill or power cut
 *       leaves at least what the last {@link Djinn#checkpoint()}, the last {@link Djinn#close()} or
 *       a later synced commit covered, and may lose everything after it.
 * </ul>
 *
 * <p>All of this takes a disk that keeps what a sync reported as done. A sync or a write of the log
 * that <em>fails</em> is never tried again, in any mode: the operating system may have dropped the
 * bytes and call the next sync a success. The store is sealed: commits that wait and all later ones
 * throw {@link io.djinn.error.StoreSealedException} with the first cause, nothing more becomes
 * visible, and reads go on. A commit that failed while it waited is there wholly or not at all when
 * the store is opened again, and so is each batch of {@link #async} or {@link #none} that no
 * finished sync covered; every batch that was acknowledged as synced is there.
 */
public final class Durability {
  /** The longest time {@link #group} and {@link #async} take, milliseconds. */
  public static final int MAX_MILLIS = 60_000;

  private static final Durability SYNC = new Durability(SyncMode.SYNC, 0);
  private static final Durability NONE = new Durability(SyncMode.NONE, 0);

  private final SyncMode mode;
  private final int millis;

  private Durability(SyncMode mode, int millis) {
    this.mode = mode;
    this.millis = millis;
  }

  public static Durability sync() {
    return SYNC;
  }

  /**
   * @param millis 0 to {@link #MAX_MILLIS}
   */
  public static Durability group(int millis) {
    return new Durability(SyncMode.GROUP, checked("GROUP", millis));
  }

  /**
   * @param millis 0 to {@link #MAX_MILLIS}
   */
  public static Durability async(int millis) {
    return new Durability(SyncMode.ASYNC, checked("ASYNC", millis));
  }

  public static Durability none() {
    return NONE;
  }

  private static int checked(String name, int millis) {
    if (millis < 0 || millis > MAX_MILLIS) {
      throw new IllegalArgumentException(
          name + "(" + millis + " ms): the time must be 0 to " + MAX_MILLIS + " ms");
    }
    return millis;
  }

  SyncMode mode() {
    return mode;
  }

  long nanos() {
    return millis * 1_000_000L;
  }

  /** Whether this mode promises at least what another one does. */
  boolean isAtLeast(Durability other) {
    return mode.compareTo(other.mode) < 0 || mode == other.mode && millis <= other.millis;
  }

  @Override
  public String toString() {
    return mode == SyncMode.SYNC || mode == SyncMode.NONE ? mode.name() : mode + "(" + millis + ")";
  }
}
