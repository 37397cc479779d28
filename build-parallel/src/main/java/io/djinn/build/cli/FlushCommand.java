package io.djinn.build.cli;

import io.djinn.api.Djinn;
import io.djinn.api.FlushResult;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Empties the pending list of an index. */
@Command(
    name = "flush",
    description = "Move the rows of an index's pending list into its tree.",
    mixinStandardHelpOptions = true)
final class FlushCommand implements Callable<Integer> {
  @Mixin private ExistingStore store;
  @Mixin private Output output;

  @Option(
      names = "--index",
      required = true,
      paramLabel = "NAME",
      description = "Name of the index.")
  private String name;

  @Override
  public Integer call() {
    long start = System.nanoTime();
    try (Djinn db = store.open()) {
      FlushResult result = db.gin(name).flush();
      double seconds = (System.nanoTime() - start) / 1e9;
      output.text(
          "index "
              + name
              + ": "
              + result.rows()
              + " rows moved, "
              + result.pages()
              + " pages freed");
      output.json(
          new JsonLine("flushed")
              .put("index", name)
              .put("rows", result.rows())
              .put("pages", result.pages())
              .put("seconds", seconds));
    }
    return Failures.OK;
  }
}
