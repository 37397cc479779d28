package io.djinn.error;

/** A row can not be read or does not have the shape an operator class takes. */
public final class InvalidRowException extends DjinnException {
  private static final long serialVersionUID = 1L;

  public InvalidRowException(String message) {
    super(message);
  }

  public InvalidRowException(String message, Throwable cause) {
    super(message, cause);
  }
}
