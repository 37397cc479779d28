package io.djinn.testkit;

import io.djinn.gin.GinReferences;
import io.djinn.gin.entry.EntryPage;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.space.ExtentListPage;
import io.djinn.space.SpacePage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts what a store went through, from outside: splits, frees and reuses by what a {@link
 * RedoCheck} reads in the log, checkpoints and segments by the calls on the simulated directory.
 *
 * <p>Where a record does not tell, nothing is counted, so each count is a lower bound.
 */
public final class StructureEvents implements RedoCheck.Listener {
  private static final int SET_FIELD = 1;
  private static final int POSTING_INNER_INSERT = 34;
  private static final int ENTRY_INSERT = 48;
  private static final int LOG_BLOCK_BYTES = 4096;

  private record Raised(int pageNo, List<Integer> children) {}

  private final Map<Family, Long> counts = new EnumMap<>(Family.class);
  private final int pageSizeBytes;
  private final BitSet freed = new BitSet();
  private final BitSet imaged = new BitSet();
  private final List<Raised> raised = new ArrayList<>();
  private final Map<Integer, Long> listPages = new HashMap<>();
  private boolean isOpen;
  private long logOffset;

  public StructureEvents(int pageSizeBytes) {
    this.pageSizeBytes = pageSizeBytes;
  }

  /** How often something happened. */
  public long count(Family event) {
    return counts.getOrDefault(event, 0L);
  }

  /** Counts what only the caller can see. */
  public void add(Family event, long number) {
    counts.merge(event, number, Long::sum);
  }

  /** The store is open from now on, or no longer: what recovery does is not counted. */
  public void open(boolean nowOpen) {
    isOpen = nowOpen;
    freed.clear();
    logOffset = Long.MAX_VALUE;
    endBatch();
  }

  /** What a simulated directory has to call before each of its calls. */
  public IoHook hook() {
    return call -> {
      if (!isOpen || call.op() != IoOp.PWRITE) {
        return;
      }
      if (call.name().equals("control")) {
        add(Family.CHECKPOINT, 1);
      } else if (call.name().startsWith("wal/") && call.byteOffset() > 0) {
        if (call.byteOffset() < logOffset) {
          add(Family.SEGMENT_SWITCH, 1);
        }
        // The block written last may be written again, when there is more in it.
        logOffset = call.byteOffset() + Math.max(0, call.lengthBytes() - LOG_BLOCK_BYTES);
      }
    };
  }

  @Override
  public void edit(int opCode, long page, long arguments) {
    int level = Page.level(page);
    switch (opCode) {
      case SET_FIELD -> {
        if (NativeMemory.getUnsignedByte(arguments) == SpacePage.Field.FREE_PAGES.id()) {
          free(NativeMemory.getLong(arguments + 1) - SpacePage.Field.FREE_PAGES.get(page));
        }
      }
      case POSTING_INNER_INSERT -> split(level, 1);
      case ENTRY_INSERT -> {
        if (level > 0) {
          split(level, 1);
        }
      }
      default -> {}
    }
  }

  private void free(long more) {
    add(more > 0 ? Family.PAGE_FREE : Family.PAGE_REUSE, Math.abs(more));
  }

  /** A page of a level got children. */
  private void split(int level, int children) {
    if (children > 0) {
      add(level == 1 ? Family.LEAF_SPLIT : Family.INNER_SPLIT, children);
    }
  }

  @Override
  public void page(int pageNo, long before, long after, boolean isImage) {
    PageKind kind = PageKind.of(Page.kind(after));
    if (kind == PageKind.EXTENT_LIST) {
      listPages.put(pageNo, after);
    }
    if (!isImage) {
      newTrees(kind, before, after);
      return;
    }
    imaged.set(pageNo);
    boolean isNew = before == 0 || freed.get(pageNo) || !isSameTree(before, after);
    freed.clear(pageNo);
    if (kind == PageKind.SPACE && before != 0) {
      free(SpacePage.Field.FREE_PAGES.get(after) - SpacePage.Field.FREE_PAGES.get(before));
    } else if (!isNew) {
      newTrees(kind, before, after);
    }
    if (!isNew && isInner(kind)) {
      if (Page.level(after) == Page.level(before) + 1) {
        raised.add(new Raised(pageNo, children(after)));
      } else if (Page.level(after) == Page.level(before)
          && children(after).get(0).equals(children(before).get(0))
          && (isEntry(after) || Page.upper(after) == Page.upper(before))) {
        // A root that gives its rest to a leaf splits none.
        split(Page.level(after), children(after).size() - children(before).size());
      }
    }
  }

  /** A leaf gets no tuples from other pages: where it has more trees than before, they are new. */
  private void newTrees(PageKind kind, long before, long after) {
    if (kind == PageKind.ENTRY_LEAF
        && PageKind.of(Page.kind(before)) == PageKind.ENTRY_LEAF
        && Arrays.equals(firstKey(before), firstKey(after))) {
      add(Family.LIST_TO_TREE, Math.max(0, children(after).size() - children(before).size()));
    }
  }

  private byte[] firstKey(long page) {
    EntryPage leaf = new EntryPage().wrap(page, pageSizeBytes, Page.pageNo(page));
    return leaf.slotCount() == 0 ? null : leaf.key(0);
  }

  private static boolean isInner(PageKind kind) {
    return kind == PageKind.ENTRY_INNER || kind == PageKind.POSTING_INNER;
  }

  private static boolean isSameTree(long before, long after) {
    return isEntry(before) == isEntry(after) && isPosting(before) == isPosting(after);
  }

  private static boolean isEntry(long page) {
    PageKind kind = PageKind.of(Page.kind(page));
    return kind == PageKind.ENTRY_LEAF || kind == PageKind.ENTRY_INNER;
  }

  private static boolean isPosting(long page) {
    PageKind kind = PageKind.of(Page.kind(page));
    return kind == PageKind.POSTING_LEAF || kind == PageKind.POSTING_INNER;
  }

  private List<Integer> children(long page) {
    List<Integer> children = new ArrayList<>();
    GinReferences.forEach(page, Page.pageNo(page), pageSizeBytes, children::add);
    return children;
  }

  @Override
  public void batch(long number) {
    for (Raised root : raised) {
      // A root that was split has nothing but pages made by the same batch below it.
      boolean isSplit = root.children().size() > 1;
      for (int child : root.children()) {
        isSplit &= imaged.get(child);
      }
      if (isSplit) {
        add(Family.ROOT_SPLIT, 1);
      }
    }
    for (long page : listPages.values()) {
      for (int at = 0; at < ExtentListPage.count(page); at++) {
        if (ExtentListPage.tag(page, at) == number) {
          int first = ExtentListPage.firstPageNo(page, at);
          freed.set(first, first + ExtentListPage.pages(page, at));
        }
      }
    }
    endBatch();
  }

  private void endBatch() {
    raised.clear();
    imaged.clear();
    listPages.clear();
  }

  @Override
  public String toString() {
    return counts.toString();
  }
}
