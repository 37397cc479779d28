package io.djinn.nativetests;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.GinIndex;
import io.djinn.api.GinSpec;
import io.djinn.api.WriteBatch;
import io.djinn.build.BuildListener;
import io.djinn.build.BuildProgress;
import io.djinn.build.IndexBuild;
import io.djinn.build.plan.BuildOptions;
import io.djinn.error.AlreadyOpenException;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.source.Int32RowsSource;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The process that is killed: works on a store in one of a few ways and says on standard output
 * what it is doing and what was acknowledged, each before it goes on.
 */
final class StoreProcess {
  static final String INSERTED = "inserted";
  static final String BUILT_INDEX = "built";

  /** Batches in the other index of the store that an index is built in. */
  static final long BATCHES_BEFORE_BUILD = 200;

  private static final int BUILD_ROWS = 30_000;

  /** Lines the process prints; each may be followed by a number. */
  enum Said {
    OPENING,
    OPEN,
    /** The number of batches that have been acknowledged. */
    COMMITTED,
    BUILDING,
    /** One more step of a build is done. */
    PROGRESS,
    BUILT,
    CHECKPOINTING,
    CHECKPOINTED,
    REFUSED
  }

  enum Work {
    /** Inserts and deletes rows without end. */
    INSERT(small()),
    /** The same, while checkpoints follow each other without a pause. */
    CHECKPOINT(small()),
    /** Inserts and deletes so that recovery has something to do, until killed. */
    FILL_LOG(large()),
    /** Opens the store, which recovers it, and closes it. */
    RECOVER(large()),
    /** Builds an index in parallel. */
    BUILD(large()),
    /** Expects to be refused. */
    OPEN_TWICE(small());

    final DjinnOptions options;

    Work(DjinnOptions options) {
      this.options = options;
    }

    /** Tiny pages and little memory: splits, write-back, checkpoints and new segments all day. */
    private static DjinnOptions small() {
      return DjinnOptions.defaults()
          .withPageSizeBytes(512)
          .withFrameMemoryBytes(256 * 512)
          .withLogSegmentBytes(64 << 10)
          .withLogLimitBytes(256 << 10)
          .withMapChunkBytes(1 << 20);
    }

    /** No checkpoint comes between. */
    private static DjinnOptions large() {
      return DjinnOptions.defaults()
          .withPageSizeBytes(1024)
          .withFrameMemoryBytes(16 << 20)
          .withLogSegmentBytes(1 << 20)
          .withLogLimitBytes(1L << 30);
    }
  }

  private StoreProcess() {}

  /** Where acknowledgements are written besides, in the order of what is done to files; or null. */
  private static OutputStream witness;

  private static synchronized void say(Said what, long number) {
    String line = what + " " + number;
    if (witness != null) {
      try {
        witness.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    System.out.println(line);
    System.out.flush();
  }

  /**
   * Arguments: directory, work, first batch; and a file for acknowledgements, where one is wanted.
   */
  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    Work work = Work.valueOf(arguments[1]);
    long firstBatch = Long.parseLong(arguments[2]);
    if (arguments.length > 3) {
      witness = Files.newOutputStream(Path.of(arguments[3]));
    }
    say(Said.OPENING, 0);
    long start = System.nanoTime();
    try (Djinn db = Djinn.open(directory, work.options)) {
      say(Said.OPEN, System.nanoTime() - start);
      switch (work) {
        case INSERT, FILL_LOG -> insert(db, firstBatch);
        case CHECKPOINT -> {
          Thread checkpoints =
              new Thread(
                  () -> {
                    for (long number = 0; ; number++) {
                      say(Said.CHECKPOINTING, number);
                      db.checkpoint();
                      say(Said.CHECKPOINTED, number);
                    }
                  });
          checkpoints.setDaemon(true);
          checkpoints.start();
          insert(db, firstBatch);
        }
        case BUILD -> build(db);
        case RECOVER, OPEN_TWICE -> {}
      }
    } catch (AlreadyOpenException e) {
      say(Said.REFUSED, System.nanoTime() - start);
    }
  }

  static GinIndex inserted(Djinn db) {
    return db.indexes().isEmpty()
        ? db.createGin(INSERTED, GinSpec.column("$", ArrayOps.ofInts()))
        : db.gin(INSERTED);
  }

  private static void insert(Djinn db, long firstBatch) {
    GinIndex index = inserted(db);
    for (long number = firstBatch; ; number++) {
      commit(db, index, number);
      say(Said.COMMITTED, number + 1);
    }
  }

  static void commit(Djinn db, GinIndex index, long number) {
    try (WriteBatch batch = db.begin()) {
      for (long row : NumberedRows.inserted(number)) {
        index.insert(batch, row, NumberedRows.values(row));
      }
      for (long row : NumberedRows.deleted(number)) {
        index.delete(batch, row, NumberedRows.values(row));
      }
      batch.commit();
    }
  }

  /** The rows of the built index: four values each, of 20,000. */
  static Int32RowsSource buildRows() {
    ByteBuffer ints = ByteBuffer.allocate(BUILD_ROWS * 5 * 4).order(ByteOrder.LITTLE_ENDIAN);
    SplittableRandom random = new SplittableRandom(18);
    for (int row = 0; row < BUILD_ROWS; row++) {
      ints.putInt(4);
      ints.putInt(random.nextInt(3));
      for (int i = 0; i < 3; i++) {
        ints.putInt(random.nextInt(20_000));
      }
    }
    return new Int32RowsSource(ints.flip(), 64);
  }

  private static void build(Djinn db) {
    try (Int32RowsSource rows = buildRows()) {
      BuildOptions options =
          BuildOptions.defaults().withMaintenanceWorkMem(2 << 20).withParallelWorkers(1);
      IndexBuild build =
          new IndexBuild(
              db,
              BUILT_INDEX,
              GinSpec.column("$", ArrayOps.ofInts()),
              rows,
              options,
              new BuildListener() {
                @Override
                public void progress(BuildProgress progress) {
                  say(Said.PROGRESS, progress.done());
                }
              });
      say(Said.BUILDING, 0);
      long start = System.nanoTime();
      build.run();
      say(Said.BUILT, System.nanoTime() - start);
      // Until killed, which must not come too late to be a kill; it changes nothing.
      while (true) {
        commit(db, inserted(db), BATCHES_BEFORE_BUILD - 1);
      }
    }
  }

  /** The words of a line. */
  record Line(Said said, long number) {
    static Line parse(String line) {
      List<String> words = List.of(line.split(" "));
      return new Line(Said.valueOf(words.get(0)), Long.parseLong(words.get(1)));
    }
  }
}
