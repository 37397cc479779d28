package io.djinn.perf;

import io.djinn.perf.micro.Microbenchmarks;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code perf}: generated tables, micro-benchmarks and macro runs. */
@Command(
    name = "perf",
    mixinStandardHelpOptions = true,
    description = "Generates tables and measures Djinn.",
    subcommands = {
      PerfMain.Generate.class,
      PerfMain.Jmh.class,
      BuildCommand.class,
      FitCommand.class,
      RecoverCommand.class,
      WritesCommand.class,
      ChurnCommand.class
    })
public final class PerfMain implements Runnable {
  private static final String JMH = "jmh";

  @Spec CommandLine.Model.CommandSpec spec;

  /** Runs a command and ends the process: 0 done, 1 a check failed, 2 bad usage. */
  public static void main(String[] arguments) throws Exception {
    int status =
        arguments.length > 0 && arguments[0].equals(JMH)
            ? Microbenchmarks.run(Arrays.copyOfRange(arguments, 1, arguments.length))
            : new CommandLine(new PerfMain()).execute(arguments);
    if (status != 0) {
      System.exit(status);
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command?");
  }

  /** Writes a generated table. */
  @Command(name = "generate", description = "Writes a generated table as JSON Lines.")
  static final class Generate implements Callable<Integer> {
    @Spec CommandLine.Model.CommandSpec spec;

    @Parameters(paramLabel = "TABLE", description = "Its name: arrays.")
    String table;

    @Option(names = "--rows", required = true, description = "How many of its rows.")
    long rows;

    @Option(names = "--out", required = true, description = "The file, replaced where it is.")
    Path out;

    @Override
    public Integer call() throws Exception {
      if (!table.equals("arrays")) {
        throw new ParameterException(
            spec.commandLine(), "no table \"" + table + "\"; there is arrays");
      }
      if (rows < 0) {
        throw new ParameterException(spec.commandLine(), "--rows " + rows + " is negative");
      }
      ArraysTable.write(rows, out);
      return 0;
    }
  }

  /** Stands for the benchmarks in the help; {@link #main} hands their arguments over unread. */
  @Command(
      name = JMH,
      description = "Runs the micro-benchmarks; takes JMH's own arguments, -h shows them.")
  static final class Jmh implements Callable<Integer> {
    @Override
    public Integer call() throws Exception {
      return Microbenchmarks.run(new String[0]);
    }
  }
}
