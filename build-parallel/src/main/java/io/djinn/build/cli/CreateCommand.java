package io.djinn.build.cli;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.GinSpec;
import io.djinn.source.RowSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Makes an empty index bound to a source. */
@Command(
    name = "create",
    description = "Make an empty index bound to a file of rows.",
    mixinStandardHelpOptions = true)
final class CreateCommand implements Callable<Integer> {
  @Mixin private NewIndex index;
  @Mixin private Output output;

  @Override
  public Integer call() {
    GinSpec spec = index.spec();
    try (Djinn db = index.store.openOrCreate(index.directory, DjinnOptions.defaults());
        RowSource source = IndexSource.open(db, index.input, index.blockBytes())) {
      IndexSource.requireColumns(source, spec);
      db.createGin(index.name, spec.withSource(source.identity(), source.slotBits()));
      output.text("index " + index.name + " over " + source.rowCount() + " rows, none indexed yet");
      output.json(
          new JsonLine("created").put("index", index.name).put("sourceRows", source.rowCount()));
    }
    return Failures.OK;
  }
}
