package io.djinn.build.cli;

import io.djinn.api.Djinn;
import io.djinn.api.IndexInfo;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Names the indexes of a store. */
@Command(
    name = "list",
    description = "Name the indexes of a store: kind, columns, options, source.",
    mixinStandardHelpOptions = true)
final class ListCommand implements Callable<Integer> {
  @Mixin private ReadableStore store;
  @Mixin private Output output;

  @Override
  public Integer call() {
    List<IndexInfo> indexes;
    try (Djinn db = store.open()) {
      indexes = db.indexes();
    }
    if (indexes.isEmpty()) {
      output.text("no indexes");
    }
    for (IndexInfo index : indexes) {
      output.text(
          index.name()
              + "  "
              + index.kind()
              + "  "
              + index.state()
              + "  "
              + String.join(" ", index.columns()));
      output.text("    " + index.options());
      output.text("    " + (index.source().isEmpty() ? "no source" : index.source()));
      output.json(
          new JsonLine("index")
              .put("name", index.name())
              .put("kind", index.kind())
              .put("state", index.state())
              .put("columns", index.columns())
              .put("options", index.options())
              .put("source", index.source()));
    }
    return Failures.OK;
  }
}
