package io.djinn.gin.entry;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Seeds of random tests: printed, and given again with {@code -Ddjinn.seed}. */
public final class Seeds {
  private Seeds() {}

  /** A generator whose seed is printed with the test's name. */
  public static RandomGenerator random(String test) {
    String given = System.getProperty("djinn.seed", "");
    long seed = given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
    System.out.println(test + ": djinn.seed=" + seed);
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }
}
