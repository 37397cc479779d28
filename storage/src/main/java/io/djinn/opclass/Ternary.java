package io.djinn.opclass;

/** The three values of a decision from keys that are absent, present or not yet known. */
public final class Ternary {
  public static final byte NO = 0;
  public static final byte YES = 1;
  public static final byte MAYBE = 2;

  private Ternary() {}
}
