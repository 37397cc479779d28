package io.djinn.build;

/** Hears of a build's progress. */
public interface BuildListener {
  /** Hears nothing. */
  BuildListener SILENT = new BuildListener() {};

  /** How far the build is, now and then; called by the thread that runs the build. */
  default void progress(BuildProgress progress) {}

  /** Something was done; called by any thread of the build. */
  default void event(BuildEvent event) {}
}
