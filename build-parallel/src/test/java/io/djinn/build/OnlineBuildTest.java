package io.djinn.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.BuildObserver;
import io.djinn.api.BuildWait;
import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.GinBuild;
import io.djinn.api.GinIndex;
import io.djinn.api.GinSpec;
import io.djinn.api.Snapshot;
import io.djinn.api.TidCursor;
import io.djinn.api.TidSet;
import io.djinn.api.VacuumOptions;
import io.djinn.api.VacuumReport;
import io.djinn.api.WriteBatch;
import io.djinn.build.load.IndexLoaders;
import io.djinn.build.merge.RangeLoader;
import io.djinn.build.plan.BuildOptions;
import io.djinn.error.BuildFailedException;
import io.djinn.error.IndexNotReadyException;
import io.djinn.error.StoreSealedException;
import io.djinn.file.Env;
import io.djinn.memory.MemoryAccount;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.source.InMemorySource;
import io.djinn.testkit.IoHook;
import io.djinn.testkit.IoOp;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.TestSeed;
import io.djinn.testkit.TestStores;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Writes to an index while it is being built, held against a map of what it must hold. */
class OnlineBuildTest {
  private static final String INDEX = "i";
  private static final int KEYS = 20;
  private static final int ROWS = 100;
  private static final int MANY_ROWS = 1_000;
  private static final int MOST_ROUNDS = 200;
  private static final DjinnOptions TINY =
      DjinnOptions.defaults()
          .withPageSizeBytes(512)
          .withFrameMemoryBytes(400 * 512)
          .withLogSegmentBytes(64 << 10)
          .withLogLimitBytes(256 << 10)
          .withMapChunkBytes(1 << 20);

  /** What the index must hold: keys of each TID. */
  private final TreeMap<Long, List<Integer>> expected = new TreeMap<>();

  private final List<List<Integer>> rows = new ArrayList<>();
  private InMemorySource table;

  /** Whether rows come that are not in the table. */
  private boolean isBeyond = true;

  private Djinn db;

  private static GinSpec spec(boolean isListed) {
    return GinSpec.column("$", ArrayOps.ofInts())
        .withFastUpdate(isListed)
        .withPendingListLimit(64 << 10);
  }

  private void table(int count) {
    for (int row = 0; row < count; row++) {
      rows.add(List.of(row % KEYS, (row + 7) % KEYS, (3 * row + 1) % KEYS));
    }
    table = InMemorySource.ofValues(rows);
    for (int row = 0; row < count; row++) {
      expected.put(tid(row + 1), rows.get(row));
    }
  }

  private long tid(long row) {
    return table.tidOf(row);
  }

  private void open(Env env) {
    db = Djinn.open(env, TINY);
  }

  private void insert(long tid, List<Integer> keys) {
    try (WriteBatch batch = db.begin()) {
      db.gin(INDEX).insert(batch, tid, keys);
      batch.commit();
    }
    expected.put(tid, keys);
  }

  private void delete(long tid) {
    try (WriteBatch batch = db.begin()) {
      db.gin(INDEX).delete(batch, tid, expected.get(tid));
      batch.commit();
    }
    expected.remove(tid);
  }

  private BuildOptions options(int workers) {
    return BuildOptions.defaults().withMaintenanceWorkMem(4L << 20).withParallelWorkers(workers);
  }

  private GinIndex build(boolean isListed, LongConsumer beforeRow) {
    IndexBuild build =
        new IndexBuild(
            db,
            INDEX,
            spec(isListed),
            new OnlineSource(
                table,
                row -> {
                  beforeRow.accept(row);
                  return true;
                }),
            options(0),
            BuildListener.SILENT);
    build.run();
    return build.index();
  }

  /** The table has the rows of now, whatever is written from here on. */
  private GinIndex reindex(boolean isListed, LongConsumer beforeRow) {
    TreeMap<Long, List<Integer>> now = new TreeMap<>(expected);
    List<List<Integer>> values = new ArrayList<>();
    for (int row = 1; row <= rows.size(); row++) {
      values.add(now.getOrDefault(tid(row), List.of()));
    }
    IndexBuild build =
        IndexBuild.reindex(
            db,
            INDEX,
            spec(isListed),
            new OnlineSource(
                InMemorySource.ofValues(values),
                row -> {
                  beforeRow.accept(row);
                  return now.containsKey(tid(row));
                }),
            options(0),
            BuildListener.SILENT);
    build.run();
    return build.index();
  }

