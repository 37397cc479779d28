package io.djinn.verify;

import io.djinn.buffer.SnapshotReader;
import io.djinn.error.DjinnException;
import io.djinn.error.NoMemoryException;
import io.djinn.error.SnapshotExpiredException;
import io.djinn.error.StoreClosedException;
import io.djinn.gin.GinReferences;
import io.djinn.gin.entry.EntryTreeVerifier;
import io.djinn.memory.MemoryAccount;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.space.CatalogEntry;
import io.djinn.space.CatalogPage;
import io.djinn.space.ExtentListPage;
import io.djinn.space.SpacePage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/**
 * Examines every page of a snapshot and every structure made of them, and says what is wrong.
 *
 * <p>Each page below the page count must be reached exactly once: as the space page, a page of a
 * list, a free or reserved one, one of the catalog, one of what was dropped, or one of an index. So
 * a leak and a double use both show.
 *
 * <p>Every page is read and its checksum computed anew, free ones too: a page keeps its last
 * version whole when it is freed, and a page that is handed out leaves the batch as an image. The
 * one exception are pages that a build reserved and did not use, or whose build a restart ended:
 * nothing was ever logged of them, so after a power cut they may hold zeros, a whole page, or some
 * sectors of one. They are reserved still, or free under a tag that says so, and must only be
 * accounted for.
 */
public final class StoreVerifier {
  private static final int MAX_PROBLEMS = 1000;

  private final SnapshotReader snapshot;
  private final PageCopies reader;
  private final long storeId;
  private final Function<CatalogEntry, List<GinOperatorClass>> payloadClasses;
  private final List<String> problems = new ArrayList<>();
  private final BitSet reached = new BitSet();
  private final BitSet unlogged = new BitSet();
  private boolean areListsSound = true;
  private long pageCount;

  /**
   * @param reader of the snapshot to be examined
   * @param account what the copies of pages draw on
   * @param payloadClasses of each index the operator classes that check its payloads, by column;
   *     null for a column without payloads, or where the class is not known
   */
  public StoreVerifier(
      SnapshotReader reader,
      long storeId,
      MemoryAccount account,
      Function<CatalogEntry, List<GinOperatorClass>> payloadClasses) {
    snapshot = reader;
    PageHeaders headers = new PageHeaders(reader.pageSizeBytes(), reader.batch(), this::report);
    this.reader = new PageCopies(reader, account, headers);
    this.storeId = storeId;
    this.payloadClasses = payloadClasses;
  }

  /** Examines everything; what is wrong in words, nothing where nothing is. */
  public List<String> verify() {
    try (reader) {
      examineAll();
      return problems;
    }
  }

  private void examineAll() {
    List<CatalogEntry> indexes = new ArrayList<>();
    boolean isSound =
        examine(
            "space page",
            () -> {
              long page = reader.page(SpacePage.PAGE_NO);
              SpacePage.check(page, storeId);
              SpacePage.checkLayout(page);
              pageCount = SpacePage.Field.PAGE_COUNT.get(page);
              reach(SpacePage.PAGE_NO, "space page");
            });
    if (!isSound) {
      return;
    }
    areListsSound = examine("free list", () -> freeList(list(SpacePage.Field.FREE_LIST)));
    areListsSound &= examine("reserved extents", () -> reserved(list(SpacePage.Field.BUILD_LIST)));
    examine("dropped pages", this::dropped);
    examine("catalog", () -> catalog(indexes));
    examine("catalog", () -> entries(indexes));
    for (CatalogEntry index : indexes) {
      if (index.metaPage() != 0) {
        examine("index " + index.name(), () -> index(index));
      }
    }
    readRest();
    if (problems.isEmpty()) {
      for (int pageNo = reached.nextClearBit(0);
          pageNo < pageCount;
          pageNo = reached.nextClearBit(pageNo + 1)) {
        report("page " + pageNo + " is lost: nothing refers to it");
      }
    }
  }

