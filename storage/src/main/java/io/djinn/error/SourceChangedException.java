package io.djinn.error;

/** A row source is no longer the file the index was built from. */
public final class SourceChangedException extends DjinnException {
  private static final long serialVersionUID = 1L;

  public SourceChangedException(String message) {
    super(message);
  }

  public SourceChangedException(String message, Throwable cause) {
    super(message, cause);
  }
}
