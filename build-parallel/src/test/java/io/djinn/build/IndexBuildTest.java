package io.djinn.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.GinIndex;
import io.djinn.api.GinSpec;
import io.djinn.api.GinStats;
import io.djinn.api.Snapshot;
import io.djinn.api.TidCursor;
import io.djinn.build.plan.BuildOptions;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.source.Int32RowsSource;
import io.djinn.testkit.TestStores;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
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
