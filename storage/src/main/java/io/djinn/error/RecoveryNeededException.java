package io.djinn.error;

/**
 * A store that was not closed can not be opened for reading only: redo would need more memory than
 * it may have; opening it for writing once recovers it.
 */
public final class RecoveryNeededException extends DjinnException {
  private static final long serialVersionUID = 1L;

  public RecoveryNeededException(String message) {
    super(message);
  }
}