  /**
   * Reads the pages that nothing above has read: the free ones, and those that damage keeps from
   * being reached.
   */
  private void readRest() {
    for (int pageNo = 0; pageNo < pageCount; pageNo++) {
      boolean isKnown = reached.get(pageNo) || areListsSound;
      if (isKnown && !unlogged.get(pageNo) && !reader.isRead(pageNo)) {
        int unread = pageNo;
        examine(
            reached.get(pageNo) ? "page " + pageNo : "page " + pageNo + ", which nothing reaches",
            () -> reader.page(unread));
      }
    }
  }

  private boolean examine(String what, Runnable check) {
    int before = problems.size();
    try {
      check.run();
    } catch (SnapshotExpiredException | StoreClosedException e) {
      throw e;
    } catch (NoMemoryException e) {
      // Says nothing about the store.
      throw e;
    } catch (DjinnException e) {
      report(what + ": " + e.getMessage());
    }
    return problems.size() == before;
  }

  private void report(String problem) {
    if (problems.size() < MAX_PROBLEMS) {
      problems.add(problem);
    }
  }

  private void reach(int pageNo, String from) {
    if (pageNo < 0 || pageNo >= pageCount) {
      report(from + ": page " + pageNo + " is beyond the " + pageCount + " pages of the store");
    } else if (reached.get(pageNo)) {
      report(from + ": page " + pageNo + " is used twice");
    } else {
      reached.set(pageNo);
    }
  }

  private void reachExtent(long[] extent, String from) {
    if (extent[1] < 1 || extent[0] < 0 || extent[0] + extent[1] > pageCount) {
      report(from + ": extent of " + extent[1] + " pages from page " + extent[0]);
      return;
    }
    for (long pageNo = extent[0]; pageNo < extent[0] + extent[1]; pageNo++) {
      reach((int) pageNo, from);
    }
  }

  /** Entries of a list of extents: first page number, pages, tag; its own pages are reached. */
  private List<long[]> list(SpacePage.Field head) {
    List<long[]> extents = new ArrayList<>();
    int pageNo = (int) head.get(reader.page(SpacePage.PAGE_NO));
    for (long steps = 0; pageNo != 0 && steps <= pageCount; steps++) {
      if (pageNo < 0 || pageNo >= pageCount || reached.get(pageNo)) {
        reach(pageNo, "list of extents");
        break;
      }
      reach(pageNo, "list of extents");
      long page = reader.page(pageNo);
      ExtentListPage.check(page, pageNo, reader.pageSizeBytes());
      for (int at = 0; at < ExtentListPage.count(page); at++) {
        extents.add(
            new long[] {
              ExtentListPage.firstPageNo(page, at),
              ExtentListPage.pages(page, at),
              ExtentListPage.tag(page, at)
            });
      }
      pageNo = ExtentListPage.next(page);
    }
    return extents;
  }

  private void freeList(List<long[]> extents) {
    for (long[] extent : extents) {
      reachExtent(extent, "free list");
      long freedBy = ExtentListPage.freedBy(extent[2]);
      if (freedBy < 1 || freedBy > snapshot.batch()) {
        report(
            "free list: extent from page "
                + extent[0]
                + " was freed by batch "
                + freedBy
                + ", the newest is "
                + snapshot.batch());
      }
      if (ExtentListPage.holdsAnything(extent[2])) {
        unlogged(extent);
      }
    }
    long free = reached.cardinality() - 1L;
    long counted = SpacePage.Field.FREE_PAGES.get(reader.page(SpacePage.PAGE_NO));
    if (free != counted) {
      report("free list: has " + free + " pages, the space page counts " + counted);
    }
  }

  private void reserved(List<long[]> extents) {
    long nextBuild = SpacePage.Field.NEXT_BUILD.get(reader.page(SpacePage.PAGE_NO));
    for (long[] extent : extents) {
      reachExtent(extent, "reserved extents");
      unlogged(extent);
      if (extent[2] < 1 || extent[2] >= nextBuild) {
        report(
            "reserved extents: extent from page "
                + extent[0]
                + " is of build "
                + extent[2]
                + ", the next one will be "
                + nextBuild);
      }
    }
  }

