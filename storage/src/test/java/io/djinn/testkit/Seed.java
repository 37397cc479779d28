package io.djinn.testkit;

import java.util.Random;

/**
 * The seed of a random test: printed, so that a failure can be repeated with {@code djinn.seed}.
 */
public final class Seed {
  private Seed() {}

  /**
   * @param test shown beside the seed
   */
  public static Random random(String test) {
    String given = System.getProperty("djinn.seed", "");
    long seed = given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
    System.out.println(test + ": -Ddjinn.seed=" + seed);
    return new Random(seed);
  }
}
