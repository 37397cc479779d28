package io.djinn.recovery;

import static io.djinn.space.SpacePage.Field;

import io.djinn.batch.OpenBatch;
import io.djinn.batch.SyncMode;
import io.djinn.buffer.SnapshotReader;
import io.djinn.buffer.Snapshots;
import io.djinn.error.SnapshotExpiredException;
import io.djinn.file.Env;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.page.PageReader;
import io.djinn.space.Catalog;
import io.djinn.space.CatalogEntry;
import io.djinn.space.CatalogPage;
import io.djinn.space.ExtentListPage;
import io.djinn.space.Space;
import io.djinn.space.SpacePage;
import io.djinn.testkit.Oracle;
import io.djinn.testkit.PageCensus;
import io.djinn.testkit.SimEnv;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;

/**
 * A page store in use by a test: a directory page names all other pages, so that everything can be
 * read back, and every page is accounted for.
 */
final class PageSession implements AutoCloseable {
  /** The first page a new store hands out. */
  static final int DIRECTORY = 1;

  private static final int DIRECTORY_COUNT = Page.HEADER_BYTES;
  private static final int DIRECTORY_ENTRIES = DIRECTORY_COUNT + 4;

  /** As many as the directory page has room for. */
  private static final int MOST_PAGES = 118;

  private static final PageKind KIND = PageKind.POSTING_LEAF;
  private static final long GROUP_NANOS = 1_000_000;

  /** A snapshot held for a while, with what it must show as long as it is not given up. */
  private record Held(Snapshots.Registration snapshot, PageState state) {}

  final PageStore store;
  private final MemoryRegion scratch =
      MemoryRegion.allocate(new MemoryAccount("test", 1 << 20), 1 << 16);
  private final Catalog catalog = new Catalog(new MemoryAccount("test", 1 << 20));
  private final List<Held> held = new ArrayList<>();

  private PageSession(PageStore store) {
    this.store = store;
  }

  /** Opens the store, makes the directory page of a new one, and frees what builds left. */
  static PageSession open(Env env, PageStoreOptions options) {
    PageSession session = new PageSession(PageStore.open(env, options, PageStoreTest.TABLE));
    try {
      session.begin();
      return session;
    } catch (Throwable t) {
      session.close();
      throw t;
    }
  }

  private void begin() {
    boolean isNew = read(pages -> Field.PAGE_COUNT.get(pages.page(SpacePage.PAGE_NO)) == 1);
    if (isNew) {
      store.commit(
          batch ->
              batch.operation(
                  () -> {
                    int pageNo = batch.allocate(KIND, 0);
                    Page.lower(batch.page(pageNo), DIRECTORY_ENTRIES);
                  }),
          SyncMode.SYNC,
          0);
    }
    if (read(Space::hasReserved)) {
      store.commit(this::release, SyncMode.NONE, 0);
    }
  }

  private void release(OpenBatch batch) {
    boolean[] isLeft = {true};
    while (isLeft[0]) {
      batch.operation(() -> isLeft[0] = store.space().releaseOne(batch));
    }
  }

  /** Does something with all pages of the list of reserved extents. */
  private static void forReserved(OpenBatch batch, IntUnaryOperator nextAfter) {
    int[] listPage = new int[1];
    batch.operation(() -> listPage[0] = Space.firstReserved(batch));
    while (listPage[0] != 0) {
      batch.operation(() -> listPage[0] = nextAfter.applyAsInt(listPage[0]));
    }
  }

  // What steps are made of.

  /** One kind of change, applied to the batch and to the expected state alike. */
  interface Change {
    void apply(OpenBatch batch, PageState state, SplittableRandom random);
  }

  /** Commits changes as one batch. */
  void commit(Oracle<PageState> oracle, SyncMode mode, Change... changes) {
    PageState state = oracle.current().copy();
    SplittableRandom random = new SplittableRandom(oracle.step() * 31L + state.hashCode());
    boolean[] isTold = new boolean[1];
    try {
      store.commit(
          batch -> {
            for (Change change : changes) {
              change.apply(batch, state, random);
            }
            oracle.next(state);
            isTold[0] = true;
          },
          mode,
          mode == SyncMode.SYNC ? 0 : GROUP_NANOS);
    } catch (io.djinn.error.NoSpaceException e) {
      if (isTold[0]) {
        oracle.withdraw();
      }
      throw e;
    }
    if (mode == SyncMode.SYNC || mode == SyncMode.GROUP) {
      oracle.acknowledge();
    }
  }

