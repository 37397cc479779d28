package io.djinn.build;

import io.djinn.build.merge.RangeLoader;
import io.djinn.build.merge.RangeLoaderFactory;
import io.djinn.build.plan.BuildOptions;
import io.djinn.file.OsEnv;
import io.djinn.file.OsVfs;
import io.djinn.memory.MemoryAccount;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.source.ColumnPath;
import io.djinn.source.Int32RowsSource;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Builds over arrays of integers in memory, without loading pages, and prints the report: the speed
 * of scan, accumulation, runs and merge alone.
 *
 * <p>Arguments: thousands of rows, integers a row, distinct integers, then pairs of workers and
 * MiB.
 */
final class BuildSpeed {
  private BuildSpeed() {}

  public static void main(String[] arguments) throws Exception {
    int rows = Integer.parseInt(arguments[0]) * 1000;
    int width = Integer.parseInt(arguments[1]);
    int distinct = Integer.parseInt(arguments[2]);
    Int32RowsSource source = source(rows, width, distinct);
    Path directory = Files.createTempDirectory("djinn-speed");
    try (OsVfs vfs = new OsVfs(directory)) {
      for (int i = 3; i + 1 < arguments.length; i += 2) {
        int workers = Integer.parseInt(arguments[i]);
        long budget = Long.parseLong(arguments[i + 1]) << 20;
        BuildRequest request =
            new BuildRequest(
                "speed",
                source,
                List.of(new BuildColumn(ColumnPath.WHOLE_ROW, ArrayOps.ofInts())),
                2048,
                new Discard(),
                BuildOptions.defaults()
                    .withParallelWorkers(workers)
                    .withMaintenanceWorkMem(budget));
        System.out.println(new ParallelBuild(new OsEnv(vfs), request, BuildListener.SILENT).run());
      }
    }
  }

  private static Int32RowsSource source(int rows, int width, int distinct) {
    ByteBuffer memory =
        ByteBuffer.allocateDirect(rows * (4 + 4 * width)).order(ByteOrder.LITTLE_ENDIAN);
    SplittableRandom random = new SplittableRandom(1);
    for (int row = 0; row < rows; row++) {
      memory.putInt(width);
      for (int i = 0; i < width; i++) {
        memory.putInt(random.nextInt(distinct));
      }
    }
    return new Int32RowsSource(memory.flip(), 100);
  }

  /** Takes keys and TIDs and counts the TIDs. */
  private static final class Discard implements RangeLoaderFactory {
    @Override
    public long workBytes() {
      return 64 << 10;
    }

    @Override
    public RangeLoader open(int range, MemoryAccount account) {
      return new RangeLoader() {
        private long sum;

        @Override
        public void key(long address, int length) {
          sum += length;
        }

        @Override
        public void tids(long[] tids, int count) {
          sum += tids[count - 1];
        }

        @Override
        public void endKey() {}

        @Override
        public void finish() {}

        @Override
        public long pages() {
          return sum == 0 ? 0 : 1;
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public RangeLoader openPart(int range, int part, MemoryAccount account) {
      return open(range, account);
    }

    @Override
    public void complete(int[] inKeyOrder, MemoryAccount account) {}
  }
}
