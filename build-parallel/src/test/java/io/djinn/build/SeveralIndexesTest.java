package io.djinn.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.BuildObserver;
import io.djinn.api.BuildWait;
import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.GinBuild;
import io.djinn.api.GinIndex;
import io.djinn.api.GinRequest;
import io.djinn.api.GinSpec;
import io.djinn.api.GinStats;
import io.djinn.api.IndexDump;
import io.djinn.api.IndexInfo;
import io.djinn.api.Snapshot;
import io.djinn.api.TidCursor;
import io.djinn.api.WriteBatch;
import io.djinn.build.load.IndexLoaders;
import io.djinn.build.plan.BuildOptions;
import io.djinn.error.BatchTooLargeException;
import io.djinn.error.BuildFailedException;
import io.djinn.error.IndexNotReadyException;
import io.djinn.file.Env;
import io.djinn.file.OsEnv;
import io.djinn.memory.MemoryAccount;
import io.djinn.opclass.OperatorClasses;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.opclass.builtin.text.TsVectorOps;
import io.djinn.source.InMemorySource;
import io.djinn.source.RowSource;
import io.djinn.testkit.PlacedTexts;
import io.djinn.testkit.PlacedWords;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.TestSeed;
import io.djinn.testkit.Tier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several indexes built in one scan are those that are built one by one, all of them or none. */
class SeveralIndexesTest {
  private static final int FULL_ROUNDS = 12;
  private static final List<String> WRITTEN = List.of("a", "b", "c", "d", "e", "f");
  private static final int LONG_ROWS = 300_000;
  private static final int MOST_ROUNDS = 300;
  private static final int ROWS_A_ROUND = 150;
  private static final long MIB = 1L << 20;

  private static final DjinnOptions OPTIONS =
      DjinnOptions.defaults()
          .withPageSizeBytes(1024)
          .withFrameMemoryBytes(4 * MIB)
          .withLogSegmentBytes(256 << 10)
          .withLogLimitBytes(4 * MIB)
          .withOperatorClasses(new DescendingInts());

  private static final List<String> COLUMNS = List.of("text", "tags", "number", "long");

  /** Indexes of several operator classes, with and without payloads, over columns they share. */
  private static List<GinRequest> requests() {
    return List.of(
        new GinRequest("tags", GinSpec.column("tags", ArrayOps.ofInts())),
        new GinRequest(
            "words",
            GinSpec.column("number", new DescendingInts())
                .andColumn("text", new PlacedWords())
                .andColumn("tags", ArrayOps.ofInts())
                .withFillFactor(60)),
        new GinRequest("plain", GinSpec.column("text", new PlacedWords()).withPositions(false)),
        new GinRequest("vectors", GinSpec.column("text", TsVectorOps.english())),
        new GinRequest("numbers", GinSpec.column("long", OperatorClasses.find("int8_ops", ""))));
  }

