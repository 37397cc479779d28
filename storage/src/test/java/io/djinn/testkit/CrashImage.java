package io.djinn.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The disk a power cut leaves: what was durable, and the effects a mode and a seed choose from
 * those that were not. Contents are shared with the disk it comes from.
 *
 * <p>Effects that stay are put on in their order. That loses nothing: whatever order the disk wrote
 * in, each sector ends as it was or as one of the writes left it, and dropping the later ones gives
 * each of these.
 */
final class CrashImage {
  private final SplittableRandom random;
  private final Map<SimNode, List<SimEffect>> chosen = new IdentityHashMap<>();
  private final Map<SimNode, SimNode> images = new IdentityHashMap<>();

  private CrashImage(long seed) {
    random = new SplittableRandom(seed);
  }

  static SimDisk of(SimDisk disk, CrashMode mode, long seed) {
    CrashImage image = new CrashImage(seed);
    List<SimEffect> effects = unsynced(disk);
    for (SimEffect effect : wholeRenames(image.choose(effects, mode))) {
      image.chosen.computeIfAbsent(effect.node(), node -> new ArrayList<>()).add(effect);
    }
    SimDisk result = new SimDisk((SimDirectory) image.imageOf(disk.root), disk.mapCapacityBytes);
    result.quotaBytes = disk.quotaBytes;
    return result;
  }

  /** The effects on everything that has a name, now or on the disk, in order. */
  static List<SimEffect> unsynced(SimDisk disk) {
    List<SimEffect> effects = new ArrayList<>();
    collect(disk.root, effects, Collections.newSetFromMap(new IdentityHashMap<>()));
    effects.sort(Comparator.comparingLong(SimEffect::operation));
    return effects;
  }

  private static void collect(SimNode node, List<SimEffect> effects, Set<SimNode> seen) {
    if (!seen.add(node)) {
      return;
    }
    effects.addAll(node.effects);
    if (node instanceof SimDirectory) {
      SimDirectory directory = (SimDirectory) node;
      directory.cached.values().forEach(child -> collect(child, effects, seen));
      directory.durable.values().forEach(child -> collect(child, effects, seen));
      for (SimEffect effect : directory.effects) {
        SimNode target = ((SimEffect.Name) effect).target;
        if (target != null) {
          collect(target, effects, seen);
        }
      }
    }
  }

  private List<SimEffect> choose(List<SimEffect> all, CrashMode mode) {
    if (all.isEmpty()) {
      return all;
    }
    switch (mode) {
      case NONE:
        return List.of();
      case ALL:
        return all;
      case LAST_ONLY:
        long last = all.get(all.size() - 1).operation();
        return where(all, effect -> effect.operation() == last);
      case DROP_ONE:
        long dropped = all.get(random.nextInt(all.size())).operation();
        return where(all, effect -> effect.operation() != dropped);
      case RANDOM_SUBSET:
        return where(all, effect -> random.nextBoolean());
      case TORN:
        return torn(all, false);
      case TORN_INSIDE_SECTORS:
        return torn(all, true);
      case EXTEND_WITHOUT_DATA:
        return extended(all);
      case RENAME_BEFORE_DATA:
        boolean sizes = random.nextBoolean();
        return where(
            all,
            effect ->
                effect instanceof SimEffect.Name || sizes && effect instanceof SimEffect.Size);
    }
    throw new AssertionError(mode);
  }

  private static List<SimEffect> where(List<SimEffect> all, Predicate<SimEffect> kept) {
    List<SimEffect> left = new ArrayList<>(all.size());
    for (SimEffect effect : all) {
      if (kept.test(effect)) {
        left.add(effect);
      }
    }
    return left;
  }

  private List<SimEffect> torn(List<SimEffect> all, boolean insideSectors) {
    List<SimEffect> writes = where(all, effect -> effect instanceof SimEffect.Data);
    SimEffect victim = writes.isEmpty() ? null : writes.get(random.nextInt(writes.size()));
    boolean othersWhole = random.nextBoolean();
    List<SimEffect> left = new ArrayList<>(all.size());
    for (SimEffect effect : all) {
      if (effect == victim
          || !othersWhole && effect instanceof SimEffect.Data && random.nextBoolean()) {
        left.add(torn((SimEffect.Data) effect, insideSectors));
      } else if (othersWhole || random.nextInt(4) != 0) {
        left.add(effect);
      }
    }
    return left;
  }

