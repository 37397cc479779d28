package io.djinn.build.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** Starts the {@code djinn} command in a JVM of its own. */
public final class DjinnMain {
  private static final int OUTPUT_BUFFER_BYTES = 64 << 10;

  private DjinnMain() {}

  public static void main(String[] arguments) {
    // Before anything can load a logger: a command prints what it has to say, and nothing else.
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    PrintWriter out =
        new PrintWriter(
            new RawWriter(
                new BufferedOutputStream(
                    new FileOutputStream(FileDescriptor.out), OUTPUT_BUFFER_BYTES)));
    PrintWriter err =
        new PrintWriter(
            new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
            true);
    Cancellation cancellation = new Cancellation();
    cancellation.listenToSignals();
    int exit;
    try {
      exit = DjinnCommand.commandLine(cancellation, out, err).execute(arguments);
      out.flush();
    } catch (Throwable t) {
      out.flush();
      exit = Failures.report(t, err);
    }
    if (out.checkError() && exit == CommandLine.ExitCode.OK) {
      exit = Failures.report(Output.unwritable(), err);
    }
    err.flush();
    // After a signal the JVM is ending already, and with the status that tells so.
    if (!cancellation.ended()) {
      System.exit(exit);
    }
  }
}
