package io.djinn.error;

/** The file rows come from can not be read: it is not there, not a file, or not whole. */
public final class SourceUnreadableException extends DjinnException {
  private static final long serialVersionUID = 1L;

  public SourceUnreadableException(String message) {
    super(message);
  }

  public SourceUnreadableException(String message, Throwable cause) {
    super(message, cause);
  }
}
