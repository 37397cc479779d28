package io.djinn.error;

/**
 * An index is asked for something it can not do yet: it is being built, and takes writes only, or a
 * snapshot is older than the batch that made it visible.
 */
public final class IndexNotReadyException extends DjinnException {
  private static final long serialVersionUID = 1L;

  public IndexNotReadyException(String message) {
    super(message);
  }
}
