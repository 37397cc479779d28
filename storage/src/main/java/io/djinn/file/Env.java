package io.djinn.file;

import java.util.concurrent.Callable;

/** Files, time and threads of one store, so that a test can replace all of them together. */
public interface Env {
  Vfs vfs();

  long nanoTime();

  /** A random number for identities; not for security. */
  long randomLong();

  /** Starts an engine-owned thread that runs an agent until closed. */
  EngineThread start(String name, Agent agent);

  /**
   * Runs a task on an engine-owned thread and waits for it without giving in to an interrupt, which
   * is kept for the caller. What the task throws is thrown here.
   */
  <T> T call(String name, Callable<T> task);
}
