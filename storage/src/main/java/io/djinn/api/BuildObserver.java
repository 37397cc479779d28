package io.djinn.api;

/**
 * Hears what a build's calls cost in the engine; called by the thread that made the call, which
 * waits meanwhile.
 */
public interface BuildObserver {
  /** Hears nothing. */
  BuildObserver NONE =
      new BuildObserver() {
        @Override
        public void beginWait(BuildWait cause) {}

        @Override
        public void endWait(BuildWait cause) {}

        @Override
        public void logged(long bytes) {}
      };

  void beginWait(BuildWait cause);

  void endWait(BuildWait cause);

  /** A batch of the build added so many bytes to the log. */
  void logged(long bytes);

  /** A long call goes on: heard now and then, so that whoever waits for its end may look around. */
  default void goesOn() {}

  /** Waits. */
  default void during(BuildWait cause, Runnable wait) {
    beginWait(cause);
    try {
      wait.run();
    } finally {
      endWait(cause);
    }
  }
}
