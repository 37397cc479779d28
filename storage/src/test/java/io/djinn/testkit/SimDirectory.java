package io.djinn.testkit;

import java.util.List;
import java.util.TreeMap;

/** A directory of a simulated disk. */
final class SimDirectory extends SimNode {
  TreeMap<String, SimNode> cached = new TreeMap<>();
  final TreeMap<String, SimNode> durable = new TreeMap<>();

  /** Changes names now, and on the disk when synced. */
  void change(SimEffect.Name change) {
    change.applyTo(cached);
    effects.add(change);
  }

  @Override
  void harden(SimEffect effect) {
    SimEffect.Name change = (SimEffect.Name) effect;
    SimEffect.Name first = change.first;
    if (first != null && !first.hardened) {
      first.node().hardenUpTo(first);
    }
    if (first == null || first.hardened) {
      change.applyTo(durable);
      change.hardened = true;
    }
  }

  /** Hardens what came before a change and the change itself, where it is not lost. */
  private void hardenUpTo(SimEffect.Name change) {
    List<SimEffect> earlier = effects.subList(0, effects.indexOf(change) + 1);
    for (SimEffect effect : List.copyOf(earlier)) {
      harden(effect);
    }
    earlier.clear();
  }

  @Override
  void revert() {
    cached = new TreeMap<>(durable);
  }

  @Override
  boolean isMetadata(SimEffect effect) {
    return true;
  }
}
