package io.djinn.testkit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A file or a directory of a simulated disk: what the cache shows, what is durable, and the effects
 * that make the difference, in order.
 */
abstract sealed class SimNode permits SimFile, SimDirectory {
  final List<SimEffect> effects = new ArrayList<>();
  private boolean failsLate;

  /** Makes one effect durable. */
  abstract void harden(SimEffect effect);

  /** Makes the cache show what is durable. */
  abstract void revert();

  /** Whether a plain data sync covers the effect. */
  abstract boolean isMetadata(SimEffect effect);

  /** Syncs, or fails as asked; {@code failure} is null for a sync that works. */
  final void sync(boolean metadata, SyncFailure failure, long partSeed) throws IOException {
    if (failsLate) {
      failsLate = false;
      throw new IOException("Input/output error (simulated, of an earlier sync)");
    }
    if (failure == null) {
      hardenAll(metadata);
      return;
    }
    if (partSeed != 0) {
      hardenPart(new SplittableRandom(partSeed));
    }
    switch (failure) {
      case KEPT_DIRTY:
        break;
      case MARKED_CLEAN:
        effects.clear();
        break;
      case REVERTED:
        effects.clear();
        revert();
        break;
      case REPORTED_LATE:
        effects.clear();
        failsLate = true;
        return;
    }
    throw new IOException("Input/output error (simulated " + failure + ")");
  }

  void hardenAll(boolean metadata) {
    List<SimEffect> left = new ArrayList<>();
    for (SimEffect effect : effects) {
      if (metadata || !isMetadata(effect)) {
        harden(effect);
      } else {
        left.add(effect);
      }
    }
    effects.clear();
    effects.addAll(left);
  }

  private void hardenPart(SplittableRandom random) {
    List<SimEffect> left = new ArrayList<>();
    for (SimEffect effect : effects) {
      if (random.nextBoolean()) {
        harden(effect);
      } else {
        left.add(effect);
      }
    }
    effects.clear();
    effects.addAll(left);
  }
}
