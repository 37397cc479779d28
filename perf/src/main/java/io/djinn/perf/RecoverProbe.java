package io.djinn.perf;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.GinIndex;
import io.djinn.api.GinSpec;
import io.djinn.api.GinStats;
import io.djinn.api.Snapshot;
import io.djinn.api.WriteBatch;
import io.djinn.file.OpenMode;
import io.djinn.file.OsEnv;
import io.djinn.file.OsVfs;
import io.djinn.file.RawFile;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.opclass.builtin.ArrayOps;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The two halves of a measured recovery, each in a process of its own: one writes a log and ends
 * without closing, the other opens what it left.
 */
final class RecoverProbe {
  private static final String INDEX = "arrays";
  private static final int DISTINCT_KEYS = 200_000;
  private static final long LOG_LIMIT_BYTES = 16L << 30;
  private static final int BLOCK_BYTES = 1 << 20;
  private static final long LEAST_MEMORY_BYTES = 64L << 20;
  private static final long MOST_MEMORY_BYTES = 256L << 20;

  private RecoverProbe() {}

  /**
   * Prints {@link Figures} as its last line.
   *
   * @param arguments {@code write DIRECTORY LOG_MIB SEED ROWS_PER_COMMIT KEYS_PER_ROW} or {@code
   *     recover DIRECTORY}
   */
  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[1]);
    if (arguments[0].equals("write")) {
      write(
          directory,
          Long.parseLong(arguments[2]) << 20,
          Long.parseLong(arguments[3]),
          Integer.parseInt(arguments[4]),
          Integer.parseInt(arguments[5]));
    } else {
      System.out.println(recover(directory).toJson());
    }
  }

  private static DjinnOptions options() {
    return DjinnOptions.defaults().withLogLimitBytes(LOG_LIMIT_BYTES);
  }

  /** Inserts rows until the log is long enough, and ends as a kill would. */
  private static void write(
      Path directory, long logBytes, long seed, int rowsPerCommit, int keysPerRow) {
    SplittableRandom random = new SplittableRandom(seed);
    Djinn db = Djinn.open(directory, options());
    GinIndex index = db.createGin(INDEX, GinSpec.column("values", ArrayOps.ofInts()));
    BitSet keys = new BitSet(DISTINCT_KEYS);
    long tids = 0;
    long tid = 0;
    while (db.stats().logBytes() < logBytes) {
      try (WriteBatch batch = db.begin()) {
        for (int row = 0; row < rowsPerCommit; row++) {
          Set<Integer> values = row(random, keysPerRow);
          values.forEach(keys::set);
          tids += values.size();
          index.insert(batch, tid++, values);
        }
        batch.commit();
      }
    }
    System.out.println(
        new Figures()
            .put("logBytes", db.stats().logBytes())
            .put("rows", tid)
            .put("keys", keys.cardinality())
            .put("tids", tids)
            .toJson());
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }

  private static GinStats stats(Djinn db) {
    try (Snapshot snapshot = db.snapshot()) {
      return db.gin(INDEX).stats(snapshot);
    }
  }

  private static Set<Integer> row(SplittableRandom random, int keys) {
    Set<Integer> values = new LinkedHashSet<>();
    for (int i = 0; i < keys; i++) {
      values.add(random.nextInt(DISTINCT_KEYS));
    }
    return values;
  }

  private static Figures recover(Path directory) throws IOException {
    MeasuredEnv env = new MeasuredEnv(new OsEnv(OsVfs.create(directory)));
    Figures figures = new Figures();
    try (Djinn db = Djinn.open(env, options())) {
      figures
          .put("openSeconds", env.openNanos() / 1e9)
          .put("redoSeconds", env.redoNanos() / 1e9)
          .put("redoCpuSeconds", env.redoCpuNanos() / 1e9)
          .put("writeBackBytes", env.writeBackBytes())
          .put("writeBackSeconds", env.writeBackNanos() / 1e9);
      db.gin(INDEX).flush();
      GinStats stats = stats(db);
      figures.put("keys", stats.keys()).put("tids", stats.tids());
      List<String> problems = db.verify();
      figures.put("problems", problems.size());
      if (!problems.isEmpty()) {
        System.err.println(problems);
      }
    }
    return figures.put(
        "diskSeconds", sequentialSeconds(directory, (long) figures.number("writeBackBytes")));
  }

  /**
   * Writes as many bytes over the allocated blocks of a file, in order, and syncs them. They come
   * from as much memory, as pages do, not from one block that stays in the processor's cache.
   */
  static double sequentialSeconds(Path directory, long bytes) throws IOException {
    String name = "sequential";
    long memoryBytes = Math.max(LEAST_MEMORY_BYTES, Math.min(bytes, MOST_MEMORY_BYTES));
    MemoryAccount account = new MemoryAccount("sequential", memoryBytes);
    try (OsVfs vfs = OsVfs.create(directory.resolveSibling(directory.getFileName() + "-disk"));
        MemoryRegion memory = MemoryRegion.allocate(account, memoryBytes);
        RawFile file = vfs.open(name, OpenMode.CREATE_NEW)) {
      SplittableRandom random = new SplittableRandom(1);
      file.allocate(0, bytes);
      file.sync(true);
      // Filled now, so that neither it nor the file's pages lie in the processor's cache.
      for (long i = 0; i + Long.BYTES <= memoryBytes; i += Long.BYTES) {
        NativeMemory.putLong(memory.address() + i, random.nextLong());
      }
      long start = System.nanoTime();
      for (long at = 0; at < bytes; at += BLOCK_BYTES) {
        int length = (int) Math.min(BLOCK_BYTES, bytes - at);
        long from = at % memoryBytes;
        file.writeFully(at, memory.address() + Math.min(from, memoryBytes - length), length);
      }
      file.sync(false);
      double seconds = (System.nanoTime() - start) / 1e9;
      vfs.delete(name);
      return seconds;
    }
  }
}
