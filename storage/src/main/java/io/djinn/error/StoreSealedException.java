package io.djinn.error;

/**
 * After a failure that makes further writing unsafe the store only reads; the cause is the first
 * failure.
 */
public final class StoreSealedException extends DjinnException {
  private static final long serialVersionUID = 1L;

  public StoreSealedException(String message) {
    super(message);
  }

  public StoreSealedException(String message, Throwable cause) {
    super(message, cause);
  }
}