  void checkpoint(Oracle<PageState> oracle) {
    store.checkpoint();
    oracle.acknowledge();
  }

  /** Lets time pass after an ASYNC commit, so that it is synced by now. */
  void idle(Oracle<PageState> oracle, long nanos) {
    SimEnv env = (SimEnv) store.env();
    env.advance(nanos);
    env.runAgents();
    oracle.acknowledge();
  }

  /** Allocates pages, as long as the directory has room for them. */
  Change allocate(int pages) {
    return (batch, state, random) -> {
      for (int i = 0; i < pages && state.pages().size() < MOST_PAGES; i++) {
        batch.operation(
            () -> {
              int pageNo = batch.allocate(KIND, 0);
              long seed = random.nextLong();
              state.pages().put(pageNo, fill(batch.page(pageNo), seed, batch.pageSizeBytes()));
              directory(batch, state);
            });
      }
    };
  }

  Change free(int pages) {
    return (batch, state, random) -> {
      for (int i = 0; i < pages && !state.pages().isEmpty(); i++) {
        int pageNo = state.pageAt(random.nextLong());
        batch.operation(
            () -> {
              batch.free(pageNo);
              state.pages().remove(pageNo);
              directory(batch, state);
            });
      }
    };
  }

  /** Changes single numbers by edits. */
  Change edit(int pages) {
    return (batch, state, random) -> {
      for (int i = 0; i < pages && !state.pages().isEmpty(); i++) {
        int pageNo = state.pageAt(random.nextLong());
        int slot = random.nextInt(SlotEdits.SLOTS - 1);
        long value = random.nextLong();
        NativeMemory.putByte(scratch.address(), slot);
        NativeMemory.putLong(scratch.address() + 1, value);
        batch.operation(
            () -> batch.edit(pageNo, SlotEdits.PUT, scratch.address(), SlotEdits.PUT_BYTES));
        state.put(pageNo, slot, value);
      }
    };
  }

  /** Makes pages anew, with other filler. */
  Change rewrite(int pages) {
    return (batch, state, random) -> {
      for (int i = 0; i < pages && !state.pages().isEmpty(); i++) {
        int pageNo = state.pageAt(random.nextLong());
        long seed = random.nextLong();
        batch.operation(
            () ->
                state
                    .pages()
                    .put(pageNo, fill(batch.rewrite(pageNo), seed, batch.pageSizeBytes())));
      }
    };
  }

  Change addIndex(String name, int options) {
    return (batch, state, random) -> {
      String text = "o".repeat(options) + random.nextInt();
      batch.operation(
          () ->
              catalog.add(
                  batch,
                  new CatalogEntry(
                      store.space().nextIndexId(batch),
                      CatalogEntry.GIN,
                      CatalogEntry.State.READY,
                      0,
                      0,
                      name,
                      "c",
                      text,
                      "")));
      state.catalog().put(name, text);
    };
  }

  Change removeIndex(String name) {
    return (batch, state, random) -> {
      batch.operation(() -> catalog.remove(batch, Catalog.find(batch, name)));
      state.catalog().remove(name);
    };
  }

  Change replaceIndex(String name, String source) {
    return (batch, state, random) ->
        batch.operation(() -> catalog.replace(batch, Catalog.find(batch, name).withSource(source)));
  }

  /**
   * A build: reserves pages, writes them without log records, gives back what it has no use for,
   * and in a last batch gives the rest to the directory.
   */
  void build(Oracle<PageState> oracle, int pages, int kept) {
    List<Space.PageRange> ranges = new ArrayList<>();
    long[] build = new long[1];
    long freedThrough = store.freedThrough();
    PageState before = oracle.current();
    store.commit(
        batch -> {
          batch.operation(
              pages,
              () -> {
                build[0] = store.space().nextBuild(batch);
                ranges.addAll(store.space().reserve(batch, build[0], pages, freedThrough));
              });
          oracle.next(before);
        },
        SyncMode.SYNC,
        0);
    oracle.acknowledge();
    TreeMap<Integer, List<Long>> loaded = new TreeMap<>();
    store.onPageThread(() -> load(ranges, oracle.step(), loaded));
    BitSet adopted = new BitSet();
    int room = MOST_PAGES - before.pages().size();
    loaded.keySet().stream().limit(Math.min(kept, room)).forEach(adopted::set);
    Space.BuildEnd end =
        (number, first, count) -> Math.min(count, adopted.nextClearBit(first) - first);
    commit(
        oracle,
        SyncMode.NONE,
        (batch, state, random) ->
            forReserved(batch, page -> store.space().releaseUnused(batch, page, end)));
    commit(
        oracle,
        SyncMode.SYNC,
        (batch, state, random) -> {
          loaded.forEach(
              (pageNo, slots) -> {
                if (adopted.get(pageNo)) {
                  state.pages().put(pageNo, slots);
                }
              });
          forReserved(batch, page -> store.space().keepReserved(batch, page, build[0]));
          batch.operation(() -> directory(batch, state));
        });
  }

