package io.djinn.error;

/** The store was closed before or while the call ran. */
public final class StoreClosedException extends DjinnException {
  private static final long serialVersionUID = 1L;

  public StoreClosedException(String message) {
    super(message);
  }

  public StoreClosedException(String message, Throwable cause) {
    super(message, cause);
  }
}
