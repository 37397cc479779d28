package io.djinn.build.work;

import java.util.function.LongSupplier;

/**
 * Divides the time one thread works into kinds of work; belongs to that thread.
 *
 * <p>A kind that takes turns with another too often to look at the clock each time is measured by
 * sample: its time is counted as the other's but for one turn in so many, which then stands for all
 * of them. What all kinds took together is exact.
 */
public final class WorkMeter {
  private final LongSupplier clock;
  private final long[] nanos = new long[BuildWork.values().length];

  /** What the thread is at; null while it does not work. */
  private BuildWork present;

  private long since;

  /**
   * @param clock in nanoseconds
   */
  public WorkMeter(LongSupplier clock) {
    this.clock = clock;
  }

  /**
   * The thread turns to other work.
   *
   * @param next what it does from now on; null for nothing
   * @return what it did before
   */
  public BuildWork turnTo(BuildWork next) {
    return turnTo(next, clock.getAsLong());
  }

  /** Turns to other work at a time that the clock has just told. */
  public BuildWork turnTo(BuildWork next, long now) {
    BuildWork before = present;
    if (before != null) {
      nanos[before.ordinal()] += now - since;
    }
    present = next;
    since = now;
    return before;
  }

  /**
   * Turns to work of which one turn in so many is measured; to be ended by {@link #endSample}.
   *
   * @return what is to be given to that
   */
  public long beginSample(BuildWork kind) {
    turnTo(kind);
    return nanos[kind.ordinal()];
  }

  /**
   * Turns back from a sample, which stands for other turns that were counted otherwise: as many
   * times its time goes from that to its kind, and never more than there is.
   *
   * @param begun what {@link #beginSample} gave
   * @param oneIn one turn in so many is measured
   * @param countedAs what the others were counted as, and what the thread turns back to
   */
  public void endSample(long begun, int oneIn, BuildWork countedAs) {
    BuildWork kind = turnTo(countedAs);
    long others =
        Math.min(
            (nanos[kind.ordinal()] - begun) * (oneIn - 1), Math.max(0, nanos[countedAs.ordinal()]));
    nanos[kind.ordinal()] += others;
    nanos[countedAs.ordinal()] -= others;
  }

  /** Time spent so far at one kind of work. */
  public long nanos(BuildWork kind) {
    return nanos[kind.ordinal()];
  }
}
