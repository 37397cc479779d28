package io.djinn.gin.posting;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.djinn.error.CorruptPageException;
import io.djinn.error.DjinnException;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.testkit.MemoryPages;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostingTreeTest {
  private static final int PAGE_SIZE = 512;

  private final MemoryPages pages = new MemoryPages(PAGE_SIZE, new PostingRecords());
  private final PostingTree tree = new PostingTree();

  @AfterEach
  void close() {
    pages.close();
  }

  private int emptyTree() {
    return tree.create(pages, 0, 0);
  }

  private static long[] sorted(TreeSet<Long> set) {
    return set.stream().mapToLong(Long::longValue).toArray();
  }

  private void assertClean(MemoryPages store, int root, long tids) {
    PostingVerifier verifier = new PostingVerifier(store);
    assertEquals(List.of(), verifier.verify(root));
    assertEquals(tids, verifier.tidCount());
    assertEquals(store.pageCount(), verifier.pages().cardinality());
  }

  private static long[] readAll(TidStream stream, MemoryPages.Steps steps) {
    long[] all = new long[1024];
    long[] block = new long[TidStream.BLOCK];
    int count = 0;
    while (true) {
      int n = stream.next(steps.begin(), block);
      if (n == TidStream.END) {
        return Arrays.copyOf(all, count);
      }
      if (count + n > all.length) {
        all = Arrays.copyOf(all, 2 * all.length);
      }
      System.arraycopy(block, 0, all, count, n);
      count += n;
    }
  }

  /** A tree of at least four levels of sparse TIDs. */
  private int deepTree(long[] tids) {
    int root = emptyTree();
    for (int from = 0; from < tids.length; from += 5000) {
      tree.insert(pages, root, tids, from, Math.min(tids.length, from + 5000));
      pages.commit();
    }
    assertTrue(Page.level(pages.page(root)) >= 3, "level " + Page.level(pages.page(root)));
    return root;
  }

  private static long[] sparse(Random random, int count) {
    long[] tids = new long[count];
    long tid = 0;
    for (int i = 0; i < count; i++) {
      tid += 1 + (random.nextLong() >>> 34 + random.nextInt(4));
      tids[i] = tid;
    }
    assertTrue(tid <= Segment.MAX_TID);
    return tids;
  }

  @Test
  void rangesStayWholeWhenTreesEmptyFromTheLeft() {
    long[] tids = sparse(TestSeed.random("PostingTreeTest"), 400_000);
    int root = deepTree(tids);
    for (int from = 0; from < tids.length; from += 2_000) {
      tree.remove(pages, root, tids, from, from + 2_000);
      pages.commit();
      assertClean(pages, root, tids.length - from - 2_000);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 1024, 8192})
  void insertsAndRemovalsAgreeWithASortedSet(int pageSize) {
    Random random = TestSeed.random("PostingTreeTest");
    for (int nature = 0; nature < RandomTids.NATURES; nature++) {
      try (MemoryPages store = new MemoryPages(pageSize, new PostingRecords())) {
        long[] universe = RandomTids.ascending(random, nature, 20_000);
        TreeSet<Long> model = new TreeSet<>();
        int root = tree.create(store, 0, 0);
        MemoryPages.Steps steps = store.steps(3);
        PostingTreeStream stream = new PostingTreeStream();
        for (int batchNo = 0; batchNo < 60; batchNo++) {
          boolean insert = random.nextInt(6) < (batchNo < 40 ? 5 : 1);
          TreeSet<Long> batch = new TreeSet<>();
          int wanted = 1 + random.nextInt(random.nextInt(4) == 0 ? 4000 : 20);
          int start = random.nextInt(universe.length);
          for (int i = 0; i < wanted; i++) {
            batch.add(
                universe[
                    random.nextInt(4) == 0
                        ? random.nextInt(universe.length)
                        : (start + i) % universe.length]);
          }
          long[] tids = sorted(batch);
          int before = model.size();
          if (insert) {
            model.addAll(batch);
            assertEquals(model.size() - before, tree.insert(store, root, tids, 0, tids.length));
          } else {
            model.removeAll(batch);
            assertEquals(before - model.size(), tree.remove(store, root, tids, 0, tids.length));
          }
          store.commit();
          assertClean(store, root, model.size());
          assertEquals(model.isEmpty(), PostingTree.isEmpty(store, root));
          for (int i = 0; i < 20; i++) {
            long tid = universe[random.nextInt(universe.length)] + random.nextInt(2);
            assertEquals(model.contains(tid), tree.contains(store, root, tid));
          }
          stream.reset(root, model.size());
          assertArrayEquals(sorted(model), readAll(stream, steps));
        }
        long[] rest = sorted(model);
        assertEquals(rest.length, tree.remove(store, root, rest, 0, rest.length));
        store.commit();
        assertTrue(PostingTree.isEmpty(store, root));
        assertEquals(1, store.pageCount());
        store.assertRedoEqualsDo();
      }
    }
  }

  @Test
  void aTreeOfFourLevelsGrowsAndShrinksByRandomBatches() {
    Random random = TestSeed.random("PostingTreeTest");
    long[] tids = sparse(random, 200_000);
    long[] shuffled = tids.clone();
    for (int i = shuffled.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      long swap = shuffled[i];
      shuffled[i] = shuffled[j];
      shuffled[j] = swap;
    }
    int root = emptyTree();
    pages.commit();
    int deepest = 0;
    for (int from = 0; from < shuffled.length; from += 10_000) {
      long[] batch = Arrays.copyOfRange(shuffled, from, from + 10_000);
      Arrays.sort(batch);
      assertEquals(batch.length, tree.insert(pages, root, batch, 0, batch.length));
      pages.commit();
      assertClean(pages, root, from + 10_000);
      deepest = Math.max(deepest, Page.level(pages.page(root)));
    }
    assertTrue(deepest >= 3, "level " + deepest);
    pages.assertRedoEqualsDo();
    pages.checkpoint();
    for (int from = 0; from < shuffled.length; from += 25_000) {
      long[] batch = Arrays.copyOfRange(shuffled, from, from + 25_000);
      Arrays.sort(batch);
      assertEquals(batch.length, tree.remove(pages, root, batch, 0, batch.length));
      pages.commit();
      assertClean(pages, root, shuffled.length - from - 25_000);
    }
    pages.assertRedoEqualsDo();
    assertEquals(1, pages.pageCount());
  }

  @Test
  void streamsAgreeWithASortedSetUnderRandomAdvances() {
    Random random = TestSeed.random("PostingTreeTest");
    long[] tids = sparse(random, 400_000);
    int root = deepTree(tids);
    MemoryPages.Steps steps = pages.steps(2);
    PostingTreeStream stream = new PostingTreeStream();
    long[] block = new long[TidStream.BLOCK];
    for (int round = 0; round < 30; round++) {
      stream.reset(root, tids.length);
      int at = 0;
      long leap = 1L << 20 + random.nextInt(26);
      while (true) {
        if (random.nextInt(3) > 0) {
          long target =
              (at < tids.length ? tids[at] : Segment.MAX_TID) + (long) (random.nextDouble() * leap);
          stream.advance(Math.min(target, Segment.MAX_TID));
          while (at < tids.length && tids[at] < target) {
            at++;
          }
        }
        int n = stream.next(steps.begin(), block);
        if (n == TidStream.END) {
          break;
        }
        for (int i = 0; i < n; i++) {
          assertEquals(tids[at++], block[i]);
        }
      }
      assertEquals(tids.length, at);
      assertEquals(TidStream.END, stream.next(steps.begin(), block));
    }
  }

  @Test
  void advancingSkipsPagesAndSegmentsUndecoded() {
    Random random = TestSeed.random("PostingTreeTest");
    long[] tids = sparse(random, 400_000);
    int root = deepTree(tids);
    MemoryPages.Steps steps = pages.steps(64);
    PostingTreeStream stream = new PostingTreeStream();
    long[] block = new long[TidStream.BLOCK];
    stream.reset(root, tids.length);
    assertEquals(tids.length, stream.tidCount());
    for (int i = 1; i <= 10; i++) {
      stream.advance(tids[i * 20_000]);
      assertTrue(stream.next(steps.begin(), block) > 0);
      assertEquals(tids[i * 20_000], block[0]);
    }
    assertTrue(stream.pagesRead() <= 10 * 8, stream.pagesRead() + " pages");
    assertTrue(stream.segmentsDecoded() <= 10 * 4, stream.segmentsDecoded() + " segments");
  }

  @Test
  void aStepOfOnePagePausesAndGoesOn() {
    Random random = TestSeed.random("PostingTreeTest");
    long[] tids = sparse(random, 400_000);
    int root = deepTree(tids);
    MemoryPages.Steps steps = pages.steps(1);
    PostingTreeStream stream = new PostingTreeStream();
    stream.reset(root, tids.length);
    long[] block = new long[TidStream.BLOCK];
    assertEquals(TidStream.PAUSED, stream.next(steps.begin(), block));
    stream.reset(root, tids.length);
    assertArrayEquals(tids, readAll(stream, steps));
  }

  @Test
  void streamsDoNotAllocate() {
    Random random = new Random(1);
    long[] tids = sparse(random, 400_000);
    int root = deepTree(tids);
    MemoryPages.Steps steps = pages.steps(64);
    PostingTreeStream stream = new PostingTreeStream();
    long[] block = new long[TidStream.BLOCK];
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 5; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      stream.reset(root, tids.length);
      for (int i = 0; i < 300; i++) {
        stream.next(steps.begin(), block);
        if (i % 3 == 0) {
          stream.advance(block[0] + (1L << 27));
        }
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertEquals(0, least, "bytes allocated");
  }

  @Test
  void anInlineListIsReadLikeATree() {
    Random random = TestSeed.random("PostingTreeTest");
    int offset = 100;
    PostingList list = new PostingList();
    PostingListStream stream = new PostingListStream();
    long[] block = new long[TidStream.BLOCK];
    MemoryPages.Steps steps = pages.steps(1);
    for (int round = 0; round < 50; round++) {
      long[] tids =
          RandomTids.ascending(
              random, random.nextInt(RandomTids.NATURES), 1 + random.nextInt(2000));
      int pageNo = pages.allocate(PageKind.ENTRY_LEAF, 0);
      long page = pages.page(pageNo);
      int count = list.encodeWhatFits(tids, 0, tids.length, page + offset, PAGE_SIZE - offset);
      int length = list.bytesWritten();
      Page.lower(page, offset + length);
      pages.commit();
      stream.reset(pageNo, offset, length, count);
      assertArrayEquals(Arrays.copyOf(tids, count), readAll(stream, steps));
      stream.reset(pageNo, offset, length, count);
      int from = random.nextInt(count);
      stream.advance(tids[from]);
      assertArrayEquals(Arrays.copyOfRange(tids, from, count), readAll(stream, steps));
      stream.reset(pageNo, offset, length, count);
      stream.advance(tids[count - 1] + 1);
      assertEquals(TidStream.END, stream.next(steps.begin(), block));
      stream.reset(pageNo, PAGE_SIZE - 10, 11, 1);
      assertThrows(CorruptPageException.class, () -> stream.next(steps.begin(), block));
    }
  }

  @Test
  void ascendingInsertsLeaveFullPages() {
    Random random = TestSeed.random("PostingTreeTest");
    long[] tids = RandomTids.ascending(random, 1, 30_000);
    int root = emptyTree();
    for (int i = 0; i < tids.length; i += 50) {
      tree.insert(pages, root, tids, i, Math.min(tids.length, i + 50));
    }
    pages.commit();
    assertClean(pages, root, tids.length);
    long[] listBytes = new long[2];
    PostingTree.visit(
        pages,
        root,
        new PostingTree.Visitor() {
          @Override
          public void inner(int pageNo, long page) {}

          @Override
          public void leaf(int pageNo, long list, int bytes) {
            listBytes[0] += bytes;
            listBytes[1]++;
          }
        });
    assertTrue(listBytes[0] > 0.85 * listBytes[1] * PostingLeafPage.capacityBytes(PAGE_SIZE));
  }

  @Test
  void aListBecomesATreeAndATreeIsFreed() {
    Random random = TestSeed.random("PostingTreeTest");
    PostingList list = new PostingList();
    try (GuardedBytes bytes = new GuardedBytes(8000)) {
      for (int count : new int[] {1, 40, 900}) {
        long[] tids = Arrays.copyOf(sparse(random, 1000), count);
        int length = list.encode(tids, count, bytes.address(), 8000);
        int root = tree.create(pages, bytes.address(), length);
        pages.commit();
        assertClean(pages, root, count);
        PostingTreeStream stream = new PostingTreeStream();
        stream.reset(root, count);
        assertArrayEquals(tids, readAll(stream, pages.steps(64)));
        tree.free(pages, root);
        pages.commit();
        assertEquals(0, pages.pageCount());
      }
      pages.assertRedoEqualsDo();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {50, 90, 100})
  void aBulkLoadedTreeIsCleanAndCanBeChanged(int fillFactor) {
    Random random = TestSeed.random("PostingTreeTest");
    try (GuardedBytes work = new GuardedBytes(PostingTreeLoader.workBytes(PAGE_SIZE))) {
      PostingTreeLoader loader = new PostingTreeLoader(pages.sink(), fillFactor, work.address());
      for (int count : new int[] {1, 100, 1024, 5000, 300_000}) {
        long[] tids = sparse(random, count);
        loader.begin();
        for (int from = 0; from < count; from += 777) {
          long[] part = Arrays.copyOfRange(tids, from, Math.min(count, from + 777));
          loader.add(part, part.length);
        }
        int root = loader.end();
        assertClean(pages, root, count);
        PostingTreeStream stream = new PostingTreeStream();
        stream.reset(root, count);
        assertArrayEquals(tids, readAll(stream, pages.steps(64)));
        long[] more = new long[] {0, tids[count / 2] + 1, tids[count - 1] + 5};
        int added = tree.insert(pages, root, more, 0, 3);
        assertTrue(added >= 2);
        pages.commit();
        assertClean(pages, root, (long) count + added);
        pages.assertRedoEqualsDo();
        tree.free(pages, root);
        pages.commit();
      }
      work.check();
      loader.begin();
      assertThrows(IllegalStateException.class, loader::end);
      loader.begin();
      loader.add(new long[] {4}, 1);
      assertThrows(IllegalArgumentException.class, () -> loader.add(new long[] {4}, 1));
    }
  }

  /** Loads a tree of another page size. */
  private static int load(MemoryPages store, int fillFactor, long[] tids) {
    int pageSize = store.pageSizeBytes();
    try (GuardedBytes work = new GuardedBytes(PostingTreeLoader.workBytes(pageSize))) {
      PostingTreeLoader loader = new PostingTreeLoader(store.sink(), fillFactor, work.address());
      loader.begin();
      loader.add(tids, tids.length);
      int root = loader.end();
      work.check();
      return root;
    }
  }

  /** As many of the TIDs as make a tree with a rest. */
  private static long[] loadable(long[] tids) {
    for (int count = tids.length; ; count -= 1 + count / 20) {
      long[] some = Arrays.copyOf(tids, count);
      try (MemoryPages store = new MemoryPages(PAGE_SIZE, new PostingRecords())) {
        if (hasRest(store, load(store, 90, some))) {
          return some;
        }
      }
    }
  }

  private static boolean hasRest(MemoryPages store, int root) {
    long page = store.page(root);
    return Page.level(page) > 0 && PostingInnerPage.hasRest(page, store.pageSizeBytes());
  }

  /** Trees of one leaf, of some leaves and a rest, and of more than one page can lead to. */
  @ParameterizedTest
  @ValueSource(ints = {512, 1024, 8192})
  void aLoadedRootKeepsWhatItsLastLeafWouldHold(int pageSize) {
    Random random = TestSeed.random("PostingTreeTest");
    int[] kinds = new int[4];
    for (int round = 0; round < 120; round++) {
      try (MemoryPages store = new MemoryPages(pageSize, new PostingRecords())) {
        // A TID takes some four bytes.
        int most = pageSize * (round % 8 > 0 ? 2 : pageSize > 1024 ? 3 : 40);
        long[] tids = sparse(random, 1 + random.nextInt(most));
        int root = load(store, 50 + random.nextInt(51), tids);
        assertClean(store, root, tids.length);
        boolean hasRest = hasRest(store, root);
        int level = Page.level(store.page(root));
        int leaves = (int) store.pageNumbers().stream().filter(no -> isLeaf(store, no)).count();
        kinds[level == 0 ? 0 : hasRest ? 1 : level == 1 ? 2 : 3]++;
        if (hasRest) {
          assertEquals(leaves + 1, store.pageCount());
        }
        MemoryPages.Steps steps = store.steps(1 + random.nextInt(3));
        PostingTreeStream stream = new PostingTreeStream();
        stream.reset(root, tids.length);
        assertArrayEquals(tids, readAll(stream, steps));
        for (int i = 0; i < 20; i++) {
          int at = Math.max(0, tids.length - 1 - random.nextInt(random.nextInt(tids.length) + 1));
          long target = tids[at] + random.nextInt(2);
          int from = target > tids[at] ? at + 1 : at;
          stream.reset(root, tids.length);
          stream.advance(target);
          long[] left = readAll(stream, steps);
          assertArrayEquals(Arrays.copyOfRange(tids, from, tids.length), left);
          boolean isThere = target == tids[at] || from < tids.length && target == tids[from];
          assertEquals(isThere, tree.contains(store, root, target));
        }
        change(store, root, tids, random);
      }
    }
    assertTrue(kinds[0] > 0 && kinds[1] > 0, Arrays.toString(kinds));
    assertTrue(kinds[3] > 0 || pageSize > 1024, Arrays.toString(kinds));
    assertTrue(kinds[2] > 0 || pageSize > 512, Arrays.toString(kinds));
  }

  private static boolean isLeaf(MemoryPages store, int pageNo) {
    return Page.level(store.page(pageNo)) == 0;
  }

  /** Some TIDs go, which takes no page more, then one comes, and then all go. */
  private void change(MemoryPages store, int root, long[] tids, Random random) {
    TreeSet<Long> left = new TreeSet<>();
    Arrays.stream(tids).forEach(left::add);
    int pagesLeft = store.pageCount();
    for (int i = 0; i < 4 && !left.isEmpty(); i++) {
      long from = tids[random.nextInt(tids.length)] - random.nextInt(2);
      int most = random.nextBoolean() ? 3 : tids.length;
      long[] gone = left.tailSet(from).stream().limit(most).mapToLong(Long::longValue).toArray();
      int there = gone.length;
      if (random.nextInt(4) == 0) {
        gone = new long[] {from};
        there = left.contains(from) ? 1 : 0;
      }
      assertEquals(there, tree.remove(store, root, gone, 0, gone.length));
      Arrays.stream(gone).forEach(left::remove);
      store.commit();
      assertClean(store, root, left.size());
      assertTrue(store.pageCount() <= pagesLeft);
      pagesLeft = store.pageCount();
      PostingTreeStream stream = new PostingTreeStream();
      stream.reset(root, left.size());
      assertArrayEquals(sorted(left), readAll(stream, store.steps(64)));
    }
    store.assertRedoEqualsDo();
    long[] one = {tids[random.nextInt(tids.length)] + random.nextInt(2)};
    assertEquals(left.add(one[0]) ? 1 : 0, tree.insert(store, root, one, 0, 1));
    store.commit();
    assertClean(store, root, left.size());
    assertFalse(hasRest(store, root));
    store.assertRedoEqualsDo();
    if (random.nextBoolean()) {
      tree.free(store, root);
      store.commit();
      assertEquals(0, store.pageCount());
      return;
    }
    long[] all = sorted(left);
    assertEquals(all.length, tree.remove(store, root, all, 0, all.length));
    store.commit();
    assertTrue(PostingTree.isEmpty(store, root));
    store.assertRedoEqualsDo();
  }

  @Test
  void aTreeWithARestIsFreedWhole() {
    long[] tids = loadable(sparse(TestSeed.random("PostingTreeTest"), PAGE_SIZE));
    int root = load(pages, 90, tids);
    assertTrue(hasRest(pages, root));
    tree.free(pages, root);
    pages.commit();
    assertEquals(0, pages.pageCount());
  }

  @Test
  void aRestBelowARootIsReported() {
    Random random = TestSeed.random("PostingTreeTest");
    long[] tids = sparse(random, 40 * PAGE_SIZE);
    int root = load(pages, 50, tids);
    assertEquals(2, Page.level(pages.page(root)));
    int inner = PostingInnerPage.child(pages.page(root), 0);
    long page = pages.page(inner);
    try (GuardedBytes bytes = new GuardedBytes(64)) {
      int length = new PostingList().encode(new long[] {5, 9}, 2, bytes.address(), 64);
      PostingInnerPage.putRest(page, PAGE_SIZE, bytes.address(), length);
    }
    assertEquals(
        List.of("page " + inner + ": a rest on a page that is no root"),
        new PostingVerifier(pages).verify(root));
    assertRefused(root, tids);
  }

  /** Whoever comes to a TID of the first child refuses the page. */
  private void assertRefused(int root, long[] tids) {
    PostingTreeStream stream = new PostingTreeStream();
    stream.reset(root, tids.length);
    assertThrows(CorruptPageException.class, () -> readAll(stream, pages.steps(64)));
    assertThrows(CorruptPageException.class, () -> tree.contains(pages, root, tids[0]));
    assertThrows(CorruptPageException.class, () -> tree.remove(pages, root, tids, 0, 1));
    pages.abort();
    assertThrows(CorruptPageException.class, () -> tree.insert(pages, root, tids, 0, 1));
    pages.abort();
    assertThrows(CorruptPageException.class, () -> tree.free(pages, root));
    pages.abort();
  }

  @Test
  void aRestThatBeginsWithinAChildIsRefused() {
    long[] tids = loadable(sparse(TestSeed.random("PostingTreeTest"), PAGE_SIZE));
    int root = load(pages, 90, tids);
    long page = pages.page(root);
    int last = PostingInnerPage.count(page) - 1;
    long begin = PostingInnerPage.restBegin(page, PAGE_SIZE);
    PostingInnerPage.set(page, last, begin, PostingInnerPage.child(page, last));
    List<String> problems = new PostingVerifier(pages).verify(root);
    assertTrue(problems.get(0).contains("a rest from TID " + begin), problems::toString);
    long[] after = {tids[tids.length - 1]};
    assertThrows(CorruptPageException.class, () -> tree.contains(pages, root, after[0]));
    assertThrows(CorruptPageException.class, () -> tree.remove(pages, root, after, 0, 1));
    pages.abort();
    assertThrows(CorruptPageException.class, () -> tree.insert(pages, root, after, 0, 1));
    pages.abort();
    PostingTreeStream stream = new PostingTreeStream();
    stream.reset(root, tids.length);
    assertThrows(CorruptPageException.class, () -> readAll(stream, pages.steps(64)));
  }

  /** No edit writes behind such a page. */
  @ParameterizedTest
  @ValueSource(ints = {512, 1024, 4096, 8192, 65536})
  void aRootWithoutRoomForTheLeafOfItsRestIsRefused(int pageSize) {
    try (GuardedBytes bytes = new GuardedBytes(pageSize)) {
      long page = bytes.address();
      Page.format(page, pageSize, 7, PageKind.POSTING_INNER.id(), 1);
      int entries = (pageSize - Page.HEADER_BYTES - Segment.MIN_BYTES) / 10;
      for (int i = 0; i < entries; i++) {
        PostingInnerPage.insert(page, i, i, 8 + i);
      }
      Page.upper(page, Page.lower(page));
      assertThrows(CorruptPageException.class, () -> PostingInnerPage.check(page, pageSize, 7));
      PostingInnerPage.truncate(page, entries - 1);
      PostingInnerPage.check(page, pageSize, 7);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void damagedPagesAreRefusedAndReported(boolean isLoaded) {
    Random random = TestSeed.random("PostingTreeTest");
    long[] tids = RandomTids.ascending(random, 1, 3000);
    int root;
    if (isLoaded) {
      tids = loadable(tids);
      root = load(pages, 90, tids);
    } else {
      root = emptyTree();
      tree.insert(pages, root, tids, 0, tids.length);
    }
    pages.commit();
    PostingVerifier verifier = new PostingVerifier(pages);
    PostingTreeStream stream = new PostingTreeStream();
    MemoryPages.Steps steps = pages.steps(64);
    long[] block = new long[TidStream.BLOCK];
    List<Integer> numbers = pages.pageNumbers();
    int reported = 0;
    for (int round = 0; round < 3000; round++) {
      int pageNo = numbers.get(random.nextInt(numbers.size()));
      long at = pages.page(pageNo) + random.nextInt(random.nextBoolean() ? 80 : PAGE_SIZE);
      byte before = NativeMemory.getByte(at);
      NativeMemory.putByte(at, random.nextInt());
      reported += verifier.verify(root).isEmpty() ? 0 : 1;
      try {
        stream.reset(root, tids.length);
        long last = -1;
        for (int n = 0; n != TidStream.END; n = stream.next(steps.begin(), block)) {
          for (int i = 0; i < n; i++) {
            assertTrue(block[i] > last);
            last = block[i];
          }
        }
      } catch (CorruptPageException refused) {
        assertFalse(refused.getMessage().isEmpty());
      }
      try {
        long[] some = {tids[random.nextInt(tids.length)] + random.nextInt(2)};
        tree.insert(pages, root, some, 0, 1);
        tree.remove(pages, root, some, 0, 1);
      } catch (DjinnException refused) {
        assertFalse(refused.getMessage().isEmpty());
      }
      pages.abort();
      NativeMemory.putByte(at, before);
    }
    assertTrue(reported > 0);
    assertClean(pages, root, tids.length);
  }

  @Test
  void anyEditArgumentsAreAppliedOrRefused() {
    Random random = TestSeed.random("PostingTreeTest");
    long[] tids = RandomTids.ascending(random, 1, 3000);
    int root = emptyTree();
    tree.insert(pages, root, tids, 0, tids.length);
    pages.commit();
    List<Integer> numbers = pages.pageNumbers();
    PostingRecords records = new PostingRecords();
    PostingList list = new PostingList();
    try (GuardedBytes bytes = new GuardedBytes(600)) {
      for (int round = 0; round < 20_000; round++) {
        int pageNo = numbers.get(random.nextInt(numbers.size()));
        int length = random.nextInt(40);
        int opCode = PostingRecords.FIRST_OP_CODE + random.nextInt(6);
        long arguments = bytes.endingAtGuard(length);
        for (int i = 0; i < length; i++) {
          NativeMemory.putByte(arguments + i, random.nextInt(random.nextBoolean() ? 4 : 256));
        }
        if (random.nextBoolean()) {
          int start = random.nextInt(tids.length - 20);
          list.encodeWhatFits(tids, start, start + 10, arguments, length);
        }
        try {
          pages.edit(pageNo, opCode, arguments, length);
          assertFalse(records.describe(opCode, arguments, length).isEmpty());
        } catch (DjinnException | IllegalArgumentException refused) {
          assertFalse(refused.getMessage().isEmpty());
        }
        pages.abort();
      }
    }
    assertClean(pages, root, tids.length);
  }
}
