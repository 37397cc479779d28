package io.djinn.build.cli;

import io.djinn.api.Djinn;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Removes an index and frees its pages. */
@Command(
    name = "drop",
    description = "Remove an index and free its pages.",
    mixinStandardHelpOptions = true)
final class DropCommand implements Callable<Integer> {
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
    try (Djinn db = store.open()) {
      long freeBefore = db.stats().freePages();
      db.drop(name);
      db.awaitDropped();
      long freed = db.stats().freePages() - freeBefore;
      output.text("dropped index " + name + ", " + freed + " pages are free again");
      output.json(new JsonLine("dropped").put("index", name).put("freedPages", freed));
    }
    return Failures.OK;
  }
}
