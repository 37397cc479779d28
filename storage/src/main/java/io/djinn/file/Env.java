package io.djinn.file;

import io.djinn.memory.MemorySource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/**
 * Files, time, memory and threads of one store, so that a test can replace all of them together.
 */
public interface Env {
  Vfs vfs();

  /**
   * A directory of this user in another one, which others may write to; made where there is none.
   * Neither it nor a directory inside is followed through a link. Whoever asked closes it.
   */
  default Vfs directory(Path path) throws IOException {
    return OsVfs.createAmongOthers(path);
  }

  /** Where the store's off-heap memory comes from. */
  default MemorySource memory() {
    return MemorySource.NATIVE;
  }

  long nanoTime();

  /** A random number for identities; not for security. */
  long randomLong();

  /** Starts an engine-owned thread that runs an agent until closed. */
  EngineThread start(String name, Agent agent);

  /**
   * Runs a task on an engine-owned thread and waits for it without giving in to an interrupt, which
   * is kept for the caller. An unchecked exception of the task is thrown here as it is, an {@link
   * java.io.IOException} inside an {@link java.io.UncheckedIOException}, any other checked one
   * inside a {@link io.djinn.error.DjinnException}.
   */
  <T> T call(String name, Callable<T> task);

  /**
   * Lets other threads run for about a time, for one that looks again and again whether it may go
   * on; may return early, and does where the thread is interrupted.
   */
  default void pause(long nanos) {
    LockSupport.parkNanos(nanos);
  }
}
