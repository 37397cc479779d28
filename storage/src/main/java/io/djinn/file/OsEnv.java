package io.djinn.file;

import java.security.SecureRandom;
import java.util.concurrent.Callable;

/** The real world: a directory of the operating system, its clock, and real threads. */
public final class OsEnv implements Env {
  private final Vfs vfs;
  private final SecureRandom random = new SecureRandom();

  public OsEnv(Vfs vfs) {
    this.vfs = vfs;
  }

  @Override
  public Vfs vfs() {
    return vfs;
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public long randomLong() {
    return random.nextLong();
  }

  @Override
  public EngineThread start(String name, Agent agent) {
    return AgentThread.start(name, agent);
  }

  @Override
  public <T> T call(String name, Callable<T> task) {
    return OwnedThread.call(name, task);
  }
}
