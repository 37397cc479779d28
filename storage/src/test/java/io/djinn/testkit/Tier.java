package io.djinn.testkit;

import java.util.Locale;

/**
 * How much of the proof a run of the tests is: a tenth of every family's count, all of it, or all
 * of it again and again with other seeds for a number of minutes.
 */
public enum Tier {
  QUICK,
  PROOF,
  NIGHTLY;

  private static final int QUICK_DIVISOR = 10;

  /** Families that repeat in a nightly run; the minutes are divided among them. */
  private static final int NIGHTLY_SHARES = 20;

  private static final double DEFAULT_MINUTES = 120;

  /** One round of a family. */
  @FunctionalInterface
  public interface Round {
    void run(long seed) throws Exception;
  }

  /** The tier of this run: the system property {@code djinn.tier}. */
  public static Tier current() {
    return valueOf(System.getProperty("djinn.tier", "quick").toUpperCase(Locale.ROOT));
  }

  /** What this tier asks of a family's full count. */
  public long atLeast(long fullCount) {
    return this == QUICK ? (fullCount + QUICK_DIVISOR - 1) / QUICK_DIVISOR : fullCount;
  }

  /** This tier's share of a full count, for loops. */
  public int count(int fullCount) {
    return Math.toIntExact(atLeast(fullCount));
  }

  /**
   * Runs a family's round once; in a nightly run again with other seeds until its share of the
   * minutes ({@code djinn.minutes}) is used.
   */
  public void rounds(long seed, Round round) throws Exception {
    long end = System.nanoTime() + (long) (minutes() * 60e9 / NIGHTLY_SHARES);
    long next = seed;
    do {
      round.run(next);
      next = next * 0x5851F42D4C957F2DL + 0x14057B7EF767814FL;
    } while (this == NIGHTLY && System.nanoTime() < end);
  }

  private static double minutes() {
    String minutes = System.getProperty("djinn.minutes", "");
    return minutes.isEmpty() ? DEFAULT_MINUTES : Double.parseDouble(minutes);
  }
}
