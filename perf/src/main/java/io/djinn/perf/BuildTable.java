package io.djinn.perf;

import io.djinn.source.RowSource;
import io.djinn.source.Sources;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** A table that measured builds read: generated, or copies of real data. */
enum BuildTable {
  /** The generated arrays as little-endian integers, mapped: rows that cost no parsing. */
  ARRAYS("arrays.int32", null, null),
  /** The generated arrays as JSON Lines. */
  ARRAYS_JSONL("arrays.jsonl", null, null),
  /** Generated as JSON Lines: one integer a row, no two alike. */
  DISTINCT("distinct.jsonl", null, null),
  /** Paths of files, plain lines. */
  PATHS("paths.txt", "file-paths.txt.gz", RowSalt::directory),
  /** Packages of Debian, whole objects. */
  PACKAGES("packages.jsonl", "debian-packages.jsonl.gz", RowSalt::name),
  /** Descriptions of those packages. */
  DESCRIPTIONS(
      "descriptions.jsonl", "debian-packages.jsonl.gz", RowSalt.word(BuildTable.DESCRIPTION)),
  /** Texts about movies; some are null. */
  MOVIES("movies.jsonl", "movies.jsonl.gz", RowSalt.word(BuildTable.EXTRACT));

  static final String DESCRIPTION = "description";
  static final String EXTRACT = "extract";

  /** A copy of the generated table is so many rows more of it. */
  static final int GENERATED_ROWS_OF_COPY = 100_000;

  private final String fileName;
  private final String dataName;
  private final RowSalt salt;

  BuildTable(String fileName, String dataName, RowSalt salt) {
    this.fileName = fileName;
    this.dataName = dataName;
    this.salt = salt;
  }

  /** Name of its file, whose ending tells its kind. */
  String fileName() {
    return fileName;
  }

  /** The file of real data it is made of, or null. */
  String dataName() {
    return dataName;
  }

  /**
   * Writes it.
   *
   * @param data directory of real data
   * @param mostRows over all copies; the first ones are kept
   * @return how many rows there are
   */
  long write(Path data, TableSize size, long mostRows, Path out) throws IOException {
    if (dataName != null) {
      return writeCopies(data.resolve(dataName), size, mostRows, out);
    }
    long rows =
        Math.min(
            mostRows, (long) size.copies() * Math.min(size.rowsOfCopy(), GENERATED_ROWS_OF_COPY));
    switch (this) {
      case ARRAYS -> ArraysTable.writeInt32(rows, out);
      case DISTINCT -> writeDistinct(rows, out);
      default -> ArraysTable.write(rows, out);
    }
    return rows;
  }

  private static void writeDistinct(long rows, Path out) throws IOException {
    try (BufferedWriter writer = Files.newBufferedWriter(out)) {
      for (int row = 0; row < rows; row++) {
        // An odd factor: no value comes twice, and they come in no order.
        writer.write("[" + row * 0x9E3779B1 + "]\n");
      }
    }
  }

  private long writeCopies(Path data, TableSize size, long mostRows, Path out) throws IOException {
    long rows = 0;
    try (BufferedWriter writer = Files.newBufferedWriter(out)) {
      for (int copy = 0; copy < size.copies() && rows < mostRows; copy++) {
        try (InputStream file = Files.newInputStream(data);
            BufferedReader reader =
                new BufferedReader(
                    new InputStreamReader(
                        new GZIPInputStream(file, 1 << 16), StandardCharsets.UTF_8))) {
          String line = reader.readLine();
          for (long row = 0; line != null && row < size.rowsOfCopy() && rows < mostRows; row++) {
            writer.write(salt.line(line, row, copy));
            writer.write('\n');
            rows++;
            line = reader.readLine();
          }
        }
      }
    }
    return rows;
  }

  /**
   * Opens what {@link #write} has written.
   *
   * @param counts directory where counts of rows are kept, so that one process counts for all
   */
  RowSource open(Path file, Path counts) throws IOException {
    return this == ARRAYS
        ? ArraysTable.mapped(file)
        : Sources.open(file, counts, Sources.DEFAULT_BLOCK_BYTES);
  }
}