  private static List<Object[]> rows(int count, SplittableRandom random) {
    List<Object[]> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(
          new Object[] {
            PlacedTexts.next(random, 30),
            random.nextInt(30) == 0 ? null : List.of(random.nextInt(2_000), i % 3, -1),
            random.nextInt(20) == 0 ? null : random.nextInt(500),
            random.nextInt(20) == 0 ? null : random.nextLong(500)
          });
    }
    return rows;
  }

  private static InMemorySource source(List<Object[]> rows) {
    return InMemorySource.of(COLUMNS, rows, 37);
  }

  private static BuildOptions options(int workers) {
    return BuildOptions.defaults()
        .withMaintenanceWorkMem((workers + 1) * MIB)
        .withParallelWorkers(workers);
  }

  private static Map<String, String> difference(
      Map<String, String> wanted, Map<String, String> of) {
    Set<Map.Entry<String, String>> entries = new HashSet<>(wanted.entrySet());
    Set<Map.Entry<String, String>> others = of.entrySet();
    Map<String, String> found = new TreeMap<>();
    for (Map.Entry<String, String> other : others) {
      if (!entries.remove(other)) {
        found.put(other.getKey(), "too much: " + other.getValue());
      }
    }
    entries.forEach(entry -> found.put(entry.getKey(), "missing: " + entry.getValue()));
    return found;
  }

  /** Index → what it holds, each built alone in a store of its own. */
  private static Map<String, Map<String, String>> oneByOne(RowSource source) {
    Map<String, Map<String, String>> contents = new TreeMap<>();
    try (SimVfs disk = new SimVfs(64 << 20);
        Djinn db = Djinn.open(new SimEnv(disk, 1), OPTIONS)) {
      for (GinRequest request : requests()) {
        new IndexBuild(db, request.name(), request.spec(), source, options(0), BuildListener.SILENT)
            .run();
        contents.put(request.name(), IndexDump.of(db, request.name()));
      }
    }
    return contents;
  }

  private static void compareAll(Djinn db, Map<String, Map<String, String>> wanted) {
    assertEquals(List.of(), db.verify());
    wanted.forEach(
        (name, contents) ->
            assertEquals(Map.of(), difference(contents, IndexDump.of(db, name)), name));
  }

  private static void buildTogether(
      Env env, RowSource source, int workers, Map<String, Map<String, String>> wanted) {
    try (Djinn db = Djinn.open(env, OPTIONS)) {
      IndexBuild build =
          IndexBuild.of(db, requests(), source, options(workers), BuildListener.SILENT);
      BuildReport report = build.run();
      assertEquals(workers, report.startedWorkers());
      assertTrue(report.accountedPeak() <= report.budgetBytes());
      assertEquals(source.rowCount(), report.total().rows());
      assertEquals(
          requests().stream().map(GinRequest::name).toList(),
          build.indexes().stream().map(GinIndex::name).toList());
      long tids = 0;
      long keys = 0;
      for (GinIndex index : build.indexes()) {
        assertSame(index, db.gin(index.name()));
        try (Snapshot snapshot = db.snapshot()) {
          GinStats stats = index.stats(snapshot);
          tids += stats.tids();
          keys += stats.keys();
          Map<String, String> contents = wanted.get(index.name());
          assertEquals(contents.size(), stats.tids());
          assertEquals(
              contents.keySet().stream()
                  .map(pair -> pair.substring(0, pair.indexOf(' ')))
                  .distinct()
                  .count(),
              stats.keys());
        }
      }
      assertEquals(tids, report.total().tids());
      assertEquals(keys, report.total().keys());
      compareAll(db, wanted);
      db.checkpoint();
    }
    try (Djinn db = Djinn.open(env, OPTIONS)) {
      compareAll(db, wanted);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void theyAreThoseThatAreBuiltOneByOne(int workers) {
    SplittableRandom random =
        new SplittableRandom(TestSeed.forTest("SeveralIndexesTest") + workers);
    int rounds = Tier.current() == Tier.QUICK ? 1 : FULL_ROUNDS;
    for (int round = 0; round < rounds; round++) {
      try (InMemorySource source = source(rows(1 + random.nextInt(4_000), random))) {
        Map<String, Map<String, String>> wanted = oneByOne(source);
        for (boolean threads : new boolean[] {false, true}) {
          try (SimVfs disk = new SimVfs(64 << 20)) {
            Env env = threads ? new OsEnv(disk) : new SimEnv(disk, 1 + workers);
            buildTogether(env, source, workers, wanted);
          }
        }
      }
    }
  }

  @Test
  void anIndexOfNoRowsIsBuiltBesideOthers() {
    try (InMemorySource source = InMemorySource.of(COLUMNS, List.of(), 37);
        SimVfs disk = new SimVfs(64 << 20)) {
      buildTogether(new SimEnv(disk, 1), source, 1, oneByOne(source));
    }
  }

  @Test
  void aListThatIsLoadedInPartsGoesToItsIndex() {
    List<Object[]> rows = new ArrayList<>();
    for (int i = 0; i < LONG_ROWS; i++) {
      rows.add(new Object[] {i % 1_000, List.of(7), i % 4 > 0 ? 3 : i % 97});
    }
    List<GinRequest> requests =
        List.of(
            new GinRequest("first", GinSpec.column("a", new DescendingInts())),
            new GinRequest(
                "second",
                GinSpec.column("a", new DescendingInts()).andColumn("b", ArrayOps.ofInts())),
            new GinRequest("third", GinSpec.column("c", new DescendingInts())));
    List<Integer> loaded = new ArrayList<>();
    BuildListener listener =
        new BuildListener() {
          @Override
          public void event(BuildEvent event) {
            if (event instanceof BuildEvent.Loaded load) {
              loaded.add(load.range());
            }
          }
        };
    try (InMemorySource source = InMemorySource.of(List.of("a", "b", "c"), rows, 100);
        SimVfs disk = new SimVfs(256 << 20);
        Djinn db =
            Djinn.open(
                new SimEnv(disk, 1),
                DjinnOptions.defaults().withOperatorClasses(new DescendingInts()))) {
      IndexBuild build =
          IndexBuild.of(
              db,
              requests,
              source,
              BuildOptions.defaults().withMaintenanceWorkMem(12 * MIB).withParallelWorkers(2),
              listener);
      BuildReport report = build.run();
      // A range that was loaded more than once was a list in parts.
      assertTrue(Set.copyOf(loaded).size() < loaded.size(), loaded::toString);
      assertEquals(4L * rows.size(), report.total().tids());
      assertEquals(List.of(), db.verify());
      long[] keys = {1_000, 1_001, 97};
      for (int i = 0; i < keys.length; i++) {
        GinIndex index = build.indexes().get(i);
        try (Snapshot snapshot = db.snapshot()) {
          assertEquals(keys[i], index.stats(snapshot).keys());
          assertEquals(
              (long) rows.size() * index.spec().columns().size(), index.stats(snapshot).tids());
        }
      }
      try (Snapshot snapshot = db.snapshot();
          TidCursor cursor =
              build
                  .indexes()
                  .get(1)
                  .search(
                      snapshot,
                      List.of(new GinIndex.Condition(1, ArrayOps.containsAll(7))),
                      null)) {
        int found = 0;
        while (cursor.next()) {
          found++;
        }
        assertEquals(rows.size(), found);
      }
    }
  }

  @Test
  void asManyColumnsAsAKeyCanNameAreBuiltTogetherAndOneMoreIsRefused() {
    List<String> names = new ArrayList<>();
    List<Object[]> rows = List.of(new Object[GinSpec.MAX_COLUMNS], new Object[GinSpec.MAX_COLUMNS]);
    for (int column = 0; column < GinSpec.MAX_COLUMNS; column++) {
      names.add("c" + column);
      rows.get(0)[column] = List.of(column, column + 1);
      rows.get(1)[column] = List.of(column);
    }
    List<GinRequest> requests = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      GinSpec spec = GinSpec.column("c" + i, ArrayOps.ofInts());
      for (int column = 1; column < GinSpec.MAX_COLUMNS; column++) {
        spec = spec.andColumn("c" + (i + column) % GinSpec.MAX_COLUMNS, ArrayOps.ofInts());
      }
      requests.add(new GinRequest("i" + i, spec.withRows(2, 0)));
    }
    try (InMemorySource source = InMemorySource.of(names, rows, 37);
        SimVfs disk = new SimVfs(64 << 20);
        Djinn db = Djinn.open(new SimEnv(disk, 1), OPTIONS)) {
      IndexBuild build = IndexBuild.of(db, requests, source, options(1), BuildListener.SILENT);
      assertEquals(8L * 32 * 3, build.run().total().tids());
      assertEquals(List.of(), db.verify());
      try (Snapshot snapshot = db.snapshot()) {
        for (GinIndex index : build.indexes()) {
          assertEquals(List.of(), index.verifyRows(snapshot, source).problems());
          assertEquals(32L * 3, index.stats(snapshot).tids());
        }
      }
      List<GinRequest> more = new ArrayList<>();
      requests.forEach(request -> more.add(new GinRequest("x" + request.name(), request.spec())));
      more.add(new GinRequest("last", GinSpec.column("c1", ArrayOps.ofInts())));
      IllegalArgumentException refused =
          assertThrows(
              IllegalArgumentException.class,
              () -> IndexBuild.of(db, more, source, options(0), BuildListener.SILENT));
      assertEquals(
          "9 indexes with 257 columns together: one build takes at most 256", refused.getMessage());
      assertEquals(8, db.indexes().size());
    }
  }

  private static long usedPages(Djinn db) {
    db.awaitDropped();
    return db.stats().pages() - db.stats().freePages();
  }

  private static IndexBuild build(Djinn db, RowSource source, List<GinRequest> requests) {
    return IndexBuild.of(db, requests, source, options(0), BuildListener.SILENT);
  }

  @Test
  void whatCanNotBeBuiltTogetherIsRefusedAndChangesNothing() {
    GinSpec spec = GinSpec.column("tags", ArrayOps.ofInts());
    GinRequest a = new GinRequest("a", spec);
    GinRequest taken = new GinRequest("taken", spec);
    try (InMemorySource source = source(rows(9, new SplittableRandom(1)));
        SimVfs disk = new SimVfs(64 << 20);
        Djinn db = Djinn.open(new SimEnv(disk, 1), OPTIONS)) {
      db.createGin("taken", spec);
      List<IndexInfo> before = db.indexes();
      long pages = usedPages(db);
      refused("a build of no index: must be one at least", () -> build(db, source, List.of()));
      refused(
          "index name \"a\" is given twice to one build",
          () -> build(db, source, List.of(a, new GinRequest("b", spec), a)).run());
      refused("index name \"taken\" is in use", () -> build(db, source, List.of(a, taken)).run());
      refused(
          "index name \"1\": must match [A-Za-z_][A-Za-z0-9_]{0,62}",
          () -> new GinRequest("1", spec));
      assertEquals(before, db.indexes());
      assertEquals(pages, usedPages(db));
      assertEquals(List.of(), db.verify());
      build(db, source, List.of(a, new GinRequest("b", spec))).run();
      assertEquals(3, db.indexes().size());
    }
  }

  private static void refused(String message, org.junit.jupiter.api.function.Executable asked) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, asked).getMessage());
  }

  @Test
  void moreIndexesThanABatchCanBeginAreRefusedBeforeARowIsRead() {
    List<GinRequest> requests = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      requests.add(new GinRequest("i" + i, GinSpec.column("$", ArrayOps.ofInts())));
    }
    InMemorySource rows = InMemorySource.ofValues(List.of(List.of(1)));
    OnlineSource source =
        new OnlineSource(
            rows,
            row -> {
              throw new AssertionError("a row was read");
            });
    try (SimVfs disk = new SimVfs(64 << 20);
        Djinn db =
            Djinn.open(
                new SimEnv(disk, 1),
                OPTIONS.withPageSizeBytes(512).withFrameMemoryBytes(256 * 512))) {
      assertThrows(BatchTooLargeException.class, () -> build(db, source, requests).run());
      assertEquals(List.of(), db.indexes());
      assertEquals(List.of(), db.verify());
      build(db, rows, requests.subList(0, 20)).run();
      assertEquals(20, db.indexes().size());
      assertEquals(List.of(), db.verify());
    }
  }

  /** Names of the indexes there are, each with its state. */
  private static Map<String, String> states(Djinn db) {
    return db.indexes().stream().collect(Collectors.toMap(IndexInfo::name, IndexInfo::state));
  }

  @Test
  void aRowThatIsNoneAndACancelledBuildLeaveNoneOfThem() {
    List<Object[]> rows = rows(500, new SplittableRandom(2));
    rows.add(new Object[] {"a", "no array", 1, 1L});
    try (InMemorySource good = source(rows.subList(0, 500));
        InMemorySource bad = source(rows);
        SimVfs disk = new SimVfs(64 << 20);
        Djinn db = Djinn.open(new SimEnv(disk, 1), OPTIONS)) {
      // What the catalog once needed it keeps.
      build(db, good, requests()).run();
      requests().forEach(request -> db.drop(request.name()));
      long pages = usedPages(db);
      assertThrows(BuildFailedException.class, () -> build(db, bad, requests()).run());
      assertEquals(Map.of(), states(db));
      assertEquals(pages, usedPages(db));
      IndexBuild[] cancelled = new IndexBuild[1];
      cancelled[0] =
          IndexBuild.of(
              db,
              requests(),
              good,
              options(1),
              new BuildListener() {
                @Override
                public void event(BuildEvent event) {
                  if (event instanceof BuildEvent.Loaded) {
                    assertEquals(5, db.indexes().size());
                    cancelled[0].cancel();
                  }
                }
              });
      BuildFailedException failed =
          assertThrows(BuildFailedException.class, () -> cancelled[0].run());
      assertInstanceOf(CancellationException.class, failed.getCause());
      assertEquals(List.of(), cancelled[0].indexes());
      assertEquals(Map.of(), states(db));
      assertEquals(pages, usedPages(db));
      assertEquals(List.of(), db.verify());
      build(db, good, requests()).run();
      compareAll(db, oneByOne(good));
    }
  }

  /** What is written to indexes under way, and what they must hold. */
  private static final class Online {
    private final Djinn db;
    private final SplittableRandom random;
    private final List<GinRequest> requests;

    /** Index → TID → values. */
    private final Map<String, TreeMap<Long, Object[]>> wanted = new TreeMap<>();

    Online(Djinn db, List<GinRequest> requests, RowSource source, SplittableRandom random) {
      this.db = db;
      this.requests = requests;
      this.random = random;
      for (GinRequest request : requests) {
        TreeMap<Long, Object[]> rows = new TreeMap<>();
        source.scan(
            0,
            source.blockCount(),
            (tid, row) -> rows.put(tid, values(request, row::value)) == null);
        wanted.put(request.name(), rows);
      }
    }

    private interface Values {
      Object of(io.djinn.source.ColumnPath path, io.djinn.opclass.GinOperatorClass operatorClass);
    }

    private static Object[] values(GinRequest request, Values values) {
      return request.spec().columns().stream()
          .map(column -> values.of(column.path(), column.operatorClass()))
          .toArray();
    }

    /** A batch of rows that go and come, some to one index and some to all. */
    void write(int most) {
      try (WriteBatch batch = db.begin()) {
        for (int i = 1 + random.nextInt(most); i > 0; i--) {
          int only = random.nextInt(3) > 0 ? -1 : random.nextInt(requests.size());
          Object[] row = rows(1, random).get(0);
          long picked = random.nextLong();
          for (int at = 0; at < requests.size(); at++) {
            if (only < 0 || only == at) {
              write(batch, requests.get(at), row, picked);
            }
          }
        }
        batch.commit();
      }
    }

    private void write(WriteBatch batch, GinRequest request, Object[] row, long picked) {
      GinIndex index = db.gin(request.name());
      TreeMap<Long, Object[]> rows = wanted.get(request.name());
      Long found = rows.ceilingKey(Math.floorMod(picked, rows.lastKey()));
      long tid = picked % 4 == 0 ? rows.lastKey() + 1 : found;
      Object[] old = rows.remove(tid);
      if (old != null) {
        index.delete(batch, tid, old);
      }
      if (picked % 3 != 0) {
        Object[] values =
            values(request, (path, operatorClass) -> row[COLUMNS.indexOf(path.toString())]);
        index.insert(batch, tid, values);
        rows.put(tid, values);
      }
    }

    void check() {
      assertEquals(List.of(), db.verify());
      for (GinRequest request : requests) {
        Map<String, String> contents = IndexDump.wanted(request.spec(), wanted.get(request.name()));
        assertEquals(
            Map.of(), difference(contents, IndexDump.of(db, request.name())), request.name());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void whatIsWrittenToEachMeanwhileIsThere(int workers) {
    SplittableRandom random =
        new SplittableRandom(TestSeed.forTest("SeveralIndexesTest online") + workers);
    List<GinRequest> requests = new ArrayList<>();
    for (GinRequest request : requests()) {
      requests.add(
          new GinRequest(
              request.name(),
              request.spec().withFastUpdate(random.nextBoolean()).withPendingListLimit(64 << 10)));
    }
    int most = random.nextBoolean() ? 2 : 12;
    List<Snapshot> early = new ArrayList<>();
    try (InMemorySource rows = source(rows(600, random));
        SimVfs disk = new SimVfs(64 << 20);
        Djinn db = Djinn.open(new SimEnv(disk, 1 + workers), OPTIONS)) {
      Online online = new Online(db, requests, rows, random);
      OnlineSource source =
          new OnlineSource(
              rows,
              row -> {
                online.write(most);
                if (row == 300) {
                  early.add(db.snapshot());
                  assertEquals(Set.of("building"), Set.copyOf(states(db).values()));
                  assertEquals(requests.size(), states(db).size());
                  assertEquals(List.of(), db.verify());
                }
                return true;
              });
      IndexBuild build =
          IndexBuild.of(db, requests, source, options(workers), BuildListener.SILENT);
      build.run();
      assertEquals(Set.of("ready"), Set.copyOf(states(db).values()));
      for (GinIndex index : build.indexes()) {
        assertThrows(IndexNotReadyException.class, () -> index.stats(early.get(0)));
      }
      early.forEach(Snapshot::close);
      online.check();
      for (int i = 0; i < 20; i++) {
        online.write(most);
      }
      online.check();
      build.indexes().forEach(GinIndex::flush);
      online.check();
    }
  }

  @Test
  void theBuildEndsAlsoWhereAllAreWrittenToAsFastAsTheyAreMerged() {
    GinSpec spec = GinSpec.column("v", ArrayOps.ofInts()).withPendingListLimit(64 << 10);
    List<GinRequest> requests = WRITTEN.stream().map(name -> new GinRequest(name, spec)).toList();
    MemoryAccount account = new MemoryAccount("build", 16 * MIB);
    Map<Long, Object[]> wanted = new TreeMap<>();
    try (SimVfs disk = new SimVfs(64 << 20);
        Djinn db = Djinn.open(new SimEnv(disk, 1), OPTIONS)) {
      try (GinBuild build = db.beginBuild(requests)) {
        for (int i = 0; i < 20; i++) {
          insertRows(db, wanted);
        }
        IndexLoaders loaders = new IndexLoaders(build, MIB);
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
                insertRows(db, wanted);
              }
            });
        loaders.complete(new int[] {0}, account);
        loaders.close();
        System.out.println("SeveralIndexesTest: rounds=" + rounds[0]);
      }
      assertEquals(0, account.usedBytes());
      assertEquals(List.of(), db.verify());
      Map<String, String> contents = IndexDump.wanted(spec, wanted);
      for (GinRequest request : requests) {
        assertEquals(Map.of(), difference(contents, IndexDump.of(db, request.name())));
      }
    }
  }

  private static void insertRows(Djinn db, Map<Long, Object[]> wanted) {
    try (WriteBatch batch = db.begin()) {
      for (int i = 0; i < ROWS_A_ROUND; i++) {
        long tid = wanted.size();
        Object[] row = {List.of((int) (tid % 40))};
        WRITTEN.forEach(name -> db.gin(name).insert(batch, tid, row));
        wanted.put(tid, row);
      }
      batch.commit();
    }
  }
}
