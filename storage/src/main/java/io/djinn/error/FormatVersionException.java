package io.djinn.error;

/** The directory holds no Djinn store, or one of a format this version does not read. */
public final class FormatVersionException extends DjinnException {
  private static final long serialVersionUID = 1L;

  public FormatVersionException(String message) {
    super(message);
  }

  public FormatVersionException(String message, Throwable cause) {
    super(message, cause);
  }
}