  private SimEffect.Data torn(SimEffect.Data write, boolean insideSector) {
    int count = write.sectors().length;
    boolean[] kept = new boolean[count];
    if (random.nextBoolean()) {
      // What a disk that writes front to back leaves.
      Arrays.fill(kept, 0, random.nextInt(count), true);
    } else {
      for (int i = 0; i < count; i++) {
        kept[i] = random.nextBoolean();
      }
    }
    int split = -1;
    if (insideSector) {
      split = random.nextInt(count);
      kept[split] = true;
    }
    return new SimEffect.Data(
        write.operation(),
        write.node(),
        write.firstSector(),
        write.sectors(),
        kept,
        split,
        1 + random.nextInt(Sector.BYTES - 1));
  }

  /** All sizes and names; of the data what lies inside the durable size, or not even that. */
  private List<SimEffect> extended(List<SimEffect> all) {
    boolean junk = random.nextBoolean();
    boolean inside = random.nextBoolean();
    Map<SimFile, Long> sizes = new IdentityHashMap<>();
    List<SimEffect> left = new ArrayList<>(all.size());
    for (SimEffect effect : all) {
      if (effect instanceof SimEffect.Data) {
        SimEffect.Data write = (SimEffect.Data) effect;
        long end = (write.firstSector() + write.sectors().length) * Sector.BYTES;
        if (inside && end <= write.node().durableBytes()) {
          left.add(write);
        }
        continue;
      }
      left.add(effect);
      if (junk && effect instanceof SimEffect.Size) {
        SimEffect.Size size = (SimEffect.Size) effect;
        long oldBytes = sizes.getOrDefault(size.node(), size.node().durableBytes());
        if (size.sizeBytes() > oldBytes) {
          left.add(junk(size, oldBytes));
        }
        sizes.put(size.node(), size.sizeBytes());
      }
    }
    return left;
  }

  private SimEffect.Data junk(SimEffect.Size size, long oldBytes) {
    long first = (oldBytes + Sector.BYTES - 1) / Sector.BYTES;
    long end = (size.sizeBytes() + Sector.BYTES - 1) / Sector.BYTES;
    Sector[] sectors = new Sector[Math.toIntExact(Math.max(0, end - first))];
    for (int i = 0; i < sectors.length; i++) {
      sectors[i] = Sector.random(random);
    }
    return new SimEffect.Data(size.operation(), size.node(), first, sectors);
  }

  /** A name does not go from one directory before it has come to the other. */
  private static List<SimEffect> wholeRenames(List<SimEffect> left) {
    return where(
        left,
        effect -> {
          SimEffect.Name first =
              effect instanceof SimEffect.Name ? ((SimEffect.Name) effect).first : null;
          return first == null || first.hardened || left.contains(first);
        });
  }

  private SimNode imageOf(SimNode node) {
    SimNode image = images.get(node);
    if (image == null) {
      List<SimEffect> effects = chosen.getOrDefault(node, List.of());
      image =
          node instanceof SimFile
              ? imageOf((SimFile) node, effects)
              : imageOf((SimDirectory) node, effects);
      images.put(node, image);
    }
    return image;
  }

  private static SimFile imageOf(SimFile file, List<SimEffect> effects) {
    SimFile durable = new SimFile(file.durable().copy(), file.durableBytes());
    effects.forEach(durable::harden);
    durable.cutToSize();
    durable.revert();
    durable.unreadable.addAll(file.unreadable);
    return durable;
  }

  private SimDirectory imageOf(SimDirectory directory, List<SimEffect> effects) {
    TreeMap<String, SimNode> names = new TreeMap<>(directory.durable);
    effects.forEach(effect -> ((SimEffect.Name) effect).applyTo(names));
    SimDirectory image = new SimDirectory();
    names.forEach((name, node) -> image.durable.put(name, imageOf(node)));
    image.revert();
    return image;
  }
}
