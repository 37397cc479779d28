package io.djinn.perf;

import io.djinn.perf.TrigramQuestion.Shape;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The macro run {@code writes}: durable and asynchronous inserts a second beside the raw disk,
 * latency under constant load, and queries with an empty and a full pending list; each part in a
 * process of its own.
 */
@Command(
    name = "writes",
    mixinStandardHelpOptions = true,
    description = "Measures inserts beside the raw disk, and queries beside a pending list.")
final class WritesCommand implements Callable<Integer> {
  private static final List<String> HEAP = List.of("-Xms512m", "-Xmx512m");

  /** What a write of 4 KiB with fdatasync took where the rates of others were measured. */
  private static final double OTHERS_BLOCK_MICROS = 200;

  private static final int LEAST_PENDING_LIMIT = 64 << 10;
  private static final int MOST_PENDING_LIMIT = 1 << 30;

  /**
   * Another store's durable rows of 55 trigrams a second.
   *
   * @param single as the slowest and the fastest of several settings, as printed
   */
  private record Other(String name, String single, String batches) {}

  private static final List<Other> OTHERS =
      List.of(
          new Other("RocksDB", "3,600", "47,000"),
          new Other("TuplDB", "3,200", "32,000"),
          new Other("LMDB", "1,100-1,450", "18,000-28,000"),
          new Other("MVStore", "700-900", "-"),
          new Other("Lucene", "160", "6,500"));

  @Spec CommandLine.Model.CommandSpec spec;

  @Option(
      names = "--parts",
      split = ",",
      defaultValue = "durable,async,queries,constant",
      description = "What is measured, ${DEFAULT-VALUE}.")
  List<String> parts;

  @Option(names = "--rounds", defaultValue = "5", description = "Rounds, ${DEFAULT-VALUE}.")
  int rounds;

  @Option(
      names = "--phase-millis",
      defaultValue = "2000",
      description = "One turn of one kind of work in a round, ${DEFAULT-VALUE}.")
  int phaseMillis;

  @Option(
      names = "--seconds",
      defaultValue = "300",
      description = "Constant load in all, ${DEFAULT-VALUE}.")
  int seconds;

  @Option(
      names = "--load",
      defaultValue = "50",
      description =
          "Constant load, percent of the durable rows a second of one thread, ${DEFAULT-VALUE}.")
  int loadPercent;

  @Option(
      names = "--rate",
      defaultValue = "0",
      description = "Constant load, rows a second; 0 for what --load says, ${DEFAULT-VALUE}.")
  int rate;

  @Option(
      names = "--threads",
      defaultValue = "4",
      description = "That insert under constant load, ${DEFAULT-VALUE}.")
  int threads;

  @Option(
      names = "--base-rows",
      defaultValue = "100000",
      description = "In the index before constant load and queries, ${DEFAULT-VALUE}.")
  int baseRows;

  @Option(
      names = "--different-rows",
      defaultValue = "16384",
      description = "After which rows repeat, ${DEFAULT-VALUE}.")
  int preparedRows;

  @Option(
      names = "--pending-limit",
      defaultValue = "4194304",
      description = "The indexes' pendingListLimit, bytes, ${DEFAULT-VALUE}.")
  int pendingListLimit;

  @Option(names = "--seed", defaultValue = "1", description = "Of the rows, ${DEFAULT-VALUE}.")
  long seed;

  @Option(names = "--json", description = "Takes the figures of each part, one a line.")
  Path json;

  @Option(names = "--directory", description = "For the stores; made and deleted if not given.")
  Path directory;

  private final PrintStream out = System.out;

  @Override
  public Integer call() throws Exception {
    Set<WritesPart> chosen = check();
    boolean isOwn = directory == null;
    Path work = isOwn ? Files.createTempDirectory("djinn-perf") : directory;
    Files.createDirectories(work);
    try {
      return run(chosen, work) ? 0 : 1;
    } finally {
      if (isOwn) {
        BuildProbe.deleteTree(work);
      }
    }
  }

  private Set<WritesPart> check() {
    Set<WritesPart> chosen = EnumSet.noneOf(WritesPart.class);
    for (String part : parts) {
      chosen.add(
          List.of(WritesPart.values()).stream()
              .filter(known -> known.toString().equals(part))
              .findFirst()
              .orElseThrow(
                  () -> wrong("--parts " + part + ": there are " + List.of(WritesPart.values()))));
    }
    require("--rounds", rounds, 1, 1000);
    require("--phase-millis", phaseMillis, 1, 600_000);
    require("--seconds", seconds, 1, 86_400);
    require("--load", loadPercent, 1, 100);
    require("--rate", rate, 0, 1_000_000);
    require("--threads", threads, 1, 256);
    require("--base-rows", baseRows, 0, 100_000_000);
    require("--different-rows", preparedRows, 1, 100_000);
    require("--pending-limit", pendingListLimit, LEAST_PENDING_LIMIT, MOST_PENDING_LIMIT);
    if (chosen.contains(WritesPart.CONSTANT) && !chosen.contains(WritesPart.DURABLE) && rate == 0) {
      throw wrong("--parts constant: needs durable beside it, or --rate");
    }
    return chosen;
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private void require(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw wrong(name + " " + value + ": must be " + least + " to " + most);
    }
  }

