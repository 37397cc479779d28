package io.djinn.source;

import io.djinn.error.InvalidRowException;
import java.nio.charset.StandardCharsets;

/** A row that is a line of a file: bytes of a buffer, and where they are from. */
abstract sealed class LineRow implements Row permits JsonRow, TextRow {
  private final String file;
  private long rowNumber;

  /** What the row is of. */
  LinesSource source;

  byte[] bytes;
  int start;
  int end;

  /**
   * @param file the file as the user named it
   */
  LineRow(String file) {
    this.file = file;
  }

  /** Shows the line {@code [start, end)} from now on. */
  final void show(byte[] bytes, int start, int end, long rowNumber) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.rowNumber = rowNumber;
    forget();
  }

  /** Drops what is known of the line shown before. */
  abstract void forget();

  /** 1-based. */
  final long rowNumber() {
    return rowNumber;
  }

  /**
   * @param column 1-based, in bytes
   */
  final InvalidRowException invalid(int column, String detail, Throwable cause) {
    return new InvalidRowException(
        file + ", line " + rowNumber + ", column " + column + ": " + detail, cause);
  }

  @Override
  public final String text() {
    return new String(bytes, start, end - start, StandardCharsets.UTF_8);
  }

  @Override
  public final String toString() {
    return file + ", line " + rowNumber;
  }
}
