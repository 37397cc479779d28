package io.djinn.perf;

import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The macro run {@code churn}: does a store that is written over and over keep its size? */
@Command(
    name = "churn",
    mixinStandardHelpOptions = true,
    description = "Inserts and removes the same rows again and again, and measures the page file.")
final class ChurnCommand implements Callable<Integer> {
  /** The page file after the last cycle, as a multiple of what it was after the first. */
  static final double MOST_GROWTH = 1.3;

  private static final List<String> HEAP = List.of("-Xms512m", "-Xmx512m");

  @Spec CommandLine.Model.CommandSpec spec;

  @Option(names = "--cycles", defaultValue = "100", description = "Cycles, ${DEFAULT-VALUE}.")
  int cycles;

  @Option(
      names = "--rows",
      defaultValue = "5000",
      description = "Inserted and removed in a cycle, ${DEFAULT-VALUE}.")
  int rows;

  @Option(names = "--base-rows", defaultValue = "5000", description = "Stay, ${DEFAULT-VALUE}.")
  int baseRows;

  @Option(
      names = "--keys-per-row",
      defaultValue = "20",
      description = "Trigrams of a row, ${DEFAULT-VALUE}.")
  int keysPerRow;

  @Option(names = "--seed", defaultValue = "1", description = "Of the rows, ${DEFAULT-VALUE}.")
  long seed;

  @Option(names = "--json", description = "Takes the figures, on one line.")
  Path json;

  @Option(names = "--directory", description = "For the store; made and deleted if not given.")
  Path directory;

  private final PrintStream out = System.out;

  @Override
  public Integer call() throws Exception {
    require("--cycles", cycles, 1, 1_000_000);
    require("--rows", rows, 2, 10_000_000);
    require("--base-rows", baseRows, 1, 10_000_000);
    require("--keys-per-row", keysPerRow, 1, 1000);
    boolean isOwn = directory == null;
    Path work = isOwn ? Files.createTempDirectory("djinn-perf") : directory;
    Files.createDirectories(work);
    try {
      return run(work) ? 0 : 1;
    } finally {
      if (isOwn) {
        BuildProbe.deleteTree(work);
      }
    }
  }

  private void require(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new ParameterException(
          spec.commandLine(), name + " " + value + ": must be " + least + " to " + most);
    }
  }

  private boolean run(Path work) throws IOException, InterruptedException {
    Path store = work.resolve("churn");
    BuildProbe.deleteTree(store);
    Figures figures =
        ProbeProcess.run(
            HEAP,
            ChurnProbe.class,
            List.of(
                store.toString(),
                Integer.toString(cycles),
                Integer.toString(rows),
                Integer.toString(baseRows),
                Integer.toString(keysPerRow),
                Long.toString(seed)));
    if (json != null) {
      try (Writer file = Files.newBufferedWriter(json)) {
        file.write(figures.toJson() + "\n");
      }
    }
    boolean isWithin = figures.number("growth") <= MOST_GROWTH;
    out.printf(
        Locale.ROOT,
        "%d cycles of %d rows beside %d, %.0f s: page file %,.0f bytes after the first, %,.0f after"
            + " the last, %,.0f at most; ratio %.2f (bound %.1f)%s; keys back to %,.0f after each%n",
        cycles,
        rows,
        baseRows,
        figures.number("seconds"),
        figures.number("firstFileBytes"),
        figures.number("lastFileBytes"),
        figures.number("mostFileBytes"),
        figures.number("growth"),
        MOST_GROWTH,
        isWithin ? "" : ": OUT OF BOUNDS",
        figures.number("keys"));
    return isWithin;
  }
}
