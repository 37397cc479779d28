package io.djinn.build;

/** Hears of a build's progress; called by the thread that runs the build. */
public interface BuildListener {
  /** Hears nothing. */
  BuildListener SILENT = new BuildListener() {};

  /**
   * @param done of the phase's work: blocks scanned, or bytes merged
   * @param total of the phase's work
   */
  default void progress(BuildPhase phase, long done, long total) {}

  /** One event in words; called by any thread of the build. */
  default void event(String text) {}
}
