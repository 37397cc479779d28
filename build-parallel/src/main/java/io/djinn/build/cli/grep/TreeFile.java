package io.djinn.build.cli.grep;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A regular file met in a walk, as it was then.
 *
 * @param path where it is opened
 * @param name its path below the directory searched, parts divided by a slash; see {@link RawText}
 * @param sizeBytes its length
 * @param modifiedNanos when its bytes were changed last
 * @param changedNanos when anything about it was changed last; nobody can set that back
 * @param device which file system it is on, 0 where that is not known
 * @param inode its number there, 0 where it has none; a name can come to another file
 */
public record TreeFile(
    Path path,
    String name,
    long sizeBytes,
    long modifiedNanos,
    long changedNanos,
    long device,
    long inode) {
  /** Largest file whose trigrams are kept; a larger one is searched each time. */
  public static final long LARGEST_INDEXED_BYTES = 4 << 20;

  /**
   * A file changed so shortly before it is read may be changed again without a new time: file
   * systems count in steps of up to two seconds.
   */
  private static final long SETTLED_AFTER_NANOS = 2_000_000_000;

  /**
   * Opens it to be read.
   *
   * @throws IOException also where the name has come to a link, a directory or a pipe since the
   *     walk: nobody wrote to that pipe, perhaps nobody ever will
   */
  InputStream open() throws IOException {
    if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .isRegularFile()) {
      throw new FileSystemException(path.toString(), null, "is no regular file any more");
    }
    return Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS);
  }

  boolean isIndexed() {
    return sizeBytes <= LARGEST_INDEXED_BYTES;
  }

  /** Whether any change after a moment gives the file another time. */
  boolean isSettled(long momentNanos) {
    return Math.max(modifiedNanos, changedNanos) < momentNanos - SETTLED_AFTER_NANOS;
  }
}
