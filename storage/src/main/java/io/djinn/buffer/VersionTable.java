package io.djinn.buffer;

import io.djinn.page.Page;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Page number to the newest frame of its version chain: two levels, with leaves only where frames
 * are.
 *
 * <p>Readers look up without a lock. A leaf is dropped when its last chain goes; a reader that
 * still holds it sees no chain, which is right for every snapshot registered before the page got
 * one. Changes are made under the monitor of {@link PageVersions}.
 */
final class VersionTable {
  private static final int LEAF_BITS = 10;
  private static final int LEAF_SIZE = 1 << LEAF_BITS;
  private static final int DIRECTORY_BITS = 11;
  private static final int DIRECTORY_SIZE = 1 << DIRECTORY_BITS;

  /** Leaves of a part of the page numbers, with the chains in each counted. */
  private static final class Directory {
    final AtomicReferenceArray<AtomicIntegerArray> leaves =
        new AtomicReferenceArray<>(DIRECTORY_SIZE);
    final int[] chains = new int[DIRECTORY_SIZE];
  }

  private final AtomicReferenceArray<Directory> root =
      new AtomicReferenceArray<>((Page.MAX_PAGE_NO >>> (LEAF_BITS + DIRECTORY_BITS)) + 1);
  private int chainCount;

  /** Takes a page number and the newest frame of its chain. */
  interface ChainVisitor {
    void chain(int pageNo, int newestFrame);
  }

  int head(int pageNo) {
    Directory directory = root.get(pageNo >>> (LEAF_BITS + DIRECTORY_BITS));
    if (directory == null) {
      return 0;
    }
    AtomicIntegerArray leaf = directory.leaves.get((pageNo >>> LEAF_BITS) & (DIRECTORY_SIZE - 1));
    return leaf == null ? 0 : leaf.get(pageNo & (LEAF_SIZE - 1));
  }

  void head(int pageNo, int frame) {
    int top = pageNo >>> (LEAF_BITS + DIRECTORY_BITS);
    Directory directory = root.get(top);
    if (directory == null) {
      directory = new Directory();
      root.set(top, directory);
    }
    int middle = (pageNo >>> LEAF_BITS) & (DIRECTORY_SIZE - 1);
    AtomicIntegerArray leaf = directory.leaves.get(middle);
    if (leaf == null) {
      leaf = new AtomicIntegerArray(LEAF_SIZE);
      directory.leaves.set(middle, leaf);
    }
    int before = leaf.getAndSet(pageNo & (LEAF_SIZE - 1), frame);
    int change = (frame == 0 ? 0 : 1) - (before == 0 ? 0 : 1);
    chainCount += change;
    directory.chains[middle] += change;
    if (directory.chains[middle] == 0) {
      directory.leaves.set(middle, null);
    }
  }

  int chainCount() {
    return chainCount;
  }

  /** Visits every chain by ascending page number; the visitor may drop the chain it is at. */
  void forEach(ChainVisitor visitor) {
    for (int top = 0; top < root.length(); top++) {
      Directory directory = root.get(top);
      if (directory == null) {
        continue;
      }
      for (int middle = 0; middle < DIRECTORY_SIZE; middle++) {
        AtomicIntegerArray leaf = directory.leaves.get(middle);
        if (leaf == null) {
          continue;
        }
        int base = (top << (LEAF_BITS + DIRECTORY_BITS)) | (middle << LEAF_BITS);
        for (int i = 0; i < LEAF_SIZE; i++) {
          int frame = leaf.get(i);
          if (frame != 0) {
            visitor.chain(base | i, frame);
          }
        }
      }
    }
  }
}