  private void load(List<Space.PageRange> ranges, int seed, TreeMap<Integer, List<Long>> loaded) {
    int size = store.pageSizeBytes();
    try (MemoryRegion page = MemoryRegion.allocate(new MemoryAccount("test", size), size)) {
      for (Space.PageRange range : ranges) {
        for (int i = 0; i < range.pages(); i++) {
          int pageNo = range.firstPageNo() + i;
          Page.format(page.address(), size, pageNo, KIND.id(), 0);
          loaded.put(pageNo, fill(page.address(), seed * 1_000L + pageNo, size));
          store.pageFile().seal(page.address(), pageNo);
          store.versions().forget(pageNo);
          store.pageFile().write(pageNo, page.address(), 1);
        }
      }
      store.pageFile().sync();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void hold(Oracle<PageState> oracle) {
    held.add(new Held(store.register(), oracle.current()));
  }

  /** Whether the oldest held snapshot still shows what it did; releases it. */
  boolean lookBack() {
    if (held.isEmpty()) {
      return false;
    }
    Held oldest = held.remove(0);
    try {
      PageState found = read(oldest.snapshot());
      if (!found.equals(oldest.state())) {
        throw new AssertionError(
            "a snapshot shows " + found + "\n  but was taken of " + oldest.state());
      }
      return true;
    } catch (SnapshotExpiredException e) {
      return false;
    } finally {
      store.release(oldest.snapshot());
    }
  }

  // Pages.

  /** Writes eight numbers and filler that follows from the last one; returns the numbers. */
  private static List<Long> fill(long page, long seed, int pageSizeBytes) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Long> slots = new ArrayList<>();
    for (int i = 0; i < SlotEdits.SLOTS; i++) {
      long value = i < SlotEdits.SLOTS - 1 ? random.nextInt(1000) : seed;
      slots.add(value);
      NativeMemory.putLong(SlotEdits.slot(page, i), value);
    }
    int length = fillerBytes(seed, pageSizeBytes);
    for (int i = 0; i < length; i++) {
      NativeMemory.putByte(page + SlotEdits.FILLER + i, fillerByte(seed, i));
    }
    Page.lower(page, SlotEdits.FILLER + length);
    return slots;
  }

  private static int fillerBytes(long seed, int pageSizeBytes) {
    return (int) Math.floorMod(seed, (long) pageSizeBytes - SlotEdits.FILLER);
  }

  private static int fillerByte(long seed, int at) {
    return (int) ((seed + at) * 0x9E3779B97F4A7C15L >>> 56);
  }

  private static void directory(OpenBatch batch, PageState state) {
    long page = batch.rewrite(DIRECTORY);
    int count = 0;
    for (int pageNo : state.pages().keySet()) {
      NativeMemory.putInt(page + DIRECTORY_ENTRIES + 4L * count++, pageNo);
    }
    NativeMemory.putInt(page + DIRECTORY_COUNT, count);
    Page.lower(page, DIRECTORY_ENTRIES + 4 * count);
  }

  // Reading back.

  private interface Reading<R> {
    R of(PageReader pages);
  }

  private <R> R read(Reading<R> reading) {
    Snapshots.Registration snapshot = store.register();
    try {
      return read(snapshot, reading);
    } finally {
      store.release(snapshot);
    }
  }

  private <R> R read(Snapshots.Registration snapshot, Reading<R> reading) {
    try (SnapshotReader reader = store.reader(snapshot)) {
      reader.enter();
      try {
        return reading.of(reader);
      } finally {
        reader.leave();
      }
    }
  }

  /** The free pages now. */
  PageCensus census() {
    return read(PageCensus::of);
  }

  /** What the store holds now, with every page accounted for. */
  PageState read() {
    Snapshots.Registration snapshot = store.register();
    try {
      return read(snapshot);
    } finally {
      store.release(snapshot);
    }
  }

  private PageState read(Snapshots.Registration snapshot) {
    return read(
        snapshot,
        pages -> {
          PageState state = PageState.EMPTY.copy();
          BitSet seen = new BitSet();
          take(seen, SpacePage.PAGE_NO, 1, "space page");
          take(seen, DIRECTORY, 1, "directory");
          long directory = pages.page(DIRECTORY);
          int count = NativeMemory.getInt(directory + DIRECTORY_COUNT);
          for (int i = 0; i < count; i++) {
            int pageNo = NativeMemory.getInt(directory + DIRECTORY_ENTRIES + 4L * i);
            take(seen, pageNo, 1, "directory");
            state.pages().put(pageNo, slots(pages, pageNo));
          }
          for (CatalogEntry entry : Catalog.entries(pages)) {
            state.catalog().put(entry.name(), entry.options());
          }
          accountForPages(pages, seen);
          return state;
        });
  }

  private static List<Long> slots(PageReader pages, int pageNo) {
    long page = pages.page(pageNo);
    List<Long> slots = new ArrayList<>();
    for (int i = 0; i < SlotEdits.SLOTS; i++) {
      slots.add(NativeMemory.getLong(SlotEdits.slot(page, i)));
    }
    long seed = slots.get(SlotEdits.SLOTS - 1);
    int length = fillerBytes(seed, pages.pageSizeBytes());
    if (Page.lower(page) != SlotEdits.FILLER + length) {
      throw new AssertionError("page " + pageNo + ": lower " + Page.lower(page));
    }
    for (int i = 0; i < length; i++) {
      if (NativeMemory.getUnsignedByte(page + SlotEdits.FILLER + i) != fillerByte(seed, i)) {
        throw new AssertionError("page " + pageNo + ": filler byte " + i);
      }
    }
    return slots;
  }

  private static void accountForPages(PageReader pages, BitSet seen) {
    long space = pages.page(SpacePage.PAGE_NO);
    int freePages = 0;
    for (Field list : List.of(Field.FREE_LIST, Field.BUILD_LIST, Field.DROP_LIST)) {
      int pageNo = (int) list.get(space);
      while (pageNo != 0) {
        take(seen, pageNo, 1, list + " page");
        freePages += list == Field.FREE_LIST ? 1 : 0;
        long page = pages.page(pageNo);
        ExtentListPage.check(page, pageNo, pages.pageSizeBytes());
        for (int at = 0; at < ExtentListPage.count(page); at++) {
          take(
              seen,
              ExtentListPage.firstPageNo(page, at),
              ExtentListPage.pages(page, at),
              list + " extent");
          freePages += list == Field.FREE_LIST ? ExtentListPage.pages(page, at) : 0;
        }
        pageNo = ExtentListPage.next(page);
      }
    }
    for (int pageNo = (int) Field.CATALOG.get(space);
        pageNo != 0;
        pageNo = CatalogPage.next(pages.page(pageNo))) {
      take(seen, pageNo, 1, "catalog");
    }
    if (freePages != Field.FREE_PAGES.get(space)) {
      throw new AssertionError(
          "free pages counted "
              + freePages
              + ", the space page says "
              + Field.FREE_PAGES.get(space));
    }
    if (seen.cardinality() != Field.PAGE_COUNT.get(space)
        || seen.length() != Field.PAGE_COUNT.get(space)) {
      throw new AssertionError("pages lost: found " + seen + " of " + Field.PAGE_COUNT.get(space));
    }
  }

  private static void take(BitSet seen, int firstPageNo, int pages, String owner) {
    for (int pageNo = firstPageNo; pageNo < firstPageNo + pages; pageNo++) {
      if (seen.get(pageNo)) {
        throw new AssertionError("page " + pageNo + " has two owners, one is " + owner);
      }
      seen.set(pageNo);
    }
  }

  @Override
  public void close() {
    held.forEach(snapshot -> store.release(snapshot.snapshot()));
    held.clear();
    try {
      store.close();
    } finally {
      catalog.close();
      scratch.close();
    }
  }
}
