package io.djinn.gin.posting;

import java.util.Random;

/** The seed of a test's random numbers: printed, and set by the system property djinn.seed. */
final class TestSeed {
  private TestSeed() {}

  static Random random(String test) {
    String given = System.getProperty("djinn.seed", "");
    long seed = given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
    System.out.println(test + ": -Ddjinn.seed=" + seed);
    return new Random(seed);
  }
}
