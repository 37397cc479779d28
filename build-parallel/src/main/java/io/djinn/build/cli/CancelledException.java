package io.djinn.build.cli;

/** The user asked for the end of the command. */
final class CancelledException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CancelledException() {
    super("interrupted", null, false, false);
  }
}
