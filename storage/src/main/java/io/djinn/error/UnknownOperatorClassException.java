package io.djinn.error;

/**
 * An index is of an operator class that this JVM does not have: the index can be listed, checked
 * and dropped, not used.
 */
public final class UnknownOperatorClassException extends DjinnException {
  private static final long serialVersionUID = 1L;

  public UnknownOperatorClassException(String message) {
    super(message);
  }
}
