package io.djinn.build.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
      exit = DjinnCommand.commandLine(cancellation, out, err).execute(asUtf8(arguments));
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

  /**
   * The arguments as UTF-8, also where the locale takes what is not ASCII for nothing: the system
   * has their bytes, behind those for the JVM.
   */
  private static String[] asUtf8(String[] arguments) {
    if (String.join("", arguments).indexOf('\ufffd') < 0) {
      return arguments;
    }
    try {
      String line = Files.readString(Path.of("/proc/self/cmdline"), StandardCharsets.UTF_8);
      String[] words = line.split("\0", -1);
      // The last word has an end as well, so that an empty one comes behind it.
      int to = words.length - 1;
      return to < arguments.length
          ? arguments
          : Arrays.copyOfRange(words, to - arguments.length, to);
    } catch (IOException e) {
      return arguments;
    }
  }
}
