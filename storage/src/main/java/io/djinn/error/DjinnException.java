package io.djinn.error;

/** What the engine throws for anything that is not a mistake in the caller's arguments. */
public class DjinnException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public DjinnException(String message) {
    super(message);
  }

  public DjinnException(String message, Throwable cause) {
    super(message, cause);
  }
}
