package io.djinn.build;

/** Ends the work of a participant because the build has failed or was cancelled elsewhere. */
final class BuildCancelledException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BuildCancelledException() {
    super("the build has ended", null, false, false);
  }
}
