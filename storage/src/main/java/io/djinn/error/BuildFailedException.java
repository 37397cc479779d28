package io.djinn.error;

/** A build ended without an index; the cause is the first error, and nothing was left behind. */
public final class BuildFailedException extends DjinnException {
  private static final long serialVersionUID = 1L;

  public BuildFailedException(String message) {
    super(message);
  }

  public BuildFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
