package io.djinn.error;

/** The directory is open, in this process or in another one. */
public final class AlreadyOpenException extends DjinnException {
  private static final long serialVersionUID = 1L;

  public AlreadyOpenException(String message) {
    super(message);
  }

  public AlreadyOpenException(String message, Throwable cause) {
    super(message, cause);
  }
}
