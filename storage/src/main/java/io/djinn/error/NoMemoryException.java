package io.djinn.error;

/** Off-heap memory could not be allocated; the operation has changed nothing. */
public final class NoMemoryException extends DjinnException {
  private static final long serialVersionUID = 1L;

  public NoMemoryException(String message, Throwable cause) {
    super(message, cause);
  }
}
