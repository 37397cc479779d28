package io.djinn.build.accumulate;

/**
 * What the rows of a build may give.
 *
 * @param columnNames for errors; a key's column is its index here
 * @param keepsPayloads of each column, whether payloads are kept beside the TIDs of its keys
 * @param maxKeyBytes the longest key, without column and category
 * @param maxPayloadBytes the longest payload
 */
public record KeyLimits(
    String[] columnNames, boolean[] keepsPayloads, int maxKeyBytes, int maxPayloadBytes) {
  /** Of columns without payloads. */
  public static KeyLimits of(String[] columnNames, int maxKeyBytes) {
    return new KeyLimits(columnNames, new boolean[columnNames.length], maxKeyBytes, 0);
  }

  /** Whether a column keeps payloads. */
  boolean hasPayloads() {
    for (boolean keeps : keepsPayloads) {
      if (keeps) {
        return true;
      }
    }
    return false;
  }
}
