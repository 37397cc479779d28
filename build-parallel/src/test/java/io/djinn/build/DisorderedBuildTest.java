package io.djinn.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.GinSpec;
import io.djinn.api.GinStats;
import io.djinn.api.Snapshot;
import io.djinn.build.merge.RangeLoader;
import io.djinn.build.merge.RangeLoaderFactory;
import io.djinn.build.plan.BuildOptions;
import io.djinn.file.Env;
import io.djinn.file.OsEnv;
import io.djinn.memory.MemoryAccount;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.KeySink;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.source.ColumnPath;
import io.djinn.source.InMemorySource;
import io.djinn.source.Row;
import io.djinn.source.RowSource;
import io.djinn.source.RowVisitor;
import io.djinn.source.SourceIdentity;
import io.djinn.testkit.PlacedTexts;
import io.djinn.testkit.PlacedWords;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.TestSeed;
import io.djinn.testkit.TestStores;
import io.djinn.testkit.Tier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Sources that give rows out of order or again: the index is that of the rows in order. */
class DisorderedBuildTest {
  private static final long MIB = 1L << 20;

  private enum Order {
    BACKWARDS {
      @Override
      long tid(long i, long n) {
        return n - 1 - i;
      }
    },
    SCATTERED {
      @Override
      long tid(long i, long n) {
        int bits = 64 - Long.numberOfLeadingZeros(n - 1);
        long mask = (1L << bits) - 1;
        long tid = i;
        do {
          tid = (tid ^ tid >>> (bits / 2)) * 0x9E3779B97F4A7C15L & mask;
          tid = (tid ^ tid >>> (bits / 2 + 1)) * 0xD1B54A32D192ED03L & mask;
        } while (tid >= n);
        return tid;
      }
    },
    WRAPPED_BLOCKS {
      @Override
      long tid(long i, long n) {
        long block = i / 1_000 * 1_000;
        long rows = Math.min(1_000, n - block);
        return block + (i + 300) % rows;
      }
    },
    DOUBLED {
      @Override
      long tid(long i, long n) {
        return i / 2;
      }
    },
    DOUBLED_BACKWARDS {
      @Override
      long tid(long i, long n) {
        return (n - 1 - i) / 2;
      }
    };

    /** The TID of the row that comes as number {@code i} of {@code n}. */
    abstract long tid(long i, long n);
  }

  @ParameterizedTest
  @EnumSource(Order.class)
  void oneKeyWithTwoMillionTidsBuildsWithinTheSmallestBudget(Order order) throws IOException {
    for (int workers : new int[] {0, 1}) {
      SimVfs vfs = new SimVfs();
      oneKey(new SimEnv(vfs, 1), order, 2_000_003, workers, (workers + 1) * MIB);
      assertTrue(!vfs.exists("tmp") || vfs.list("tmp").isEmpty());
    }
  }

  /** A hundred million in the proof. */
  @Test
  void oneKeyWithMillionsOfOverlappingTidsBuildsWithinSixteenMegabytes(@TempDir Path directory)
      throws IOException {
    int n = Tier.current() == Tier.QUICK ? 3_000_017 : 100_000_007;
    oneKey(TestStores.env(directory), Order.SCATTERED, n, 1, 16 * MIB);
  }

  private static void oneKey(Env env, Order order, long n, int workers, long budget) {
    AtomicLong found = new AtomicLong();
    OneKeyRows rows = new OneKeyRows(order, n);
    BuildReport report =
        new ParallelBuild(
                env,
                request(rows, new CountingLoaders(found), workers, budget),
                BuildListener.SILENT)
            .run();
    long distinct = order.name().startsWith("DOUBLED") ? (n + 1) / 2 : n;
    String told =
        order + ", " + workers + " workers: " + report.total().runs() + " runs, " + report.total();
    assertEquals(distinct, found.get(), told);
    assertEquals(n, report.total().rows(), told);
    assertEquals(1, report.total().keys(), told);
    assertEquals(distinct, report.total().tids(), told);
    assertTrue(report.accountedPeak() <= budget, told);
    // Twice 4 runs cut early a participant, and small ones between full arenas; and what was
    // combined. An arena holds at least 2 bytes in 5 of the budget, a TID takes 7 at most.
    long full = 7 * n / (budget / (workers + 1) * 2 / 5) + workers + 1;
    assertTrue(report.total().runs() <= 8L * (workers + 1) + 3 * full, told);
  }

