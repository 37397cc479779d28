package io.djinn.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.GinIndex;
import io.djinn.api.GinSpec;
import io.djinn.api.GinStats;
import io.djinn.api.IndexDump;
import io.djinn.api.Snapshot;
import io.djinn.api.WriteBatch;
import io.djinn.build.plan.BuildOptions;
import io.djinn.file.Env;
import io.djinn.file.OsEnv;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.source.InMemorySource;
import io.djinn.source.RowSource;
import io.djinn.testkit.Family;
import io.djinn.testkit.PlacedTexts;
import io.djinn.testkit.PlacedWords;
import io.djinn.testkit.ProofPart;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.TestSeed;
import io.djinn.testkit.Tier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Serial, parallel and insert-built indexes of the same rows in real stores hold the same. */
class BuildFamilyTest {
  private static final int MOST_WORKERS = 8;
  private static final int FULL_SEEDS = 4;
  private static final int WRAPPED_BLOCKS = 40;
  private static final long MIB = 1L << 20;

  private static final DjinnOptions OPTIONS =
      DjinnOptions.defaults()
          .withPageSizeBytes(1024)
          .withFrameMemoryBytes(4 * MIB)
          .withLogSegmentBytes(256 << 10)
          .withLogLimitBytes(4 * MIB);

  private static ProofPart part;

  @BeforeAll
  static void open() {
    part = new ProofPart(Family.SAME_INDEX, "gin");
  }

  @AfterAll
  static void close() {
    System.out.println("BuildFamilyTest: cases=" + part.cases());
    part.close();
  }

  /** Numbers of workers to try: all of them, or serial and another one. */
  private static int[] workers(SplittableRandom random) {
    return Tier.current() == Tier.QUICK
        ? new int[] {0, 1 + random.nextInt(MOST_WORKERS)}
        : IntStream.rangeClosed(0, MOST_WORKERS).toArray();
  }

  /** What is to be indexed, and what the index must hold then. */
  private record Table(GinSpec spec, RowSource source, Map<String, String> contents) {}

  private static Table table(TestRows rows) {
    Map<String, String> contents = new TreeMap<>();
    rows.oracle().forEach((key, tids) -> tids.forEach(tid -> contents.put(key + " " + tid, "")));
    return new Table(GinSpec.column("$", ArrayOps.ofInts()), rows, contents);
  }

  /** Builds or fills one index in a store of its own, and compares. */
  private static void compare(String what, Table table, int workers, boolean threads) {
    try {
      try (SimVfs disk = new SimVfs(64 << 20)) {
        Env env = threads ? new OsEnv(disk) : new SimEnv(disk, 1 + workers);
        try (Djinn db = Djinn.open(env, OPTIONS.withOperatorClasses(new DescendingInts()))) {
          if (workers < 0) {
            insertAll(db, db.createGin("i", table.spec()), table.source());
          } else {
            build(db, table, workers);
          }
          check(db, table);
        }
      }
      part.add(1);
    } catch (Throwable t) {
      part.failed(1);
      throw new AssertionError(what + ", " + workers + " workers, threads: " + threads, t);
    }
  }

  private static void build(Djinn db, Table table, int workers) {
    BuildReport report =
        new IndexBuild(
                db,
                "i",
                table.spec(),
                table.source(),
                BuildOptions.defaults()
                    .withMaintenanceWorkMem((workers + 1) * MIB)
                    .withParallelWorkers(workers),
                BuildListener.SILENT)
            .run();
    assertEquals(workers, report.startedWorkers());
    assertEquals(table.contents().size(), report.total().tids());
    assertTrue(report.accountedPeak() <= report.budgetBytes());
  }

  private static void insertAll(Djinn db, GinIndex index, RowSource source) {
    WriteBatch[] batch = {db.begin()};
    source.scan(
        0,
        source.blockCount(),
        (tid, row) -> {
          index.insert(batch[0], tid, row);
          if (batch[0].size() == 50) {
            batch[0].commit();
            batch[0] = db.begin();
          }
          return true;
        });
    batch[0].commit();
    index.flush();
  }

  private static void check(Djinn db, Table table) {
    assertEquals(List.of(), db.verify());
    Map<String, String> found = IndexDump.of(db, "i");
    if (!table.contents().equals(found)) {
      // The whole maps would be pages of text.
      assertEquals("", difference(table.contents(), found));
    }
    try (Snapshot snapshot = db.snapshot()) {
      GinStats stats = db.gin("i").stats(snapshot);
      assertEquals(table.contents().size(), stats.tids());
      assertEquals(
          table.contents().keySet().stream().map(BuildFamilyTest::keyOf).distinct().count(),
          stats.keys());
    }
  }

