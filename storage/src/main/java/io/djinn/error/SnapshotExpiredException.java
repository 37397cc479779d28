package io.djinn.error;

/** The snapshot was given up by the engine to free frames or log; take a new one and ask again. */
public final class SnapshotExpiredException extends DjinnException {
  private static final long serialVersionUID = 1L;

  public SnapshotExpiredException(String message) {
    super(message);
  }

  public SnapshotExpiredException(String message, Throwable cause) {
    super(message, cause);
  }
}
