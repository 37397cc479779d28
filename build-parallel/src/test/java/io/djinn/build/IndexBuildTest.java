package io.djinn.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.Durability;
import io.djinn.api.GinIndex;
import io.djinn.api.GinSpec;
import io.djinn.api.GinStats;
import io.djinn.api.Snapshot;
import io.djinn.api.TidCursor;
import io.djinn.api.WriteBatch;
import io.djinn.build.plan.BuildOptions;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.source.InMemorySource;
import io.djinn.source.Int32RowsSource;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.TestStores;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IndexBuildTest {
  private static final int ROWS = 20_000;

  static Int32RowsSource arrays(int rows, int rowsPerBlock) {
    ByteBuffer ints = ByteBuffer.allocateDirect(rows * 151 * 4).order(ByteOrder.LITTLE_ENDIAN);
    SplittableRandom random = new SplittableRandom(18);
    for (int row = 0; row < rows; row++) {
      int n = 50 + random.nextInt(100);
      ints.putInt(n);
      for (int i = 0; i < n; i++) {
        ints.putInt(1 + random.nextInt(10_000));
      }
    }
    ints.flip();
    return new Int32RowsSource(ints, rowsPerBlock);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void aBuiltIndexIsSoundAndAnswersLikeTheRows(int workers, @TempDir Path directory)
      throws Exception {
    try (Djinn db = Djinn.open(TestStores.env(directory), DjinnOptions.defaults());
        Int32RowsSource source = arrays(ROWS, 64)) {
      IndexBuild build =
          new IndexBuild(
              db,
              "i",
              GinSpec.column("$", ArrayOps.ofInts()),
              source,
              BuildOptions.defaults().withMaintenanceWorkMem(8L << 20).withParallelWorkers(workers),
              BuildListener.SILENT);
      BuildReport report = build.run();
      assertTrue(report.accountedPeak() <= 8L << 20, "peak " + report.accountedPeak());
      assertEquals(List.of(), db.verify());
      GinIndex index = build.index();
      List<Long> expected = new ArrayList<>();
      long[] tids = new long[1];
      source.scan(
          0,
          source.blockCount(),
          (tid, row) -> {
            tids[0]++;
            boolean[] found = new boolean[1];
            row.extract(
                index.spec().columns().get(0).path(),
                ArrayOps.ofInts(),
                new IntFinder(4711, found));
            if (found[0]) {
              expected.add(tid);
            }
            return true;
          });
      List<Long> actual = new ArrayList<>();
      try (Snapshot snapshot = db.snapshot();
          TidCursor cursor = index.search(snapshot, ArrayOps.containsAll(4711))) {
        while (cursor.next()) {
          actual.add(cursor.tid());
        }
        GinStats stats = index.stats(snapshot);
        assertEquals(report.total().tids(), stats.tids());
        assertEquals(ROWS, tids[0]);
      }
      assertEquals(expected, actual);
    }
  }

  @Test
  void largePagesAndManyRangesKeepToASmallBudget() {
    TestRows rows = new TestRows();
    SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < 6_000; i++) {
      rows.add(i, random.ints(60, 0, 200_000).toArray());
    }
    try (SimVfs disk = new SimVfs(64 << 20);
        Djinn db =
            Djinn.open(new SimEnv(disk, 1), DjinnOptions.defaults().withPageSizeBytes(16 << 10))) {
      BuildReport report =
          new IndexBuild(
                  db,
                  "i",
                  GinSpec.column("$", ArrayOps.ofInts()),
                  rows,
                  BuildOptions.defaults().withMaintenanceWorkMem(2 << 20).withParallelWorkers(1),
                  BuildListener.SILENT)
              .run();
      assertTrue(report.ranges() > 4, "ranges: " + report.ranges());
      assertEquals(List.of(), db.verify());
    }
  }

  /** Fills two indexes page by page in turns, and drops one of them. */
  private static void leaveSinglePagesFree(Djinn db, List<List<String>> rows) {
    GinSpec spec = GinSpec.column("$", ArrayOps.ofStrings()).withFastUpdate(false);
    GinIndex kept = db.createGin("kept", spec);
    GinIndex dropped = db.createGin("dropped", spec);
    for (int row = 0; row < rows.size(); row++) {
      try (WriteBatch batch = db.begin()) {
        kept.insert(batch, row, rows.get(row));
        dropped.insert(batch, row, rows.get(row));
        batch.commit();
      }
    }
    db.drop("dropped");
    db.awaitDropped();
    db.checkpoint();
    db.checkpoint();
  }

  @Test
  void anIndexIsAttachedWithMoreExtentsThanFitThePagesABatchMayChange() {
    int pageBytes = 512;
    int frames = 64;
    int entriesAPage = (pageBytes - 40) / 16;
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      rows.add(List.of(i + 1_000_000 + "x".repeat(90)));
    }
    try (SimVfs disk = new SimVfs(64 << 20);
        Djinn db =
            Djinn.open(
                new SimEnv(disk, 1),
                DjinnOptions.defaults()
                    .withPageSizeBytes(pageBytes)
                    .withFrameMemoryBytes((long) frames * pageBytes)
                    .withLogSegmentBytes(64 << 10)
                    .withLogLimitBytes(256 << 10)
                    .withMapChunkBytes(1 << 20)
                    .withDurability(Durability.none()))) {
      leaveSinglePagesFree(db, rows);
      long free = db.stats().freePages();
      new IndexBuild(
              db,
              "i",
              GinSpec.column("$", ArrayOps.ofStrings()),
              InMemorySource.ofValues(rows),
              BuildOptions.defaults().withMaintenanceWorkMem(1 << 20).withParallelWorkers(0),
              BuildListener.SILENT)
          .run();
      long taken = free - db.stats().freePages();
      assertTrue(taken > frames / 2 * entriesAPage, taken + " of " + free + " free pages taken");
      assertEquals(List.of(), db.verify());
    }
  }

  private record IntFinder(int wanted, boolean[] found) implements io.djinn.opclass.KeySink {
    @Override
    public void key(byte[] bytes, int offset, int length) {
      int value = ByteBuffer.wrap(bytes, offset, length).getInt() ^ Integer.MIN_VALUE;
      found[0] |= value == wanted;
    }

    @Override
    public void nullElement() {}

    @Override
    public void emptyItem() {}

    @Override
    public void nullItem() {}
  }
}
