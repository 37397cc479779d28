package io.djinn.build;

/** Measures for how long fewer than two participants worked at the same time. */
final class ActivityMeter {
  private int working;
  private long lonelyNanos;
  private long since;

  ActivityMeter(long now) {
    since = now;
  }

  synchronized void enter(long now) {
    pass(now);
    working++;
  }

  synchronized void leave(long now) {
    pass(now);
    working--;
  }

  private void pass(long now) {
    if (working < 2) {
      lonelyNanos += now - since;
    }
    since = now;
  }

  synchronized long lonelyNanos(long now) {
    pass(now);
    return lonelyNanos;
  }
}
