package io.djinn.nativetests;

import io.djinn.file.Agent;
import io.djinn.file.EngineThread;
import io.djinn.file.Env;
import io.djinn.file.OsEnv;
import io.djinn.file.Vfs;
import io.djinn.memory.MemorySource;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The real world, with every block of off-heap memory that a store takes from it counted. */
final class CountedEnv implements Env {
  private final Env env;
  private final ConcurrentHashMap<Long, Long> sizes = new ConcurrentHashMap<>();
  private final AtomicLong bytes = new AtomicLong();

  private final MemorySource memory =
      new MemorySource() {
        @Override
        public long allocate(long sizeBytes) {
          long address = NATIVE.allocate(sizeBytes);
          sizes.put(address, sizeBytes);
          bytes.addAndGet(sizeBytes);
          return address;
        }

        @Override
        public void free(long address) {
          // Before: the next block may get the same address.
          bytes.addAndGet(-sizes.remove(address));
          NATIVE.free(address);
        }
      };

  CountedEnv(Vfs vfs) {
    env = new OsEnv(vfs);
  }

  /** Off-heap bytes that are allocated now. */
  long offHeapBytes() {
    return bytes.get();
  }

  @Override
  public MemorySource memory() {
    return memory;
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
