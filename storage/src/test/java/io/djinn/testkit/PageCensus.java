package io.djinn.testkit;

import io.djinn.gin.GinReferences;
import io.djinn.gin.entry.GinMetaPage;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.page.PageReader;
import io.djinn.space.Catalog;
import io.djinn.space.CatalogEntry;
import io.djinn.space.ExtentListPage;
import io.djinn.space.SpacePage;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The trees and the free pages of a store at one moment, read from its pages; two of them tell what
 * happened between, without a word from the engine.
 *
 * <p>What they tell is never too much, as long as the work between only inserts or only deletes: a
 * tree gains a leaf by a split alone, and an inner page by a split of one or of the root. What came
 * and went between is not seen.
 */
public final class PageCensus {
  /** One entry tree or posting tree of an index, which goes by its metapage. */
  private record Tree(int metaPage, boolean isPosting, int level, int leaves, int inners) {
    Tree with(int pageLevel) {
      return new Tree(
          metaPage,
          isPosting,
          Math.max(level, pageLevel),
          leaves + (pageLevel == 0 ? 1 : 0),
          inners + (pageLevel == 0 ? 0 : 1));
    }
  }

  private final BitSet free = new BitSet();
  private final Set<Integer> metaPages = new HashSet<>();
  private final Map<Integer, Tree> trees = new HashMap<>();
  private final long pageCount;

  private PageCensus(long pageCount) {
    this.pageCount = pageCount;
  }

  /** Takes it, inside one step. */
  public static PageCensus of(PageReader pages) {
    long space = pages.page(SpacePage.PAGE_NO);
    PageCensus census = new PageCensus(SpacePage.Field.PAGE_COUNT.get(space));
    census.countFree(pages, (int) SpacePage.Field.FREE_LIST.get(space));
    for (CatalogEntry entry : Catalog.entries(pages)) {
      if (entry.state() == CatalogEntry.State.READY && entry.metaPage() != 0) {
        census.metaPages.add(entry.metaPage());
        int root = new GinMetaPage().read(pages, entry.metaPage()).root();
        census.countTree(pages, entry.metaPage(), root, false);
      }
    }
    return census;
  }

  private void countFree(PageReader pages, int firstListPage) {
    for (int pageNo = firstListPage; pageNo != 0; ) {
      free.set(pageNo);
      long page = pages.page(pageNo);
      for (int at = 0; at < ExtentListPage.count(page); at++) {
        int first = ExtentListPage.firstPageNo(page, at);
        free.set(first, first + ExtentListPage.pages(page, at));
      }
      pageNo = ExtentListPage.next(page);
    }
  }

  private void countTree(PageReader pages, int metaPage, int root, boolean isPosting) {
    Tree tree = new Tree(metaPage, isPosting, 0, 0, 0);
    ArrayDeque<Integer> left = new ArrayDeque<>();
    left.push(root);
    while (!left.isEmpty()) {
      int pageNo = left.pop();
      long page = pages.page(pageNo);
      tree = tree.with(Page.level(page));
      boolean isEntryLeaf = Page.kind(page) == PageKind.ENTRY_LEAF.id();
      GinReferences.forEach(
          page,
          pageNo,
          pages.pageSizeBytes(),
          child -> {
            if (isEntryLeaf) {
              countTree(pages, metaPage, child, true);
            } else {
              left.push(child);
            }
          });
    }
    trees.put(root, tree);
  }

  /** Counts what happened since an earlier census. */
  public void countSince(PageCensus before, EventCounts events) {
    for (Map.Entry<Integer, Tree> entry : trees.entrySet()) {
      Tree now = entry.getValue();
      if (!before.metaPages.contains(now.metaPage())) {
        // Made empty or built, not grown.
        continue;
      }
      Tree old = before.trees.get(entry.getKey());
      if (old == null || old.metaPage() != now.metaPage() || old.isPosting() != now.isPosting()) {
        events.add(Family.LIST_TO_TREE, now.isPosting() ? 1 : 0);
        old = new Tree(now.metaPage(), now.isPosting(), 0, 1, 0);
      }
      // A split of the root adds an inner page that is the root itself.
      int levels = Math.max(0, now.level() - old.level());
      events.add(Family.ROOT_SPLIT, levels);
      events.add(Family.LEAF_SPLIT, Math.max(0, now.leaves() - old.leaves()));
      events.add(Family.INNER_SPLIT, Math.max(0, now.inners() - old.inners() - levels));
    }
    BitSet freed = (BitSet) free.clone();
    freed.andNot(before.free);
    events.add(Family.PAGE_FREE, freed.get(0, (int) before.pageCount).cardinality());
    BitSet reused = (BitSet) before.free.clone();
    reused.andNot(free);
    events.add(Family.PAGE_REUSE, reused.cardinality());
  }
}
