package io.djinn.error;

/** A store that was opened for reading only was asked to change something; nothing has changed. */
public final class ReadOnlyStoreException extends DjinnException {
  private static final long serialVersionUID = 1L;

  public ReadOnlyStoreException(String message) {
    super(message);
  }
}
