package io.djinn.error;

/** A batch touches more pages than half of the frame memory; nothing has changed. */
public final class BatchTooLargeException extends DjinnException {
  private static final long serialVersionUID = 1L;

  public BatchTooLargeException(String message) {
    super(message);
  }

  public BatchTooLargeException(String message, Throwable cause) {
    super(message, cause);
  }
}
