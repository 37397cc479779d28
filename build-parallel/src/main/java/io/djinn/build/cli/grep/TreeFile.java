package io.djinn.build.cli.grep;

import java.nio.file.Path;

/**
 * A regular file met in a walk, as it was then.
 *
 * @param path where it is opened
 * @param name its path below the directory searched, parts divided by a slash; see {@link RawText}
 * @param sizeBytes its length
 * @param modifiedNanos when its bytes were changed last
 * @param changedNanos when anything about it was changed last; nobody can set that back
 */
public record TreeFile(
    Path path, String name, long sizeBytes, long modifiedNanos, long changedNanos) {
  /** Largest file whose trigrams are kept; a larger one is searched each time. */
  public static final long LARGEST_INDEXED_BYTES = 4 << 20;

  /**
   * A file changed so shortly before it is read may be changed again without a new time: file
   * systems count in steps of up to two seconds.
   */
  private static final long SETTLED_AFTER_NANOS = 2_000_000_000;

  boolean isIndexed() {
    return sizeBytes <= LARGEST_INDEXED_BYTES;
  }

  /** Whether any change after a moment gives the file another time. */
  boolean isSettled(long momentNanos) {
    return Math.max(modifiedNanos, changedNanos) < momentNanos - SETTLED_AFTER_NANOS;
  }
}
