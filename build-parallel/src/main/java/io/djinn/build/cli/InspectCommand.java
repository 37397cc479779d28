package io.djinn.build.cli;

import io.djinn.api.Djinn;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Puts pages and log records into words. */
@Command(
    name = "inspect",
    description = "Put a page, or the log, into words.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "(page | wal)")
final class InspectCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "missing what to inspect: page N, or wal");
  }

  /** One page. */
  @Command(
      name = "page",
      description = "Put a page into words, as a query would see it.",
      mixinStandardHelpOptions = true)
  static final class PageCommand implements Callable<Integer> {
    @Mixin private ReadableStore store;
    @Mixin private Output output;

    @Parameters(paramLabel = "N", description = "Page number, from 0.")
    private int pageNo;

    @Override
    public Integer call() {
      try (Djinn db = store.open()) {
        String words = db.inspectPage(pageNo);
        words.lines().forEach(output::text);
        output.json(new JsonLine("page").put("page", pageNo).put("lines", words.lines().toList()));
      }
      return Failures.OK;
    }
  }

  /** The whole log. */
  @Command(
      name = "wal",
      description = "Put the log of a closed store into words, without changing it.",
      mixinStandardHelpOptions = true)
  static final class LogCommand implements Callable<Integer> {
    @Mixin private ExistingStore store;
    @Mixin private Output output;

    @Override
    public Integer call() {
      StoreOptions.requireStore(store.directory());
      Djinn.inspectLog(
          store.directory(),
          text -> {
            output.text(text);
            output.json(new JsonLine("note").put("text", text));
          },
          (words, lsn) -> {
            output.text("LSN " + lsn + ": " + words);
            output.json(new JsonLine("record").put("lsn", lsn).put("text", words));
          });
      return Failures.OK;
    }
  }
}