  private static String keyOf(String pair) {
    return pair.substring(0, pair.indexOf(' '));
  }

  private static String difference(Map<String, String> wanted, Map<String, String> found) {
    Map<String, String> missing = new TreeMap<>(wanted);
    missing.entrySet().removeAll(found.entrySet());
    Map<String, String> more = new TreeMap<>(found);
    more.entrySet().removeAll(wanted.entrySet());
    return missing.size()
        + " pairs missing as of "
        + missing.entrySet().stream().findFirst()
        + ", "
        + more.size()
        + " too many as of "
        + more.entrySet().stream().findFirst();
  }

  /** Builds with each number of workers, and inserts; threads are real in every other case. */
  private static void compareAll(String what, Table table, SplittableRandom random) {
    compare(what, table, -1, false);
    for (int workers : workers(random)) {
      compare(what, table, workers, random.nextBoolean());
    }
  }

  @ParameterizedTest
  @EnumSource(RowShape.class)
  void everyWayToBuildGivesTheSameIndex(RowShape shape) {
    SplittableRandom random =
        new SplittableRandom(TestSeed.forTest("BuildFamilyTest " + shape) + shape.ordinal());
    int seeds = Tier.current() == Tier.QUICK ? 1 : FULL_SEEDS;
    for (int i = 0; i < seeds; i++) {
      TestRows rows = new TestRows();
      shape.fill(rows, random);
      compareAll(shape.name(), table(rows), random);
    }
  }

  @Test
  void aScanMayBeginAtAnyBlockAndWrapRound() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("BuildFamilyTest wrapped"));
    int count = WRAPPED_BLOCKS * TestRows.ROWS_A_BLOCK;
    int[][] values = new int[count][];
    for (int i = 0; i < count; i++) {
      values[i] = new int[] {random.nextInt(300), random.nextInt(5), 9};
    }
    for (int block = 0; block < WRAPPED_BLOCKS; block++) {
      TestRows rows = new TestRows();
      for (int i = 0; i < count; i++) {
        int tid = (i + block * TestRows.ROWS_A_BLOCK) % count;
        rows.add(tid, values[tid]);
      }
      Table table = table(rows);
      int[] all = Tier.current() == Tier.QUICK ? new int[] {block % 9} : workers(random);
      for (int workers : all) {
        compare("wrapped at " + block, table, workers, random.nextBoolean());
      }
    }
  }

  @Test
  void tablesOfOneBlockAndOfFewRowsAreBuiltByAnyNumberOfWorkers() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("BuildFamilyTest small"));
    for (int count = 1; count <= TestRows.ROWS_A_BLOCK + 1; count++) {
      TestRows rows = new TestRows();
      for (int i = 0; i < count; i++) {
        rows.add(3L * i, random.nextInt(4), random.nextInt(1 << 20));
      }
      compareAll(count + " rows", table(rows), random);
    }
  }

  @Test
  void anOperatorClassOfTheProgramHasItsOwnOrder() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("BuildFamilyTest order"));
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      values.add(random.nextInt(50) == 0 ? null : random.nextInt(-400, 400));
    }
    InMemorySource source = InMemorySource.ofValues(values);
    GinSpec spec = GinSpec.column("$", new DescendingInts());
    compareAll("descending", new Table(spec, source, wanted(spec, source)), random);
  }

  @Test
  void payloadsAndSeveralColumnsArriveInEveryWay() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("BuildFamilyTest payloads"));
    List<Object[]> rows = new ArrayList<>();
    for (int i = 0; i < 1_500; i++) {
      rows.add(
          new Object[] {PlacedTexts.next(random, 100), List.of(random.nextInt(50), i % 3, -1)});
    }
    InMemorySource source = InMemorySource.of(List.of("text", "tags"), rows, 37);
    GinSpec spec = GinSpec.column("text", new PlacedWords()).andColumn("tags", ArrayOps.ofInts());
    compareAll("payloads", new Table(spec, source, wanted(spec, source)), random);
    GinSpec plain = spec.withPositions(false);
    compareAll("no payloads", new Table(plain, source, wanted(plain, source)), random);
  }

  private static Map<String, String> wanted(GinSpec spec, RowSource source) {
    Map<Long, Object[]> rows = new TreeMap<>();
    source.scan(
        0,
        source.blockCount(),
        (tid, row) -> {
          Object[] values = new Object[spec.columns().size()];
          for (int i = 0; i < values.length; i++) {
            GinSpec.Column column = spec.columns().get(i);
            values[i] = row.value(column.path(), column.operatorClass());
          }
          rows.put(tid, values);
          return true;
        });
    return IndexDump.wanted(spec, rows);
  }
}
