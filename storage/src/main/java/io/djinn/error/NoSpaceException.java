package io.djinn.error;

/**
 * Space could not be allocated; nothing has changed, and writing works again once space is freed.
 */
public final class NoSpaceException extends DjinnException {
  private static final long serialVersionUID = 1L;

  public NoSpaceException(String message) {
    super(message);
  }

  public NoSpaceException(String message, Throwable cause) {
    super(message, cause);
  }
}