  @ParameterizedTest
  @EnumSource(Order.class)
  void anyNumberOfParticipantsGivesTheIndexOfTheRowsInOrder(Order order) throws IOException {
    SplittableRandom random =
        new SplittableRandom(TestSeed.forTest("DisorderedBuildTest " + order));
    TestRows rows = new TestRows();
    int n = 20_000;
    for (int i = 0; i < n; i++) {
      int[] value = new int[random.nextInt(9)];
      for (int j = 0; j < value.length; j++) {
        value[j] = random.nextInt(1 + random.nextInt(4_000));
      }
      rows.add(order.tid(i, n), value);
    }
    var oracle = rows.oracle();
    for (int workers = 0; workers < 8; workers++) {
      SimVfs vfs = new SimVfs();
      MemoryLoaders loaders = new MemoryLoaders();
      BuildReport report =
          new ParallelBuild(
                  workers % 2 == 0 ? new SimEnv(vfs, workers) : new OsEnv(vfs),
                  request(rows, loaders, workers, (workers + 1) * MIB),
                  BuildListener.SILENT)
              .run();
      assertEquals("", loaders.difference(oracle), workers + " workers");
      assertTrue(report.accountedPeak() <= report.budgetBytes());
      assertTrue(report.total().runs() <= 30 * (workers + 1), report.total().runs() + " runs");
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 2, false", "1, 4, true", "2, 8, false", "3, 64, true", "7, 8, true"})
  void payloadsOfSeveralColumnsAreThoseOfTheRows(
      int workers, int megabytes, boolean doubled, @TempDir Path directory) throws Exception {
    SplittableRandom random =
        new SplittableRandom(TestSeed.forTest("DisorderedBuildTest payloads " + workers));
    List<Object[]> values = new ArrayList<>();
    for (int i = 0; i < 12_000; i++) {
      values.add(
          new Object[] {
            PlacedTexts.next(random, 300), List.of(random.nextInt(50), 77), List.of(i % 9)
          });
    }
    long memory = (long) megabytes << 20;
    GinSpec spec =
        GinSpec.column("text", new PlacedWords())
            .andColumn("tags", ArrayOps.ofInts())
            .andColumn("ninth", ArrayOps.ofInts())
            .withRows(values.size(), 0);
    try (Djinn db = Djinn.open(TestStores.env(directory), DjinnOptions.defaults());
        InMemorySource ordered = InMemorySource.of(List.of("text", "tags", "ninth"), values, 37);
        Shuffled shuffled = new Shuffled(ordered, doubled)) {
      BuildReport report = build(db, "shuffled", spec, shuffled, workers, memory);
      assertTrue(report.accountedPeak() <= memory, "peak " + report.accountedPeak());
      build(db, "ordered", spec, ordered, workers, memory);
      assertEquals(List.of(), db.verify());
      try (Snapshot snapshot = db.snapshot()) {
        assertEquals(List.of(), db.gin("shuffled").verifyRows(snapshot, ordered).problems());
        GinStats expected = db.gin("ordered").stats(snapshot);
        GinStats found = db.gin("shuffled").stats(snapshot);
        assertEquals(expected.keys(), found.keys());
        assertEquals(expected.tids(), found.tids());
      }
    }
  }

  private static BuildReport build(
      Djinn db, String name, GinSpec spec, RowSource source, int workers, long memory) {
    BuildOptions options =
        BuildOptions.defaults().withMaintenanceWorkMem(memory).withParallelWorkers(workers);
    return new IndexBuild(db, name, spec, source, options, BuildListener.SILENT).run();
  }

  private static BuildRequest request(
      RowSource source, RangeLoaderFactory loaders, int workers, long budget) {
    return new BuildRequest(
        "b",
        source,
        List.of(new BuildColumn(ColumnPath.WHOLE_ROW, ArrayOps.ofInts())),
        2_000,
        loaders,
        BuildOptions.defaults().withParallelWorkers(workers).withMaintenanceWorkMem(budget));
  }

  /** A source of rows; most of its methods are not for builds. */
  private abstract static class Rows implements RowSource {
    @Override
    public long tidOf(long rowNumber) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long rowNumberOf(long tid) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean canFetch() {
      return false;
    }

    @Override
    public Row fetch(long tid) {
      throw new UnsupportedOperationException();
    }

    @Override
    public SourceIdentity identity() {
      return new SourceIdentity("memory", "", 0, rowCount(), 0, 0);
    }

    @Override
    public void close() {}
  }

  /** Rows that all have the same one key. */
  private static final class OneKeyRows extends Rows implements Row {
    private static final int ROWS_A_BLOCK = 1_024;
    private static final byte[] KEY = {1, 2, 3, 4};

    private final Order order;
    private final long rows;

    OneKeyRows(Order order, long rows) {
      this.order = order;
      this.rows = rows;
    }

    @Override
    public int slotBits() {
      return 0;
    }

    @Override
    public long blockCount() {
      return (rows + ROWS_A_BLOCK - 1) / ROWS_A_BLOCK;
    }

    @Override
    public long rowCount() {
      return rows;
    }

    @Override
    public long sizeBytes() {
      return rows * 100;
    }

    @Override
    public void scan(long fromBlock, long toBlock, RowVisitor visitor) {
      long to = Math.min(rows, toBlock * ROWS_A_BLOCK);
      for (long i = fromBlock * ROWS_A_BLOCK; i < to; i++) {
        if (!visitor.row(order.tid(i, rows), this)) {
          return;
        }
      }
    }

    @Override
    public void extract(ColumnPath column, GinOperatorClass operatorClass, KeySink keys) {
      keys.key(KEY, 0, KEY.length);
    }

    @Override
    public Object value(ColumnPath column, GinOperatorClass operatorClass) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String text() {
      return "";
    }
  }

  /** The rows of another source in any order, each block's rows under TIDs of other blocks. */
  private static final class Shuffled extends Rows {
    private static final int ROWS_A_BLOCK = 64;

    private final RowSource rows;
    private final List<Long> numbers = new ArrayList<>();

    Shuffled(RowSource rows, boolean doubled) {
      this.rows = rows;
      for (long i = 1; i <= rows.rowCount(); i++) {
        numbers.add(i);
        if (doubled) {
          numbers.add(i);
        }
      }
      Collections.shuffle(numbers, new Random(numbers.size()));
      if (doubled) {
        // Some of them right behind themselves.
        for (int i = 1; i < numbers.size(); i += 5) {
          numbers.add(i, numbers.get(i - 1));
        }
      }
    }

    @Override
    public int slotBits() {
      return rows.slotBits();
    }

    @Override
    public long blockCount() {
      return (numbers.size() + ROWS_A_BLOCK - 1) / ROWS_A_BLOCK;
    }

    @Override
    public long rowCount() {
      return numbers.size();
    }

    @Override
    public long sizeBytes() {
      return rows.sizeBytes();
    }

    @Override
    public void scan(long fromBlock, long toBlock, RowVisitor visitor) {
      long to = Math.min(numbers.size(), toBlock * ROWS_A_BLOCK);
      for (long i = fromBlock * ROWS_A_BLOCK; i < to; i++) {
        long tid = rows.tidOf(numbers.get((int) i));
        if (!visitor.row(tid, rows.fetch(tid))) {
          return;
        }
      }
    }
  }

  /** Counts TIDs of one key, which must be 0, 1, 2 and so on; its parts must join. */
  private static final class CountingLoaders implements RangeLoaderFactory {
    private final AtomicLong next;

    /** Of each part: its first TID, and the one behind its last. */
    private final SortedMap<Integer, long[]> parts = new TreeMap<>();

    CountingLoaders(AtomicLong next) {
      this.next = next;
    }

    @Override
    public long workBytes() {
      return 0;
    }

    @Override
    public RangeLoader open(int range, MemoryAccount account) {
      return openPart(range, 0, account);
    }

    @Override
    public RangeLoader openPart(int range, int part, MemoryAccount account) {
      return new RangeLoader() {
        private final long[] bounds = new long[2];
        private boolean isEmpty = true;

        @Override
        public void key(long address, int length) {
          assertTrue(isEmpty);
        }

        @Override
        public void tids(long[] tids, int count) {
          if (isEmpty) {
            isEmpty = false;
            bounds[0] = tids[0];
            bounds[1] = tids[0];
          }
          for (int i = 0; i < count; i++) {
            if (tids[i] != bounds[1]++) {
              throw new AssertionError("TID " + tids[i] + " instead of " + (bounds[1] - 1));
            }
          }
        }

        @Override
        public void endKey() {}

        @Override
        public void finish() {
          if (!isEmpty) {
            synchronized (parts) {
              assertEquals(null, parts.put(part, bounds));
            }
          }
        }

        @Override
        public long pages() {
          return 1;
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public void complete(int[] inKeyOrder, MemoryAccount account) {
      for (long[] bounds : parts.values()) {
        assertEquals(next.get(), bounds[0]);
        next.set(bounds[1]);
      }
    }
  }
}