  private void unlogged(long[] extent) {
    if (extent[0] >= 0 && extent[0] < pageCount && extent[1] > 0) {
      unlogged.set((int) extent[0], (int) Math.min(pageCount, extent[0] + extent[1]));
    }
  }

  private void dropped() {
    ArrayDeque<Integer> open = new ArrayDeque<>();
    for (long[] extent : list(SpacePage.Field.DROP_LIST)) {
      if (extent[1] != 1) {
        report("dropped pages: root " + extent[0] + " with " + extent[1] + " pages, expected 1");
      }
      if (extent[0] >= 0 && extent[0] < pageCount && extent[2] != 0) {
        long rank = GinReferences.rank(reader.page((int) extent[0]));
        if (rank == 0 || rank >= extent[2]) {
          report(
              "dropped pages: page "
                  + extent[0]
                  + " of rank "
                  + rank
                  + ", expected one of 1.."
                  + (extent[2] - 1));
        }
      }
      open.add((int) extent[0]);
    }
    while (!open.isEmpty()) {
      int pageNo = open.poll();
      boolean isNew = pageNo >= 0 && pageNo < pageCount && !reached.get(pageNo);
      reach(pageNo, "dropped pages");
      if (isNew) {
        GinReferences.forEach(reader.page(pageNo), pageNo, reader.pageSizeBytes(), open::add);
      }
    }
  }

  private void catalog(List<CatalogEntry> indexes) {
    int pageNo = (int) SpacePage.Field.CATALOG.get(reader.page(SpacePage.PAGE_NO));
    while (pageNo != 0) {
      if (pageNo < 0 || pageNo >= pageCount || reached.get(pageNo)) {
        reach(pageNo, "catalog");
        return;
      }
      reach(pageNo, "catalog");
      long page = reader.page(pageNo);
      indexes.addAll(CatalogPage.entries(page, pageNo));
      pageNo = CatalogPage.next(page);
    }
  }

  private void entries(List<CatalogEntry> indexes) {
    long page = reader.page(SpacePage.PAGE_NO);
    Set<Integer> ids = new HashSet<>();
    Set<String> names = new HashSet<>();
    for (CatalogEntry index : indexes) {
      boolean isReady = index.state() == CatalogEntry.State.READY;
      String wrong = null;
      if (index.id() < 1 || index.id() >= SpacePage.Field.NEXT_INDEX_ID.get(page)) {
        wrong = "id " + index.id();
      } else if (!ids.add(index.id()) || !names.add(index.state() + " " + index.name())) {
        wrong = "a second entry with its id " + index.id() + " or its name";
      } else if (index.kind() != CatalogEntry.GIN) {
        wrong = "unknown kind " + index.kind();
      } else if (isReady && index.metaPage() == 0) {
        wrong = "state " + index.state() + " with metapage " + index.metaPage();
      } else if (index.build() < 0
          || index.build() >= SpacePage.Field.NEXT_BUILD.get(page)
          || !isReady && index.build() == 0) {
        wrong = "state " + index.state() + " with build " + index.build();
      }
      if (wrong != null) {
        report("catalog: index " + index.name() + ": " + wrong);
      }
    }
  }

  private void index(CatalogEntry index) {
    String name = "index " + index.name();
    PayloadVerifier payloads = payloads(index, name);
    List<String> found = new ArrayList<>();
    new EntryTreeVerifier(reader, found, pageNo -> reach(pageNo, name), payloads)
        .verify(index.metaPage());
    new PendingListVerifier(reader, found, pageNo -> reach(pageNo, name), payloads)
        .verify(index.metaPage());
    for (String problem : found) {
      report(name + ": " + problem);
    }
  }

  /** What checks the payloads of an index; null where none can be. */
  private PayloadVerifier payloads(CatalogEntry index, String name) {
    List<GinOperatorClass> classes = new ArrayList<>();
    examine(name, () -> classes.addAll(payloadClasses.apply(index)));
    return classes.stream().allMatch(Objects::isNull)
        ? null
        : new PayloadVerifier(classes, problem -> report(name + ": " + problem));
  }
}
