package io.djinn.perf.micro;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.Durability;
import io.djinn.api.GinIndex;
import io.djinn.api.GinSpec;
import io.djinn.api.Snapshot;
import io.djinn.api.TidCursor;
import io.djinn.api.WriteBatch;
import io.djinn.opclass.builtin.ArrayOps;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Page edits as batches make them, microseconds a row of one key: keys collected, frames copied,
 * the leaf edited, records appended, the batch published. Nothing waits for a sync but the engine
 * itself, when frames or log run short.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class BatchBenchmark {
  static final int ROWS = 128;
  private static final int KEYS = 100;

  private TemporaryDirectory directory;
  private Djinn db;
  private GinIndex index;
  private long rows;

  @Setup
  public void open() throws IOException {
    directory = new TemporaryDirectory();
    db =
        Djinn.open(
            directory.path(),
            DjinnOptions.defaults()
                .withDurability(Durability.none())
                .withLogSegmentBytes(4 << 20)
                .withLogLimitBytes(64 << 20));
    index = db.createGin("rows", GinSpec.column("$", ArrayOps.ofInts()).withFastUpdate(false));
  }

  @Benchmark
  public long batchOfOneRow() {
    return commit(1);
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public long batchOfManyRows() {
    return commit(ROWS);
  }

  private long commit(int count) {
    try (WriteBatch batch = db.begin()) {
      for (int i = 0; i < count; i++) {
        index.insert(batch, rows, new int[] {(int) (rows % KEYS)});
        rows++;
      }
      return batch.commit();
    }
  }

  /** Every row inserted so far is found under its key, and no other. */
  @TearDown(Level.Iteration)
  public void check() {
    try (Snapshot snapshot = db.snapshot()) {
      Check.equal(rows, index.stats(snapshot).tids(), "TIDs of the index");
      for (int key = 0; key < KEYS; key++) {
        long expected = key;
        try (TidCursor cursor = index.search(snapshot, ArrayOps.containsAll(key))) {
          while (cursor.next()) {
            Check.equal(expected, cursor.tid(), "TID of key " + key);
            expected += KEYS;
          }
        }
        Check.that(expected >= rows, "rows of key " + key + " end before " + expected);
      }
    }
  }

  @TearDown
  public void close() throws IOException {
    db.close();
    directory.close();
  }
}
