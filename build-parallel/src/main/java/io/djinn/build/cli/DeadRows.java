package io.djinn.build.cli;

import io.djinn.api.TidSet;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which rows a vacuum takes for dead, in one of the ways to say it. */
final class DeadRows {
  @Option(
      names = "--rows",
      paramLabel = "ROWS",
      converter = RowNumbers.Converter.class,
      description = "Rows of the index's source, numbers from 1, as 5,7-9.")
  private RowNumbers rows;

  @Option(
      names = "--rows-file",
      paramLabel = "FILE",
      description = "The same from a file: numbers or ranges, one or more a line.")
  private Path file;

  @Option(
      names = "--tids",
      paramLabel = "TIDS",
      converter = TidNumbers.class,
      description = "TIDs from 0, as 0,7-9; also of an index that has no source.")
  private TidSet tids;

  /** The TIDs given, or null where rows were. */
  TidSet tids() {
    return tids;
  }

  /** The rows given, or null where TIDs were. */
  RowNumbers rows() {
    return file != null ? read(file) : rows;
  }

  private static RowNumbers read(Path file) {
    List<String> numbers = new ArrayList<>();
    try {
      List<String> lines = Files.readAllLines(file);
      for (int number = 0; number < lines.size(); number++) {
        String line = lines.get(number).trim();
        if (!line.isEmpty()) {
          check(file, number + 1, line);
          numbers.add(line);
        }
      }
    } catch (MalformedInputException e) {
      throw new UserMistakeException(file + " is no text: row numbers were expected");
    } catch (IOException e) {
      throw new UserMistakeException(Failures.message(e));
    }
    return numbers.isEmpty()
        ? new RowNumbers(List.of())
        : RowNumbers.parse(String.join(",", numbers));
  }

  private static void check(Path file, int line, String text) {
    try {
      RowNumbers.parse(text);
    } catch (TypeConversionException e) {
      throw new UserMistakeException(file + ", line " + line + ": " + e.getMessage());
    }
  }
}
