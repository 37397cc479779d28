package io.djinn.api;

/** A wish, from any thread, that work which was given this token ends soon; it stays wished. */
public final class CancelToken {
  private volatile boolean isCancelled;

  /** Asks for the end; returns at once. */
  public void cancel() {
    isCancelled = true;
  }

  public boolean isCancelled() {
    return isCancelled;
  }
}