  private Map<Integer, List<Long>> contents(Snapshot snapshot) {
    Map<Integer, List<Long>> found = new TreeMap<>();
    for (int key = 0; key < KEYS; key++) {
      List<Long> tids = new ArrayList<>();
      try (TidCursor cursor = db.gin(INDEX).search(snapshot, ArrayOps.containsAll(key))) {
        while (cursor.next()) {
          tids.add(cursor.tid());
        }
      }
      found.put(key, tids);
    }
    return found;
  }

  private Map<Integer, List<Long>> expectedContents() {
    Map<Integer, List<Long>> contents = new TreeMap<>();
    for (int key = 0; key < KEYS; key++) {
      contents.put(key, new ArrayList<>());
    }
    expected.forEach((tid, keys) -> new TreeSet<>(keys).forEach(key -> contents.get(key).add(tid)));
    return contents;
  }

  private void check() {
    try (Snapshot snapshot = db.snapshot()) {
      compare(expectedContents(), contents(snapshot));
    }
    assertEquals(List.of(), db.verify());
  }

  private static void compare(Map<Integer, List<Long>> wanted, Map<Integer, List<Long>> found) {
    for (int key = 0; key < KEYS; key++) {
      List<Long> missing = new ArrayList<>(wanted.get(key));
      missing.removeAll(found.get(key));
      List<Long> tooMuch = new ArrayList<>(found.get(key));
      tooMuch.removeAll(wanted.get(key));
      assertEquals(List.of(), missing, "missing under key " + key);
      assertEquals(List.of(), tooMuch, "too much under key " + key);
      assertEquals(wanted.get(key), found.get(key));
    }
  }

  private void checkAlsoMerged() {
    check();
    db.gin(INDEX).flush();
    check();
    long tids = expected.values().stream().mapToLong(keys -> new TreeSet<>(keys).size()).sum();
    try (Snapshot snapshot = db.snapshot()) {
      assertEquals(tids, db.gin(INDEX).stats(snapshot).tids());
    }
    db.close();
  }

