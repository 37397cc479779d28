package io.djinn.source;

/**
 * What tells a source from a changed one: kind, path, length, and checksums of its first and last
 * 64 KiB.
 *
 * @param kind {@code jsonl}, {@code lines}, {@code memory} or {@code int32}
 * @param path absolute path of the file as the user named it; "" where there is no file
 * @param blockBytes bytes a block; 0 where blocks are not bytes of a file
 * @param length bytes of content, unpacked
 * @param headChecksum CRC-32C of the first 64 KiB of content
 * @param tailChecksum CRC-32C of the last 64 KiB of content
 */
public record SourceIdentity(
    String kind, String path, int blockBytes, long length, int headChecksum, int tailChecksum) {
  private static final int FIELDS = 6;

  /** One line of text for the catalog, which {@link #parse} reads back. */
  public String text() {
    return kind
        + " "
        + blockBytes
        + " "
        + length
        + " "
        + String.format("%08x", headChecksum)
        + " "
        + String.format("%08x", tailChecksum)
        + " "
        + path;
  }

  /**
   * @throws IllegalArgumentException where the text is none that {@link #text} wrote
   */
  public static SourceIdentity parse(String text) {
    String[] fields = text.split(" ", FIELDS);
    try {
      if (fields.length == FIELDS) {
        return new SourceIdentity(
            fields[0],
            fields[5],
            Integer.parseInt(fields[1]),
            Long.parseLong(fields[2]),
            Integer.parseUnsignedInt(fields[3], 16),
            Integer.parseUnsignedInt(fields[4], 16));
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not the identity of a source: \"" + text + "\"", e);
    }
    throw new IllegalArgumentException("not the identity of a source: \"" + text + "\"");
  }
}
