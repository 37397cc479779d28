package io.djinn.build;

import io.djinn.file.Agent;
import io.djinn.file.EngineThread;
import io.djinn.file.Env;
import io.djinn.file.Vfs;
import io.djinn.memory.MemorySource;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;

/** Another environment whose memory is counted, and can not be had at the n-th time. */
final class CountedMemory implements Env, MemorySource {
  private final Env env;
  private final Set<Long> blocks = new HashSet<>();
  private long left = Long.MAX_VALUE;
  private boolean isForEver;
  private boolean hasFailed;

  CountedMemory(Env env) {
    this.env = env;
  }

  /** Fails the n-th allocation from now on, or that one and all later ones. */
  void failAt(long nth, boolean forEver) {
    left = nth;
    isForEver = forEver;
    hasFailed = false;
  }

  /** Fails none from now on; whether one has failed. */
  boolean lift() {
    left = Long.MAX_VALUE;
    return hasFailed;
  }

  int blocks() {
    return blocks.size();
  }

  @Override
  public long allocate(long sizeBytes) {
    if (--left == 0) {
      hasFailed = true;
      left = isForEver ? 1 : Long.MAX_VALUE;
      throw new OutOfMemoryError("simulated");
    }
    long address = NATIVE.allocate(sizeBytes);
    blocks.add(address);
    return address;
  }

  @Override
  public void free(long address) {
    if (!blocks.remove(address)) {
      throw new AssertionError("a block was freed twice");
    }
    NATIVE.free(address);
  }

  @Override
  public MemorySource memory() {
    return this;
  }

  @Override
  public Vfs vfs() {
    return env.vfs();
  }

  @Override
  public long nanoTime() {
    return env.nanoTime();
  }

  @Override
  public long randomLong() {
    return env.randomLong();
  }

  @Override
  public EngineThread start(String name, Agent agent) {
    return env.start(name, agent);
  }

  @Override
  public <T> T call(String name, Callable<T> task) {
    return env.call(name, task);
  }
}
