package io.djinn.build.cli;

import io.djinn.api.Djinn;
import io.djinn.api.GinIndex;
import io.djinn.api.IndexInfo;
import io.djinn.api.RowCheck;
import io.djinn.api.Snapshot;
import io.djinn.source.RowSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Verifies a store, and on request its indexes against their rows. */
@Command(
    name = "check",
    description = "Verify every page and structure of a store; exit 1 where something is wrong.",
    mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
  @Mixin private ReadableStore store;
  @Mixin private Output output;

  @Option(
      names = "--rows",
      description = "Compare every index with the rows of its source too, both ways.")
  private boolean rows;

  private final Cancellation cancellation;
  private long problems;

  CheckCommand(Cancellation cancellation) {
    this.cancellation = cancellation;
  }

  @Override
  public Integer call() {
    long start = System.nanoTime();
    long pages;
    try (Djinn db = store.open()) {
      pages = db.stats().pages();
      db.verify().forEach(this::problem);
      if (rows && problems == 0) {
        for (IndexInfo index : db.indexes()) {
          cancellation.check();
          if (index.state().equals("ready")) {
            checkRows(db, db.gin(index.name()));
          }
        }
      }
    }
    output.text(problems == 0 ? "the store is sound, " + pages + " pages" : problems + " problems");
    output.json(
        new JsonLine("check")
            .put("problems", problems)
            .put("pages", pages)
            .put("seconds", (System.nanoTime() - start) / 1e9));
    return problems == 0 ? Failures.OK : Failures.NO;
  }

  private void problem(String text) {
    problems++;
    output.text(text);
    output.json(new JsonLine("problem").put("text", text));
  }

  private void checkRows(Djinn db, GinIndex index) {
    if (index.spec().source() == null) {
      output.text("index " + index.name() + ": bound to no source, rows not compared");
      output.json(new JsonLine("rows").put("index", index.name()).put("compared", false));
      return;
    }
    try (RowSource source = IndexSource.reopen(db, index);
        Snapshot snapshot = db.snapshot()) {
      RowCheck check = index.verifyRows(snapshot, source);
      check.problems().forEach(text -> problem("index " + index.name() + ": " + text));
      output.text(
          "index "
              + index.name()
              + ": "
              + check.rows()
              + " rows and "
              + check.pairs()
              + " keys of them compared, "
              + check.absentRows()
              + " rows deleted or never inserted, "
              + (source.rowCount() - index.spec().lastRow())
              + " behind the last one indexed");
      output.json(
          new JsonLine("rows")
              .put("index", index.name())
              .put("compared", true)
              .put("rows", check.rows())
              .put("pairs", check.pairs())
              .put("absentRows", check.absentRows())
              .put("sourceRows", source.rowCount())
              .put("problems", check.problems().size()));
    }
  }
}
