package io.djinn.nativetests;

import io.djinn.api.Djinn;
import io.djinn.api.GinIndex;
import io.djinn.api.GinSpec;
import io.djinn.build.BuildListener;
import io.djinn.build.IndexBuild;
import io.djinn.build.plan.BuildOptions;
import io.djinn.error.DjinnException;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.source.Int32RowsSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * The process whose system calls fail: works on one store after the other, says what was
 * acknowledged and what failed, and goes on where the store does.
 *
 * <p>It reads a line with a work and a directory, works there, and ends with a line {@link #ENDED}.
 * Anything but an exception of the engine is {@link #BROKEN}.
 */
final class FaultyProcess {
  static final String COMMITTED = "COMMITTED";
  static final String FAILED = "FAILED";
  static final String BROKEN = "BROKEN";
  static final String SEALED = "SEALED";
  static final String BUILT = "BUILT";
  static final String ENDED = "ENDED";

  /** More often than any fault that comes once. */
  private static final int ATTEMPTS = 4;

  private static final long FIRST_BATCHES = 40;
  private static final long ALL_BATCHES = 60;
  private static final long BATCHES_BEFORE_BUILD = 4;
  private static final StoreProcess.Work OPTIONS = StoreProcess.Work.INSERT;

  /** What is done with a store. */
  enum Task {
    CHURN,
    BUILD
  }

  private long acknowledged;
  private final Path directory;

  private FaultyProcess(Path directory) {
    this.directory = directory;
  }

  public static void main(String[] arguments) throws IOException {
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      String[] words = line.split(" ");
      try {
        new FaultyProcess(Path.of(words[1])).run(Task.valueOf(words[0]));
      } catch (Throwable t) {
        broken("task", t);
      }
      say(ENDED);
    }
  }

  private void run(Task task) {
    if (task == Task.BUILD) {
      session(
          db -> {
            commit(db, BATCHES_BEFORE_BUILD);
            build(db);
            commit(db, BATCHES_BEFORE_BUILD + 2);
          });
      return;
    }
    session(
        db -> {
          commit(db, FIRST_BATCHES / 2);
          attempt(db, "checkpoint", () -> checkpoint(db));
          commit(db, FIRST_BATCHES);
        });
    session(
        db -> {
          search(db);
          commit(db, ALL_BATCHES);
          attempt(db, "checkpoint", () -> checkpoint(db));
          search(db);
        });
  }

  /** What is done between opening and closing. */
  private interface Session {
    void run(Djinn db);
  }

  private void session(Session session) {
    Djinn db = attempt(null, "open", () -> Djinn.open(directory, OPTIONS.options));
    if (db == null) {
      return;
    }
    try {
      session.run(db);
    } finally {
      if (db.isSealed()) {
        say(SEALED);
      }
      try {
        db.close();
      } catch (Throwable t) {
        failed("close", t);
      }
    }
  }

  private void commit(Djinn db, long batches) {
    GinIndex index = attempt(db, "create", () -> StoreProcess.inserted(db));
    while (index != null && acknowledged < batches) {
      boolean isDone =
          attempt(
                  db,
                  "commit",
                  () -> {
                    StoreProcess.commit(db, index, acknowledged);
                    return true;
                  })
              != null;
      if (!isDone) {
        return;
      }
      acknowledged++;
      say(COMMITTED + " " + acknowledged);
    }
  }

  private static Object checkpoint(Djinn db) {
    db.checkpoint();
    return true;
  }

  /** A sealed store goes on reading; what it shows is what was acknowledged, or one batch more. */
  private void search(Djinn db) {
    attempt(
        db,
        "search",
        () -> {
          if (acknowledged > 0) {
            List<Long> found =
                StoreExamination.find(
                    db, db.gin(StoreProcess.INSERTED), ArrayOps.containsAll(new int[0]));
            if (!found.equals(NumberedRows.rows(acknowledged))
                && !found.equals(NumberedRows.rows(acknowledged + 1))) {
              throw new AssertionError(acknowledged + " batches acknowledged, found " + found);
            }
          }
          return true;
        });
  }

  private static void build(Djinn db) {
    try (Int32RowsSource rows = StoreProcess.buildRows()) {
      BuildOptions options =
          BuildOptions.defaults().withMaintenanceWorkMem(2 << 20).withParallelWorkers(1);
      Object built =
          attempt(
              db,
              "build",
              () -> {
                new IndexBuild(
                        db,
                        StoreProcess.BUILT_INDEX,
                        GinSpec.column("$", ArrayOps.ofInts()),
                        rows,
                        options,
                        BuildListener.SILENT)
                    .run();
                return true;
              });
      if (built != null) {
        say(BUILT);
      }
    }
  }

  /** Tries a few times where the store is not sealed; null where it always failed. */
  private static <T> T attempt(Djinn db, String step, Callable<T> work) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        return work.call();
      } catch (Throwable t) {
        failed(step, t);
        if (db != null && db.isSealed()) {
          return null;
        }
      }
    }
    return null;
  }

  private static void failed(String step, Throwable t) {
    if (t instanceof DjinnException) {
      say(FAILED + " " + step + " " + t.getClass().getSimpleName() + " " + oneLine(t));
    } else {
      broken(step, t);
    }
  }

  private static void broken(String step, Throwable t) {
    t.printStackTrace();
    say(BROKEN + " " + step + " " + oneLine(t));
  }

  private static String oneLine(Throwable t) {
    return t.toString().replace('\n', ' ');
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
