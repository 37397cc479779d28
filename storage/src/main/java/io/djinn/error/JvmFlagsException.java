package io.djinn.error;

/** The JVM lacks flags the engine needs; the message gives the exact line. */
public final class JvmFlagsException extends DjinnException {
  private static final long serialVersionUID = 1L;

  public JvmFlagsException(String message) {
    super(message);
  }

  public JvmFlagsException(String message, Throwable cause) {
    super(message, cause);
  }
}