  private long usedPages() {
    db.awaitDropped();
    return db.stats().pages() - db.stats().freePages();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aDeleteOfARowThatTheScanHasNotReachedTakesItAway(boolean isListed) {
    table(ROWS);
    open(new SimEnv(new SimVfs(), 1));
    build(
        isListed,
        row -> {
          if (row == 10) {
            delete(tid(50));
            delete(tid(3));
          }
        });
    assertTrue(!expected.containsKey(tid(50)));
    checkAlsoMerged();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anInsertBehindSuchADeleteIsThere(boolean isListed) {
    table(ROWS);
    open(new SimEnv(new SimVfs(), 2));
    build(
        isListed,
        row -> {
          if (row == 10) {
            delete(tid(50));
            delete(tid(51));
          } else if (row == 20) {
            insert(tid(50), rows.get(49));
            insert(tid(51), List.of(2, rows.get(50).get(0)));
          }
        });
    checkAlsoMerged();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRowThatIsScannedAndInsertedIsThereOnce(boolean isListed) {
    table(ROWS);
    open(new SimEnv(new SimVfs(), 3));
    build(
        isListed,
        row -> {
          if (row == 10) {
            insert(tid(5), rows.get(4));
            insert(tid(70), rows.get(69));
          }
        });
    checkAlsoMerged();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aJournalFarBeyondTheLimitOfTheListIsAppliedInOrder(boolean isListed) {
    long seed = TestSeed.forTest("OnlineBuildTest");
    SplittableRandom random = new SplittableRandom(seed);
    table(400);
    open(new SimEnv(new SimVfs(), seed));
    build(isListed, row -> change(random, 4));
    checkAlsoMerged();
  }

  /** Some batches of rows, new, changed and deleted, some with a row too long for a page. */
  private void change(SplittableRandom random, int batches) {
    for (int i = 0; i < batches; i++) {
      try (WriteBatch batch = db.begin()) {
        for (int j = 0; j < 6; j++) {
          long tid = tid(1 + random.nextInt(rows.size()));
          tid += isBeyond && random.nextInt(3) == 0 ? 1L << random.nextInt(12, 40) : 0;
          List<Integer> keys = new ArrayList<>();
          for (int k = random.nextInt(KEYS); k >= 0; k--) {
            keys.add(random.nextInt(KEYS));
          }
          if (expected.containsKey(tid)) {
            db.gin(INDEX).delete(batch, tid, expected.remove(tid));
          }
          if (random.nextInt(4) > 0) {
            db.gin(INDEX).insert(batch, tid, keys);
            expected.put(tid, keys);
          }
        }
        batch.commit();
      }
    }
  }

  @Test
  void nothingButWritesIsTakenUntilTheIndexIsVisible() {
    table(ROWS);
    open(new SimEnv(new SimVfs(), 4));
    List<Snapshot> early = new ArrayList<>();
    GinIndex built =
        build(
            true,
            row -> {
              if (row == 10) {
                GinIndex index = db.gin(INDEX);
                Snapshot snapshot = db.snapshot();
                early.add(snapshot);
                refused(() -> index.search(snapshot, ArrayOps.containsAll(1)));
                refused(() -> index.stats(snapshot));
                refused(() -> index.verifyRows(snapshot, table));
                refused(index::flush);
                assertThrows(IllegalStateException.class, () -> db.drop(INDEX));
                assertThrows(IllegalArgumentException.class, () -> db.createGin(INDEX, spec(true)));
                assertEquals("building", db.indexes().get(0).state());
                assertEquals(List.of(), db.verify());
                insert(tid(1), rows.get(0));
              }
            });
    assertSame(built, db.gin(INDEX));
    refused(() -> built.search(early.get(0), ArrayOps.containsAll(1)));
    early.forEach(Snapshot::close);
    checkAlsoMerged();
  }

  private static void refused(org.junit.jupiter.api.function.Executable asked) {
    assertThrows(IndexNotReadyException.class, asked);
  }

  @Test
  void aBuildThatFailsLeavesNothingOfItsJournal() {
    table(ROWS);
    open(new SimEnv(new SimVfs(), 5));
    db.createGin("first", spec(true));
    db.drop("first");
    long before = usedPages();
    GinIndex[] index = new GinIndex[1];
    SplittableRandom random = new SplittableRandom(5);
    assertThrows(
        BuildFailedException.class,
        () ->
            build(
                true,
                row -> {
                  index[0] = db.gin(INDEX);
                  change(random, 3);
                  if (row == 90) {
                    throw new IllegalStateException("the table is gone");
                  }
                }));
    assertEquals(before, usedPages());
    assertEquals(List.of(), db.indexes());
    assertEquals(List.of(), db.verify());
    try (WriteBatch batch = db.begin()) {
      assertThrows(IllegalStateException.class, () -> index[0].insert(batch, 1, List.of(1)));
    }
    expected.clear();
    rows.clear();
    table(ROWS);
    build(true, row -> change(random, 1));
    checkAlsoMerged();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aBuildThatIsCancelledWhileItsJournalIsAppliedLeavesNothing(boolean isListed) {
    table(ROWS);
    expected.clear();
    open(new SimEnv(new SimVfs(), 10));
    db.createGin("first", spec(true));
    db.drop("first");
    long before = usedPages();
    SplittableRandom random = new SplittableRandom(10);
    MemoryAccount account = new MemoryAccount("build", 16 << 20);
    try (GinBuild build = db.beginBuild(INDEX, spec(isListed))) {
      change(random, 300);
      IndexLoaders loaders = new IndexLoaders(build, 1 << 20);
      RangeLoader range = loaders.open(0, account);
      range.finish();
      range.close();
      loaders.stop();
      assertThrows(CancellationException.class, () -> loaders.complete(new int[] {0}, account));
      loaders.close();
    }
    assertEquals(0, account.usedBytes());
    assertEquals(before, usedPages());
    assertEquals(List.of(), db.indexes());
    assertEquals(List.of(), db.verify());
    db.close();
  }

  /** What happens between the batch that makes an index visible and the emptying of its list. */
  private void completeWith(
      int seed, SimVfs disk, Consumer<IndexLoaders> whenVisible, Runnable check) {
    table(ROWS);
    expected.clear();
    open(new SimEnv(disk, seed));
    SplittableRandom random = new SplittableRandom(seed);
    MemoryAccount account = new MemoryAccount("build", 16 << 20);
    try (GinBuild build = db.beginBuild(INDEX, spec(false))) {
      change(random, 10);
      IndexLoaders loaders = new IndexLoaders(build, 1 << 20);
      loaders.open(0, account).close();
      build.observe(
          new BuildObserver() {
            @Override
            public void beginWait(BuildWait cause) {}

            @Override
            public void endWait(BuildWait cause) {
              if (cause == BuildWait.COMMIT) {
                whenVisible.accept(loaders);
              }
            }

            @Override
            public void logged(long bytes) {}

            @Override
            public void goesOn() {}
          });
      loaders.complete(new int[] {0}, account);
      assertSame(db.gin(INDEX), build.indexes().get(0));
      loaders.close();
      check.run();
    }
    db.close();
  }

  @Test
  void aBuildThatIsCancelledWhenItsIndexIsVisibleEndsWell() {
    completeWith(
        12,
        new SimVfs(),
        IndexLoaders::stop,
        () -> {
          try (Snapshot snapshot = db.snapshot()) {
            assertTrue(db.gin(INDEX).stats(snapshot).pendingRows() > 0, "its list was emptied");
          }
          check();
        });
  }

  @Test
  void aBuildWhoseListCanNotBeEmptiedEndsWell() {
    SimVfs disk = new SimVfs();
    completeWith(
        13,
        disk,
        loaders -> {
          disk.hook(IoHook.fail(IoOp.PWRITE, 1, true, "no luck"));
          assertThrows(StoreSealedException.class, () -> insert(tid(1), List.of(1)));
        },
        () -> {
          try (Snapshot snapshot = db.snapshot()) {
            compare(expectedContents(), contents(snapshot));
          }
          assertTrue(db.isSealed());
        });
  }

  @Test
  void aBuildEndsAlsoWhereAsMuchIsWrittenAsItMerges() {
    table(ROWS);
    expected.clear();
    db =
        Djinn.open(
            new SimEnv(new SimVfs(), 11),
            TINY.withFrameMemoryBytes(4_000 * 512).withLogLimitBytes(4 << 20));
    MemoryAccount account = new MemoryAccount("build", 16 << 20);
    GinSpec spec = spec(false).withPendingListLimit(1 << 20);
    try (GinBuild build = db.beginBuild(INDEX, spec)) {
      IndexLoaders loaders = new IndexLoaders(build, 1 << 20);
      loaders.open(0, account).close();
      int[] rounds = new int[1];
      build.observe(
          new BuildObserver() {
            @Override
            public void beginWait(BuildWait cause) {}

            @Override
            public void endWait(BuildWait cause) {}

            @Override
            public void logged(long bytes) {}

            @Override
            public void goesOn() {
              if (++rounds[0] == MOST_ROUNDS) {
                loaders.stop();
              }
              insertMany(tid(ROWS) + rounds[0] * (long) MANY_ROWS);
            }
          });
      loaders.complete(new int[] {0}, account);
      loaders.close();
    }
    check();
    assertEquals(0, account.usedBytes());
    assertEquals(List.of(), db.verify());
    db.close();
  }

  /** Inserts more than half of what is left for the list of an index without fast update. */
  private void insertMany(long firstTid) {
    try (WriteBatch batch = db.begin()) {
      for (long tid = firstTid; tid < firstTid + MANY_ROWS; tid++) {
        List<Integer> keys = List.of((int) (tid % KEYS));
        db.gin(INDEX).insert(batch, tid, keys);
        expected.put(tid, keys);
      }
      batch.commit();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anIndexIsBuiltAnewWhileItIsReadAndWritten(boolean isListed) {
    table(300);
    isBeyond = false;
    open(new SimEnv(new SimVfs(), 6));
    SplittableRandom random = new SplittableRandom(6);
    GinIndex index = build(isListed, row -> {});
    List<Snapshot> old = new ArrayList<>();
    List<Map<Integer, List<Long>>> seen = new ArrayList<>();
    reindex(
        isListed,
        row -> {
          change(random, 2);
          if (row % 50 == 0) {
            check();
            assertThrows(IllegalStateException.class, () -> db.drop(INDEX));
            assertEquals(1, db.indexes().size());
          }
          if (row == 299) {
            old.add(db.snapshot());
            seen.add(expectedContents());
          }
        });
    assertSame(index, db.gin(INDEX));
    try (Snapshot before = old.get(0)) {
      compare(seen.get(0), contents(before));
    }
    db.awaitDropped();
    checkAlsoMerged();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anIndexStaysWhatItIsWhereBuildingItAnewFails(boolean isListed) {
    table(300);
    isBeyond = false;
    open(new SimEnv(new SimVfs(), 7));
    SplittableRandom random = new SplittableRandom(7);
    build(isListed, row -> {});
    db.gin(INDEX).flush();
    assertThrows(
        BuildFailedException.class,
        () ->
            reindex(
                isListed,
                row -> {
                  change(random, 2);
                  if (row == 200) {
                    throw new IllegalStateException("the table is gone");
                  }
                }));
    check();
    change(random, 20);
    reindex(isListed, row -> change(random, 1));
    checkAlsoMerged();
  }

  @Test
  void aBatchThatWasBegunBeforeTheIndexIsBuiltAnewGoesToBoth() {
    table(ROWS);
    open(new SimEnv(new SimVfs(), 8));
    build(false, row -> {});
    GinIndex index = db.gin(INDEX);
    try (WriteBatch batch = db.begin()) {
      index.delete(batch, tid(60), expected.remove(tid(60)));
      index.insert(batch, tid(61), List.of(1, 2, 3));
      index.delete(batch, tid(61), List.of(1));
      index.insert(batch, 5_000, List.of(4, 5));
      index.delete(batch, tid(2), expected.remove(tid(2)));
      index.insert(batch, tid(2), List.of(9));
      TreeSet<Integer> all = new TreeSet<>(expected.get(tid(61)));
      all.addAll(List.of(2, 3));
      all.remove(1);
      expected.put(tid(61), List.copyOf(all));
      expected.put(5_000L, List.of(4, 5));
      expected.put(tid(2), List.of(9));
      reindex(
          false,
          row -> {
            if (row == 30) {
              batch.commit();
              check();
            }
          });
    }
    checkAlsoMerged();
  }

  @Test
  void aVacuumWaitsForTheBuildAndThenTakesWhatIsDead(@TempDir Path directory) throws Exception {
    table(ROWS);
    open(TestStores.env(directory));
    CountDownLatch begun = new CountDownLatch(1);
    FutureTask<VacuumReport> vacuum =
        new FutureTask<>(
            () -> {
              begun.countDown();
              return db.gin(INDEX).vacuum(TidSet.of(tid(20), tid(80)), VacuumOptions.defaults());
            });
    Thread thread = new Thread(vacuum, "vacuum");
    build(
        true,
        row -> {
          if (row == 10) {
            thread.start();
            await(begun);
            insert(tid(11), rows.get(10));
          }
        });
    assertEquals(6, vacuum.get().tidsRemoved());
    expected.remove(tid(20));
    expected.remove(tid(80));
    checkAlsoMerged();
  }

  @Test
  void anotherIndexIsVacuumedMeanwhileAndThisOneIsNotBuiltAnewWhileItIsVacuumed() {
    table(ROWS);
    open(new SimEnv(new SimVfs(), 9));
    build(true, row -> {});
    GinIndex other = db.createGin("other", spec(false));
    try (WriteBatch batch = db.begin()) {
      other.insert(batch, 1, List.of(1));
      other.insert(batch, 2, List.of(1));
      batch.commit();
    }
    reindex(
        true,
        row -> {
          if (row == 50) {
            assertEquals(1, other.vacuum(tid -> tid == 1, VacuumOptions.defaults()).tidsRemoved());
          }
        });
    other.vacuum(
        tid -> {
          assertThrows(
              IllegalStateException.class, () -> db.beginReindex("other", spec(false)).close());
          return false;
        },
        VacuumOptions.defaults());
    checkAlsoMerged();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
