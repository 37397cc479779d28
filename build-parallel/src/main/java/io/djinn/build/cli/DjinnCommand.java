package io.djinn.build.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The words after {@code djinn}, and what they have in common. */
@Command(
    name = "djinn",
    description = "Inverted indexes over files of rows, crash-safe, built in parallel.",
    mixinStandardHelpOptions = true,
    versionProvider = DjinnCommand.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Exit: 0 yes or done; 1 the answer is no; 2 bad usage or input; 3 the store is damaged,"
          + " sealed, full or locked; 130 interrupted.",
      "Sizes take B, kB, MB, GB and TB, each 1,024 of the one before."
    })
final class DjinnCommand implements Runnable {
  @Spec private CommandSpec spec;

  /** The version the jar was built with. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = DjinnCommand.class.getPackage().getImplementationVersion();
      return new String[] {"djinn " + (version == null ? "(not packaged)" : version)};
    }
  }

  /** The command with all its subcommands, ready to be executed. */
  static CommandLine commandLine(Cancellation cancellation, PrintWriter out, PrintWriter err) {
    CommandLine commandLine =
        new CommandLine(new DjinnCommand())
            .addSubcommand(new BuildCommand(cancellation))
            .addSubcommand(new CreateCommand())
            .addSubcommand(new ReindexCommand(cancellation))
            .addSubcommand(new InsertCommand(cancellation))
            .addSubcommand(new DeleteCommand(cancellation))
            .addSubcommand(new VacuumCommand(cancellation))
            .addSubcommand(new FlushCommand())
            .addSubcommand(new QueryCommand(cancellation))
            .addSubcommand(new DropCommand())
            .addSubcommand(new ListCommand())
            .addSubcommand(new StatsCommand())
            .addSubcommand(new CheckCommand(cancellation))
            .addSubcommand(
                new CommandLine(new InspectCommand())
                    .addSubcommand(new InspectCommand.PageCommand())
                    .addSubcommand(new InspectCommand.LogCommand()))
            .addSubcommand(new GoldenCommand(cancellation))
            .addSubcommand(new GrepCommand(cancellation));
    commandLine
        .setOut(out)
        .setErr(err)
        .setAbbreviatedOptionsAllowed(false)
        // Operators begin with the sign that else would name a file of arguments.
        .setExpandAtFiles(false)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUnmatchedOptionsArePositionalParams(false)
        .setParameterExceptionHandler(Failures::usage)
        .setExecutionExceptionHandler((e, command, parsed) -> failed(e, out, err));
    return commandLine;
  }

  private static int failed(Exception failure, PrintWriter out, PrintWriter err) {
    out.flush();
    return Failures.report(failure, err);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "missing command; see djinn --help");
  }
}
