package io.djinn.build.cli;

import io.djinn.api.Djinn;
import io.djinn.api.GinIndex;
import io.djinn.source.RowSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Indexes rows of an index's source. */
@Command(
    name = "insert",
    description =
        "Index rows of the index's source: those behind the last one indexed, or those given.",
    mixinStandardHelpOptions = true)
final class InsertCommand implements Callable<Integer> {
  @Mixin private ExistingStore store;
  @Mixin private BatchOptions options;
  @Mixin private Output output;

  @Option(
      names = "--rows",
      paramLabel = "ROWS",
      converter = RowNumbers.Converter.class,
      description = "Row numbers from 1, as 5,7-9. Default: all rows behind the last one indexed.")
  private RowNumbers rows;

  private final Cancellation cancellation;

  InsertCommand(Cancellation cancellation) {
    this.cancellation = cancellation;
  }

  @Override
  public Integer call() {
    options.check();
    long start = System.nanoTime();
    try (Djinn db = store.open()) {
      GinIndex index = db.gin(options.index);
      try (RowSource source = IndexSource.reopen(db, index);
          RowLoader loader =
              new RowLoader(
                  db, index, source, options.batch, db.options().durability(), cancellation)) {
        RowNumbers wanted =
            rows != null ? rows : RowNumbers.between(index.spec().lastRow(), source.rowCount());
        long inserted = loader.insert(wanted, done -> {});
        double seconds = (System.nanoTime() - start) / 1e9;
        output.text("inserted " + inserted + " rows into index " + index.name());
        output.json(
            new JsonLine("inserted")
                .put("index", index.name())
                .put("rows", inserted)
                .put("lastRow", index.spec().lastRow())
                .put("sourceRows", source.rowCount())
                .put("seconds", seconds));
      }
    }
    return Failures.OK;
  }
}
