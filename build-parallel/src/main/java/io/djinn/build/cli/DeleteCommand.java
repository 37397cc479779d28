package io.djinn.build.cli;

import io.djinn.api.Djinn;
import io.djinn.api.GinIndex;
import io.djinn.source.RowSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Takes rows out of an index. */
@Command(
    name = "delete",
    description = "Take rows out of an index; their values are fetched from its source.",
    mixinStandardHelpOptions = true)
final class DeleteCommand implements Callable<Integer> {
  @Mixin private ExistingStore store;
  @Mixin private BatchOptions options;
  @Mixin private Output output;

  @Option(
      names = "--rows",
      required = true,
      paramLabel = "ROWS",
      converter = RowNumbers.Converter.class,
      description = "Row numbers from 1, as 5,7-9.")
  private RowNumbers rows;

  private final Cancellation cancellation;

  DeleteCommand(Cancellation cancellation) {
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
        long deleted = loader.delete(rows, done -> {});
        double seconds = (System.nanoTime() - start) / 1e9;
        output.text("deleted " + deleted + " rows from index " + index.name());
        output.json(
            new JsonLine("deleted")
                .put("index", index.name())
                .put("rows", deleted)
                .put("seconds", seconds));
      }
    }
    return Failures.OK;
  }
}
