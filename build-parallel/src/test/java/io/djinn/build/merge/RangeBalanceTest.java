package io.djinn.build.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.GinSpec;
import io.djinn.build.accumulate.Accumulator;
import io.djinn.build.accumulate.KeyLimits;
import io.djinn.build.accumulate.KeyTable;
import io.djinn.build.run.SpillFiles;
import io.djinn.build.work.WorkMeter;
import io.djinn.memory.ByteStrings;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.sort.MemoryBlocks;
import io.djinn.sort.MergeSink;
import io.djinn.sort.Run;
import io.djinn.sort.RunIndex;
import io.djinn.sort.RunWriter;
import io.djinn.source.RowSource;
import io.djinn.source.Sources;
import io.djinn.testkit.SharedFiles;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.Tier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Prints, for real tables, the bytes of records in the largest merge task over the average, as they
 * turn out when the runs are read; of a tenth of each table but in the proof.
 */
class RangeBalanceTest {
  private static final double MOST = 1.2;
  private static final int[] TASKS = {8, 16, 32, 64, 128};

  /**
   * Samples a task needs: with fewer the runs are too small to be cut into so many. Each run tells
   * the bytes before a cut wrong by some of a stride; the errors of many runs add up as their root.
   */
  private static final int SAMPLES_A_TASK = 14;

  private static final int INDEX_ENTRIES = 2048;
  private static final int MAX_KEY_BYTES = 2700;

  private final MemoryAccount account = new MemoryAccount("test", 4L << 30);
  private final List<MemoryRegion> indexes = new ArrayList<>();
  private final List<Run> runs = new ArrayList<>();
  private long keyBytes;
  private long savedBytes;

  @ParameterizedTest
  @CsvSource({
    "file-paths.txt, $:gin_trgm_ops, 431317",
    "debian-packages.jsonl, $:jsonb_ops, 63436",
    "debian-packages.jsonl, $:jsonb_path_ops, 63436",
    "debian-packages.jsonl, depends:array_ops/text, 63436",
    "debian-packages.jsonl, description:tsvector_ops/english, 63436",
    "movies.jsonl, extract:tsvector_ops/english, 36273",
    "commits.jsonl, subject:gin_trgm_ops, 82410"
  })
  void noTaskIsMuchLargerThanTheAverage(
      String file, String column, int rows, @TempDir Path directory) {
    GinSpec spec = GinSpec.parse(List.of(column));
    try (RowSource source = Sources.open(SharedFiles.data(file), directory, 64 << 10)) {
      for (int arenaMebibytes : new int[] {2, 64}) {
        try (MemoryBlocks blocks = new MemoryBlocks(account, 64 << 10, 0, 0, 0)) {
          accumulate(source, spec, Tier.current().count(rows), arenaMebibytes << 20, blocks);
          for (int tasks : TASKS) {
            balance(file + " " + column, tasks);
          }
        } finally {
          indexes.forEach(MemoryRegion::close);
          runs.clear();
        }
      }
    }
    assertEquals(0, account.usedBytes());
    String saved =
        String.format(
            Locale.ROOT, "%s %s: %,d of %,d bytes of keys", file, column, savedBytes, keyBytes);
    System.out.println(saved + " are those of the key before");
    assertTrue(savedBytes > keyBytes / 4, saved);
  }

  private void accumulate(
      RowSource source, GinSpec spec, int rows, int arenaBytes, MemoryBlocks blocks) {
    KeyLimits limits =
        new KeyLimits(
            new String[] {"c"}, new boolean[] {spec.keepsPayloads(0)}, MAX_KEY_BYTES, 4096);
    int[] left = {rows};
    try (Accumulator accumulator =
        new Accumulator(
            account, limits, arenaBytes, table -> write(table, blocks), new WorkMeter(() -> 0))) {
      source.scan(
          0,
          source.blockCount(),
          (tid, row) -> {
            accumulator.beginRow(tid);
            accumulator.batch().begin(tid, 0);
            GinSpec.Column column = spec.columns().get(0);
            row.extract(column.path(), column.operatorClass(), accumulator.batch());
            accumulator.endRow();
            return --left[0] > 0;
          });
      accumulator.cut();
    }
  }

  private void write(KeyTable table, MemoryBlocks blocks) {
    MemoryRegion index =
        MemoryRegion.allocate(account, (long) INDEX_ENTRIES * RunIndex.ENTRY_BYTES);
    indexes.add(index);
    RunWriter writer =
        new RunWriter(
            blocks.tryReserve(table.rawBytes(), RunWriter.HEAD_BYTES + table.longestKey()),
            new RunIndex(index.address(), INDEX_ENTRIES, 0),
            table.base());
    table.write(writer, () -> {});
    keyBytes += writer.keyBytes();
    savedBytes += writer.savedBytes();
    runs.add(writer.finish(0, runs.size(), Run.IN_MEMORY, table.tids(), table.highestTid()));
  }

  private void balance(String table, int wanted) {
    long total = runs.stream().mapToLong(Run::rawBytes).sum();
    double needed = SAMPLES_A_TASK * Math.sqrt(runs.size()) * RunIndex.STRIDE_BYTES;
    if (total < wanted * needed) {
      return;
    }
    long largest = 0;
    long guessed = 0;
    long sum = 0;
    int tasks;
    int parts;
    try (RangeQueue queue = KeyRanges.cut(runs, wanted, 1, account);
        MergeWorker worker =
            new MergeWorker(
                account,
                new SpillFiles(new SimVfs(), "none", Long.MAX_VALUE),
                64 << 10,
                0,
                MAX_KEY_BYTES + 2,
                () -> {})) {
      tasks = queue.tasks();
      parts = queue.parts();
      for (MergeTask task = queue.take(false, () -> {});
          task != null;
          task = queue.take(false, () -> {})) {
        long bytes = 0;
        for (Run run : runs) {
          ByteCount count = new ByteCount();
          worker.merge(List.of(run), task, count);
          bytes += count.bytes;
        }
        queue.done();
        if (bytes > largest) {
          largest = bytes;
          guessed = task.weightBytes();
        }
        sum += bytes;
      }
    }
    double ratio = (double) largest * wanted / sum;
    String told =
        String.format(
            Locale.ROOT,
            "%s: %d runs, %.1f MB, %d wanted, %d tasks, %d of them parts: largest over average"
                + " %.3f, %.3f by the samples",
            table,
            runs.size(),
            sum / 1e6,
            wanted,
            tasks,
            parts,
            ratio,
            (double) guessed * wanted / total);
    System.out.println(told);
    assertTrue(ratio <= MOST, told);
  }

  /** Counts the bytes of a run's records. */
  private static final class ByteCount implements MergeSink {
    private static final int HEAD_AND_END_BYTES = 3;

    private byte[] lastKey = new byte[0];
    private long bytes;
    private long last;

    @Override
    public void key(long address, int length) {
      byte[] key = new byte[length];
      NativeMemory.copyToArray(address, key, 0, length);
      int shared = Math.max(0, Arrays.mismatch(lastKey, key));
      bytes += HEAD_AND_END_BYTES + length - shared;
      lastKey = key;
      last = -1;
    }

    @Override
    public void tids(long[] tids, int count) {
      for (int i = 0; i < count; i++) {
        bytes += (70 - Long.numberOfLeadingZeros(last < 0 ? 128 : tids[i] - last)) / 7;
        last = tids[i];
      }
    }

    @Override
    public void tids(long[] tids, int count, ByteStrings payloads) {
      tids(tids, count);
      bytes += payloads.totalBytes() + count;
    }

    @Override
    public void endKey() {}
  }
}
