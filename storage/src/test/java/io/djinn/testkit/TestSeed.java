package io.djinn.testkit;

import java.util.SplittableRandom;

/**
 * The seed of a random test: a fresh one, or the one in the system property {@code djinn.seed};
 * printed, so that a failing run can be repeated.
 */
public final class TestSeed {
  private static final String PROPERTY = "djinn.seed";

  private TestSeed() {}

  /** The seed to use, after printing it with the name of the test. */
  public static long forTest(String test) {
    String given = System.getProperty(PROPERTY, "");
    long seed = given.isBlank() ? new SplittableRandom().nextLong() : Long.parseLong(given.trim());
    System.out.println(test + ": -D" + PROPERTY + "=" + seed);
    return seed;
  }
}
