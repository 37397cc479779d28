package io.djinn.gin.entry;

import io.djinn.page.PageReader;

/** The way from the root to the leaf of a key: the page and the child taken at each depth. */
final class EntryPath {
  private final int[] pageNos = new int[EntryPage.MAX_LEVEL + 1];
  private final int[] childIndexes = new int[EntryPage.MAX_LEVEL + 1];
  private final boolean[] rightmost = new boolean[EntryPage.MAX_LEVEL + 1];
  private int leafDepth;

  /** Depth of the lowest page with a separator right of the path, -1 where there is none. */
  private int highDepth;

  /**
   * Descends to the leaf that may hold a key.
   *
   * @param view left on the leaf
   */
  void descend(PageReader reader, int root, long key, int keyLength, EntryPage view) {
    int depth = 0;
    highDepth = -1;
    pageNos[0] = root;
    rightmost[0] = true;
    view.wrap(reader.page(root), reader.pageSizeBytes(), root);
    while (!view.isLeaf()) {
      int index = view.childIndex(key, keyLength);
      int child = view.child(index);
      int level = view.level();
      childIndexes[depth] = index;
      highDepth = index < view.slotCount() ? depth : highDepth;
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

  /**
   * Copies the lowest key right of the leaf, as its separator says.
   *
   * @param view put on the page that holds the separator
   * @param out room for a page
   * @return its length, -1 where nothing is right of the leaf
   */
  int copyHighKey(PageReader reader, EntryPage view, long out) {
    if (highDepth < 0) {
      return -1;
    }
    int pageNo = pageNos[highDepth];
    view.wrap(reader.page(pageNo), reader.pageSizeBytes(), pageNo);
    int slot = childIndexes[highDepth];
    view.slot(slot);
    if (view.keyBytes() > EntryKeys.maxKeyBytes(reader.pageSizeBytes())) {
      throw view.corrupt("slot " + slot + ": key of " + view.keyBytes() + " bytes");
    }
    return view.copyKey(slot, out);
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
