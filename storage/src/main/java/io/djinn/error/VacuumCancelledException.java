package io.djinn.error;

/**
 * A vacuum was cancelled, or its thread interrupted, before it came to its end; what it removed
 * stays removed, and another one does the rest.
 */
public final class VacuumCancelledException extends DjinnException {
  private static final long serialVersionUID = 1L;

  public VacuumCancelledException(String message) {
    super(message);
  }
}
