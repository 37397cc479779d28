package io.djinn.nativetests.postgres;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Matching rows as a golden line has them.
 *
 * @param count of an answer that was refused −1, which is no index's
 */
record PeerAnswer(long count, List<Long> first, String sha256) {
  static final PeerAnswer REFUSED = new PeerAnswer(-1, List.of(), "");

  private static final int FIRST = 50;

  PeerAnswer {
    first = List.copyOf(first);
  }

  /** The answer of row numbers with commas between. */
  static PeerAnswer of(String rows) {
    String[] numbers = rows.isEmpty() ? new String[0] : rows.split(",");
    return new PeerAnswer(
        numbers.length,
        Arrays.stream(numbers).limit(FIRST).map(Long::valueOf).toList(),
        sha256(rows));
  }

  private static String sha256(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
