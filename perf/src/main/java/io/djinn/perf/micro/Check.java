package io.djinn.perf.micro;

/** Ends a benchmark whose result is wrong. */
final class Check {
  private Check() {}

  static void that(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException("wrong result: " + what);
    }
  }

  static void equal(long expected, long found, String what) {
    if (expected != found) {
      throw new IllegalStateException(
          "wrong result: " + what + ": found " + found + ", expected " + expected);
    }
  }
}
