package io.djinn.build;

import io.djinn.build.merge.RangeLoader;
import io.djinn.build.merge.RangeLoaderFactory;
import io.djinn.memory.MemoryAccount;

/**
 * Loads into memory as {@link MemoryLoaders} does, but plans with so much that runs are combined.
 */
final class HungryLoaders implements RangeLoaderFactory {
  private final MemoryLoaders loaders = new MemoryLoaders();
  private final long workBytes;

  HungryLoaders(long workBytes) {
    this.workBytes = workBytes;
  }

  MemoryLoaders loaders() {
    return loaders;
  }

  @Override
  public long workBytes() {
    return workBytes;
  }

  @Override
  public long leastWorkBytes() {
    return 0;
  }

  @Override
  public RangeLoader open(int range, MemoryAccount account) {
    return loaders.open(range, account);
  }

  @Override
  public RangeLoader openPart(int range, int part, MemoryAccount account) {
    return loaders.openPart(range, part, account);
  }

  @Override
  public void complete(int[] inKeyOrder, MemoryAccount account) {
    loaders.complete(inKeyOrder, account);
  }
}
