package io.djinn.gin.entry;

import io.djinn.page.PageReader;

/** The way from the root to the leaf of a key: the page and the child taken at each depth. */
final class EntryPath {
  private final int[] pageNos = new int[EntryPage.MAX_LEVEL + 1];
  private final int[] childIndexes = new int[EntryPage.MAX_LEVEL + 1];
  private final boolean[] rightmost = new boolean[EntryPage.MAX_LEVEL + 1];
  private int leafDepth;

  /**
   * Descends to the leaf that may hold a key.
   *
   * @param view left on the leaf
   */
  void descend(PageReader reader, int root, long key, int keyLength, EntryPage view) {
    int depth = 0;
    pageNos[0] = root;
    rightmost[0] = true;
    view.wrap(reader.page(root), reader.pageSizeBytes(), root);
    while (!view.isLeaf()) {
      int index = view.childIndex(key, keyLength);
      int child = view.child(index);
      int level = view.level();
      childIndexes[depth] = index;
      rightmost[depth + 1] = rightmost[depth] && index == view.slotCount();
      depth++;
      pageNos[depth] = child;
      wrapChild(view, reader, child, level);
    }
    leafDepth = depth;
  }

  /** Puts the view on the child of a page of this level, and checks that it is one level lower. */
  static void wrapChild(EntryPage view, PageReader reader, int child, int parentLevel) {
    int parent = view.pageNo();
    view.wrap(reader.page(child), reader.pageSizeBytes(), child);
    if (view.level() != parentLevel - 1) {
      throw view.corrupt(
          "level " + view.level() + " below page " + parent + " of level " + parentLevel);
    }
  }

  int leafDepth() {
    return leafDepth;
  }

  int pageNo(int depth) {
    return pageNos[depth];
  }

  /** Which child of the page at this depth the path takes. */
  int childIndex(int depth) {
    return childIndexes[depth];
  }

  /** Whether nothing lies right of the page at this depth. */
  boolean isRightmost(int depth) {
    return rightmost[depth];
  }
}
