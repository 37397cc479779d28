package io.djinn.testkit;

/**
 * The power is cut, or the process killed: nothing this process does from here on has an effect.
 */
public final class SimulatedCrash extends Error {
  private static final long serialVersionUID = 1L;

  public SimulatedCrash(String message) {
    super(message);
  }
}
