package io.djinn.build.cli;

import io.djinn.error.BatchTooLargeException;
import io.djinn.error.BuildFailedException;
import io.djinn.error.DjinnException;
import io.djinn.error.InvalidRowException;
import io.djinn.error.JvmFlagsException;
import io.djinn.error.KeyTooLongException;
import io.djinn.error.QueryTooExpensiveException;
import io.djinn.error.SourceChangedException;
import io.djinn.error.SourceUnreadableException;
import io.djinn.error.UnknownOperatorClassException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What every failure of a command comes to: one message on standard error, and an exit code.
 *
 * <p>A stack trace is shown for a defect of Djinn alone.
 */
final class Failures {
  /** The answer is yes, or the work is done. */
  static final int OK = 0;

  /** The answer is no: a difference, a failed check. */
  static final int NO = 1;

  /** Bad usage or bad input. */
  static final int USAGE = 2;

  /** The store is damaged, sealed, full or locked. */
  static final int STORE = 3;

  /** Ctrl-C. */
  static final int INTERRUPTED = 130;

  private Failures() {}

  /** Reports words that are no command. */
  static int usage(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("djinn: " + sentence(e.getMessage()));
    UnmatchedArgumentException.printSuggestions(e, err);
    err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    err.flush();
    return USAGE;
  }

  /** Reports what a command threw. */
  static int report(Throwable failure, PrintWriter err) {
    Throwable cause = failure;
    while (cause instanceof BuildFailedException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    int exit = exitCode(cause);
    if (exit != INTERRUPTED) {
      err.println("djinn: " + message(cause));
    } else {
      err.println("djinn: interrupted");
    }
    if (isDefect(cause)) {
      failure.printStackTrace(err);
    }
    err.flush();
    return exit;
  }

  private static int exitCode(Throwable failure) {
    if (failure instanceof CancelledException) {
      return INTERRUPTED;
    }
    boolean isMistake =
        failure instanceof UserMistakeException
            || failure instanceof IllegalArgumentException
            || failure instanceof InvalidRowException
            || failure instanceof KeyTooLongException
            || failure instanceof SourceChangedException
            || failure instanceof SourceUnreadableException
            || failure instanceof UnknownOperatorClassException
            || failure instanceof BatchTooLargeException
            || failure instanceof QueryTooExpensiveException
            || failure instanceof JvmFlagsException;
    return isMistake ? USAGE : STORE;
  }

  private static boolean isDefect(Throwable failure) {
    return !(failure instanceof CancelledException
        || failure instanceof UserMistakeException
        || failure instanceof IllegalArgumentException
        || failure instanceof DjinnException
        || failure instanceof IOException
        || failure instanceof UncheckedIOException
        || failure instanceof OutOfMemoryError);
  }

  /** What went wrong, in words. */
  static String message(Throwable failure) {
    if (failure instanceof UncheckedIOException unchecked) {
      return message(unchecked.getCause());
    }
    if (failure instanceof NoSuchFileException missing) {
      return missing.getFile() + ": no such file";
    }
    if (failure instanceof AccessDeniedException denied) {
      return denied.getFile() + ": permission denied";
    }
    if (failure instanceof OutOfMemoryError) {
      return "out of memory: " + failure.getMessage();
    }
    if (isDefect(failure)) {
      return "internal error: " + failure;
    }
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }

  private static String sentence(String message) {
    return message == null || message.isEmpty()
        ? "bad usage"
        : Character.toLowerCase(message.charAt(0)) + message.substring(1);
  }
}