  private boolean run(Set<WritesPart> chosen, Path work) throws IOException, InterruptedException {
    WritesPlan plan =
        new WritesPlan(
            work,
            seed,
            rounds,
            phaseMillis,
            seconds,
            rate,
            threads,
            baseRows,
            preparedRows,
            pendingListLimit);
    List<String> broken = new ArrayList<>();
    List<Figures> all = new ArrayList<>();
    for (WritesPart part : chosen) {
      List<String> arguments = new ArrayList<>(List.of(part.name()));
      arguments.addAll(plan.arguments());
      Figures figures = ProbeProcess.run(HEAP, WritesProbe.class, arguments);
      all.add(figures);
      print(part, figures);
      broken.addAll(WritesBounds.broken(part, figures));
      if (part == WritesPart.DURABLE && rate == 0) {
        plan =
            plan.withPerSecond(
                Math.max(1, figures.number(DurableInserts.single(1)) * loadPercent / 100));
      }
    }
    if (json != null) {
      try (Writer file = Files.newBufferedWriter(json)) {
        for (Figures figures : all) {
          file.write(figures.toJson() + "\n");
        }
      }
    }
    broken.forEach(bound -> out.println("OUT OF BOUNDS: " + bound));
    return broken.isEmpty();
  }

  private void print(WritesPart part, Figures figures) {
    switch (part) {
      case DURABLE -> printDurable(figures);
      case ASYNC -> {
        out.println("Inserts a second, ASYNC, one thread (spread):");
        for (int keys : AsyncInserts.KEYS_PER_ROW) {
          printRate("rows of " + keys + " keys", figures, AsyncInserts.figure(keys));
        }
      }
      case QUERIES -> printQueries(figures);
      case CONSTANT -> printConstant(figures);
    }
  }

  private void printRate(String what, Figures figures, String name) {
    line(
        "  %-28s %,12.0f  (%.0f %%)",
        what, figures.number(name), 100 * figures.number(name + "Spread"));
  }

  private void printDurable(Figures figures) {
    double blockMicros = figures.number("blockMicros");
    // What they would be where the disk takes as long as it took for the others.
    double moreMicros = OTHERS_BLOCK_MICROS - blockMicros;
    line(
        "Durable rows of %d keys a second (spread); %.0f bytes of log a commit; write and fdatasync"
            + " of 4 KiB: %.0f µs",
        WritesPlan.KEYS_PER_ROW, figures.number("logBytesPerCommit"), blockMicros);
    printRate("raw append and fdatasync", figures, "rawPerSecond");
    for (int count : DurableInserts.THREADS) {
      printRate("single rows, threads: " + count, figures, DurableInserts.single(count));
    }
    printRate(
        "batches of " + DurableInserts.ROWS_PER_BATCH + " rows", figures, "rowsPerSecondInBatches");
    line(
        "  one thread to raw: %.2f (bound %.2f); 16 threads to one: %.1f (bound %.1f)",
        figures.number("shareOfRaw"),
        WritesBounds.LEAST_SHARE_OF_RAW,
        figures.number("timesOneThread"),
        WritesBounds.LEAST_TIMES_ONE_THREAD);
    line(
        "For scale, where write and fdatasync of 4 KiB took %.0f µs, on 2 cores:",
        OTHERS_BLOCK_MICROS);
    line("  %-28s %14s %14s", "", "single rows", "batches");
    line(
        "  %-28s %,14.0f %,14.0f",
        "Djinn, with such a sync",
        slowed(figures.number(DurableInserts.single(1)), 1, moreMicros),
        slowed(
            figures.number("rowsPerSecondInBatches"), DurableInserts.ROWS_PER_BATCH, moreMicros));
    for (Other other : OTHERS) {
      line("  %-28s %14s %14s", other.name(), other.single(), other.batches());
    }
  }

  /** Rows a second where each commit of so many rows took longer by a time. */
  private static double slowed(double rowsPerSecond, int rowsPerCommit, double moreMicros) {
    return rowsPerCommit * 1e6 / (rowsPerCommit * 1e6 / rowsPerSecond + moreMicros);
  }

  private void printQueries(Figures figures) {
    line(
        "Queries with an empty and a full pending list (at least %,.0f of %,.0f bytes), median µs:",
        figures.number("leastPendingBytes"), figures.number("pendingListLimit"));
    for (Shape shape : Shape.values()) {
      line(
          "  %-28s %10.1f %10.1f  ratio %.2f",
          shape.toString().toLowerCase(Locale.ROOT).replace('_', ' '),
          figures.number("empty" + shape.figure() + "Micros"),
          figures.number("full" + shape.figure() + "Micros"),
          figures.number("ratio" + shape.figure()));
    }
    line(
        "  highest ratio: %.2f (bound %.1f)",
        figures.number("ratio"), WritesBounds.MOST_QUERY_RATIO);
  }

  private void printConstant(Figures figures) {
    line(
        "Constant load, %.0f of %.0f rows a second for %.0f s, %.0f threads; latency from arrival,"
            + " µs:",
        figures.number("reachedPerSecond"),
        figures.number("perSecond"),
        figures.number("seconds"),
        figures.number("threads"));
    line("  %-28s %10s %10s %10s %10s", "", "p50", "p99", "p99.9", "max");
    for (String name : List.of("insert", "raw")) {
      line(
          "  %-28s %10.0f %10.0f %10.0f %10.0f",
          name,
          figures.number(name + "P50Micros"),
          figures.number(name + "P99Micros"),
          figures.number(name + "P999Micros"),
          figures.number(name + "MaxMicros"));
    }
    line(
        "  pending list: at most %,.0f bytes in %.0f samples, limit %,.0f",
        figures.number("mostPendingBytes"),
        figures.number("pendingSamples"),
        figures.number("pendingListLimit"));
  }

  private void line(String format, Object... arguments) {
    out.printf(Locale.ROOT, format + "%n", arguments);
  }
}
