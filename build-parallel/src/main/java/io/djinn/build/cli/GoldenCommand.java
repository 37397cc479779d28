package io.djinn.build.cli;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.Durability;
import io.djinn.api.GinSpec;
import io.djinn.build.BuildListener;
import io.djinn.build.IndexBuild;
import io.djinn.build.cli.golden.GoldenFile;
import io.djinn.build.cli.golden.GoldenRunner;
import io.djinn.source.RowSource;
import io.djinn.source.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares the answers of indexes with golden ones. */
@Command(
    name = "golden",
    description = "Answer the queries of golden files with indexes and compare every row.",
    mixinStandardHelpOptions = true)
final class GoldenCommand implements Callable<Integer> {
  private static final int ASYNC_MILLIS = 200;

  /** How an index gets its rows. */
  enum Load {
    BUILD,
    INSERT
  }

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "Directory of the data files, plain or .gz; it is only read.")
  private Path data;

  @Option(
      names = "--load",
      paramLabel = "HOW",
      defaultValue = "build",
      description = "build or insert. Default ${DEFAULT-VALUE}.")
  private Load load;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Rows of a batch of --load insert. Default ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "--fast-update",
      paramLabel = "on|off",
      defaultValue = "on",
      description =
          "Whether the rows of --load insert go through the pending list. Default ${DEFAULT-VALUE}.")
  private Switch fastUpdate;

  @Option(
      names = "--flush",
      description = "Empty the pending list of --load insert before the queries start.")
  private boolean flush;

  @Option(
      names = "--work",
      paramLabel = "DIR",
      description =
          "Where everything is written. Default: a fresh temporary directory, removed at the end.")
  private Path work;

  @Option(
      names = "--only",
      paramLabel = "OPCLASS",
      description = "Compare the lines of this operator class alone.")
  private String only;

  @Option(
      names = "--fail-fast",
      paramLabel = "N",
      defaultValue = "9223372036854775807",
      description = "End after N lines that did not pass.")
  private long failFast;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Files of golden answers; their kind is told by the fields of the first line.")
  private List<Path> files;

  @Mixin private BuildSettings settings;
  @Mixin private StoreOptions store;
  @Mixin private Output output;

  private final Cancellation cancellation;

  GoldenCommand(Cancellation cancellation) {
    this.cancellation = cancellation;
  }

  @Override
  public Integer call() throws IOException {
    BatchOptions.requirePositive("--batch", batch);
    if (failFast < 1) {
      throw new UserMistakeException("--fail-fast " + failFast + ": must be 1 at least");
    }
    if (!Files.isDirectory(data)) {
      throw new UserMistakeException("--data " + data + ": no such directory");
    }
    List<GoldenFile> read = new ArrayList<>();
    for (Path file : files) {
      read.add(GoldenFile.read(file));
    }
    DjinnOptions options = settings.settings().withDurability(Durability.async(ASYNC_MILLIS));
    try (WorkDirectory directory = WorkDirectory.open(work);
        Djinn db = store.openOrCreate(directory.store(), options);
        DataFiles sources = new DataFiles(db)) {
      GoldenReport report =
          new GoldenReport(output, load.name().toLowerCase(java.util.Locale.ROOT));
      GoldenRunner runner =
          new GoldenRunner(
              db,
              sources::open,
              (name, spec, source) -> make(db, name, spec, source),
              report,
              cancellation::check);
      return runner.run(read, only, failFast) ? Failures.OK : Failures.NO;
    }
  }

  private int make(Djinn db, String name, GinSpec spec, RowSource source) {
    if (load == Load.BUILD) {
      IndexBuild build =
          new IndexBuild(
              db,
              name,
              spec.withRows(source.rowCount(), 0),
              source,
              settings.options(db),
              BuildListener.SILENT);
      return BuildCommand.run(build, cancellation).startedWorkers();
    }
    db.createGin(
        name,
        spec.withSource(source.identity(), source.slotBits())
            .withFastUpdate(fastUpdate == Switch.ON));
    try (RowLoader loader =
        new RowLoader(db, db.gin(name), source, batch, db.options().durability(), cancellation)) {
      loader.insert(RowNumbers.between(0, source.rowCount()), done -> {});
    }
    if (flush) {
      db.gin(name).flush();
    }
    return 0;
  }

  /** The data files opened so far. */
  private final class DataFiles implements AutoCloseable {
    private final Djinn db;
    private final Map<String, RowSource> open = new HashMap<>();

    DataFiles(Djinn db) {
      this.db = db;
    }

    RowSource open(String name) {
      return open.computeIfAbsent(
          name, n -> Sources.open(find(n), db.sourceFiles(), Sources.DEFAULT_BLOCK_BYTES));
    }

    private Path find(String name) {
      Path plain = data.resolve(name);
      Path packed = data.resolve(name + ".gz");
      if (!Files.isRegularFile(plain) && !Files.isRegularFile(packed)) {
        throw new UserMistakeException(
            "data file " + name + " is not in " + data + ", nor " + name + ".gz");
      }
      return Files.isRegularFile(plain) ? plain : packed;
    }

    @Override
    public void close() {
      open.values().forEach(RowSource::close);
    }
  }
}
