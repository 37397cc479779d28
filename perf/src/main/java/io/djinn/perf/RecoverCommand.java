package io.djinn.perf;

import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The macro run {@code recover}: a process inserts rows until its log has a length and ends without
 * closing, a second one opens the store; what redo costs, and how fast pages are written back
 * beside writing as many bytes in order to the same disk right after.
 */
@Command(
    name = "recover",
    mixinStandardHelpOptions = true,
    description = "Measures opening a store that was not closed.")
final class RecoverCommand implements Callable<Integer> {
  /** What redo may cost of CPU, for this much log. */
  private static final double CPU_SECONDS_BOUND = 1.0;

  private static final long CPU_LOG_BYTES = 256L << 20;

  /** What write-back must reach of the disk's rate. */
  private static final double RATE_BOUND = 0.7;

  private static final List<String> HEAP = List.of("-Xms256m", "-Xmx256m");

  @Spec CommandLine.Model.CommandSpec spec;

  @Option(names = "--log", defaultValue = "256", description = "Log, MiB, ${DEFAULT-VALUE}.")
  int logMib;

  @Option(
      names = "--rows-per-commit",
      defaultValue = "10",
      description = "Rows of a synced batch, ${DEFAULT-VALUE}.")
  int rowsPerCommit;

  @Option(
      names = "--keys-per-row",
      defaultValue = "20",
      description = "Keys of a row, of 200,000 there are, ${DEFAULT-VALUE}.")
  int keysPerRow;

  @Option(names = "--runs", defaultValue = "3", description = "Rounds, ${DEFAULT-VALUE}.")
  int runs;

  @Option(names = "--seed", defaultValue = "1", description = "Of the rows, ${DEFAULT-VALUE}.")
  long seed;

  @Option(names = "--json", description = "Takes each run's figures and the medians, one a line.")
  Path json;

  @Option(names = "--directory", description = "For the stores; made and deleted if not given.")
  Path directory;

  private final PrintStream out = System.out;

  @Override
  public Integer call() throws Exception {
    require("--log", logMib, 8192);
    require("--runs", runs, 1000);
    require("--rows-per-commit", rowsPerCommit, 10_000);
    require("--keys-per-row", keysPerRow, 1000);
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

  private void require(String name, int value, int most) {
    if (value < 1 || value > most) {
      throw new ParameterException(
          spec.commandLine(), name + " " + value + ": must be 1 to " + most);
    }
  }

  private boolean run(Path work) throws IOException, InterruptedException {
    List<Figures> all = new ArrayList<>();
    boolean isRight = true;
    for (int round = 1; round <= runs; round++) {
      Path store = work.resolve("recover-" + round);
      BuildProbe.deleteTree(store);
      Figures before =
          probe(
              List.of(
                  "write",
                  store.toString(),
                  Integer.toString(logMib),
                  Long.toString(seed + round - 1),
                  Integer.toString(rowsPerCommit),
                  Integer.toString(keysPerRow)));
      settle(store);
      Figures found = probe(List.of("recover", store.toString()));
      BuildProbe.deleteTree(store);
      isRight &=
          before.number("keys") == found.number("keys")
              && before.number("tids") == found.number("tids")
              && found.number("problems") == 0;
      double logBytes = before.number("logBytes");
      double writeBackRate = rate(found, "writeBackSeconds");
      double diskRate = rate(found, "diskSeconds");
      found
          .put("logBytes", (long) logBytes)
          .put("rows", (long) before.number("rows"))
          .put("cpuSecondsPer256MiB", found.number("redoCpuSeconds") * CPU_LOG_BYTES / logBytes)
          .put("writeBackMBs", writeBackRate)
          .put("diskMBs", diskRate)
          .put("writeBackShare", writeBackRate / diskRate);
      all.add(found);
      out.printf("round %d: %s%n", round, found.toJson());
    }
    return report(all) & checked(isRight);
  }

  /** Waits until the disk has what the process that ended has written: that is no recovery. */
  private static void settle(Path store) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(store)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
    }
  }

  private boolean checked(boolean isRight) {
    if (!isRight) {
      out.println("what was recovered is not what was committed");
    }
    return isRight;
  }

  private static double rate(Figures figures, String seconds) {
    return figures.number("writeBackBytes") / 1e6 / figures.number(seconds);
  }

  private boolean report(List<Figures> all) throws IOException {
    Series cpu = Series.of(all, "cpuSecondsPer256MiB");
    Series share = Series.of(all, "writeBackShare");
    Figures summary =
        new Figures()
            .put("setting", "recover")
            .put("runs", all.size())
            .put("cpuSecondsPer256MiB", cpu.median())
            .put("cpuSecondsPer256MiBSpread", cpu.spread())
            .put("writeBackMBs", Series.of(all, "writeBackMBs").median())
            .put("diskMBs", Series.of(all, "diskMBs").median())
            .put("writeBackShare", share.median())
            .put("writeBackShareSpread", share.spread());
    boolean isWithin = cpu.median() <= CPU_SECONDS_BOUND && share.median() >= RATE_BOUND;
    out.printf(
        Locale.ROOT,
        "redo: %.2f s of CPU per 256 MiB of log (bound %.1f); write-back: %.0f MB/s, disk in order:"
            + " %.0f MB/s, share %.2f (bound %.1f)%s%n",
        cpu.median(),
        CPU_SECONDS_BOUND,
        summary.number("writeBackMBs"),
        summary.number("diskMBs"),
        share.median(),
        RATE_BOUND,
        isWithin ? "" : ": OUT OF BOUNDS");
    if (json != null) {
      try (Writer file = Files.newBufferedWriter(json)) {
        for (Figures figures : all) {
          file.write(figures.toJson() + "\n");
        }
        file.write(summary.toJson() + "\n");
      }
    }
    return isWithin;
  }

  private static Figures probe(List<String> arguments) throws IOException, InterruptedException {
    return ProbeProcess.run(HEAP, RecoverProbe.class, arguments);
  }
}
