package io.djinn.build.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where a command says its results: words for people, or one JSON object a line. */
final class Output {
  private static final int LINES_BETWEEN_CHECKS = 1024;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--json",
      description = "Print one JSON object a line on standard output, and nothing else there.")
  private boolean json;

  private int lines;

  boolean isJson() {
    return json;
  }

  /** A line for people; nothing with {@code --json}. */
  void text(String line) {
    if (!json) {
      print(line);
    }
  }

  /** A line for programs; nothing without {@code --json}. */
  void json(JsonLine line) {
    if (json) {
      print(line.toString());
    }
  }

  private void print(String line) {
    PrintWriter out = command.commandLine().getOut();
    out.println(line);
    if (++lines % LINES_BETWEEN_CHECKS == 0 && out.checkError()) {
      throw unwritable();
    }
  }

  /** Standard output was closed, or its disk is full. */
  static UncheckedIOException unwritable() {
    return new UncheckedIOException(new IOException("standard output can not be written"));
  }

  /** Shows what was printed so far. */
  void flush() {
    command.commandLine().getOut().flush();
  }

  PrintWriter err() {
    return command.commandLine().getErr();
  }
}
