package io.djinn.build.cli.golden;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The rows that match a query: their number, the first of them, and a checksum of all.
 *
 * @param rows the first 50 row numbers
 * @param sha256 of all row numbers, in decimal with commas between, hex
 */
public record GoldenAnswer(long count, List<Long> rows, String sha256) {
  private static final int ROWS_SHOWN = 50;

  public GoldenAnswer {
    rows = List.copyOf(rows);
  }

  /** Takes row numbers one by one. */
  static final class Collector {
    private final MessageDigest digest;
    private final List<Long> rows = new ArrayList<>();
    private long count;

    Collector() {
      try {
        digest = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JVM has SHA-256", e);
      }
    }

    void add(long row) {
      String text = count == 0 ? Long.toString(row) : "," + row;
      digest.update(text.getBytes(StandardCharsets.US_ASCII));
      if (count < ROWS_SHOWN) {
        rows.add(row);
      }
      count++;
    }

    GoldenAnswer answer() {
      return new GoldenAnswer(count, rows, HexFormat.of().formatHex(digest.digest()));
    }
  }
}
