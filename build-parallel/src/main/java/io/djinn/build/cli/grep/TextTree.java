package io.djinn.build.cli.grep;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * The regular files below a directory, in the order of their names. Symbolic links met on the way
 * are not followed, and devices and pipes are passed over, as {@code grep -r} does.
 *
 * @param root the directory, without links
 * @param files below it
 * @param walkedNanos when the walk began, as file times
 */
public record TextTree(Path root, List<TreeFile> files, long walkedNanos) {
  public TextTree {
    files = List.copyOf(files);
  }

  /**
   * Walks a directory.
   *
   * @param without a directory below it to leave out, or null
   * @param unreadable hears of names below the directory that can not be read, and why
   */
  public static TextTree walk(
      Path directory, Path without, BiConsumer<String, IOException> unreadable) throws IOException {
    long now = nanos(FileTime.from(Instant.now()));
    Path root = directory.toRealPath();
    Path left = without != null && Files.exists(without) ? without.toRealPath() : null;
    List<TreeFile> files = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) {
            return visited.equals(left) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile()) {
              files.add(met(file, name(root, file), attributes));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure) {
            unreadable.accept(name(root, file), failure);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException failure) {
            if (failure != null) {
              unreadable.accept(name(root, visited), failure);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    files.sort(Comparator.comparing(TreeFile::name));
    return new TextTree(root, files, now);
  }

  private static TreeFile met(Path file, String name, BasicFileAttributes attributes) {
    long modified = nanos(attributes.lastModifiedTime());
    try {
      Map<String, Object> more =
          Files.readAttributes(file, "unix:ctime,dev,ino", LinkOption.NOFOLLOW_LINKS);
      if (more.get("ctime") instanceof FileTime changed
          && more.get("dev") instanceof Number device
          && more.get("ino") instanceof Number inode) {
        return new TreeFile(
            file,
            name,
            attributes.size(),
            modified,
            nanos(changed),
            device.longValue(),
            inode.longValue());
      }
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      // Gone, which the search will say, or a system that keeps none of these.
    }
    return new TreeFile(file, name, attributes.size(), modified, modified, 0, 0);
  }

  private static long nanos(FileTime time) {
    return time.to(TimeUnit.NANOSECONDS);
  }

  /** The bytes of a file's name below the root, whatever the JVM takes names for. */
  static String name(Path root, Path file) {
    if (file.equals(root)) {
      return "";
    }
    String shown =
        root.relativize(file).toString().replace(file.getFileSystem().getSeparator(), "/");
    if (shown.chars().allMatch(c -> c < 0x80)) {
      return shown;
    }
    // Only as a URI does a path give its bytes away.
    String whole = file.toUri().getRawPath();
    String above = root.toUri().getRawPath();
    int from = above.endsWith("/") ? above.length() : above.length() + 1;
    int to = whole.endsWith("/") ? whole.length() - 1 : whole.length();
    byte[] bytes = unescaped(whole.substring(from, to));
    return RawText.decode(bytes, 0, bytes.length);
  }

  private static byte[] unescaped(String uri) {
    byte[] from = uri.getBytes(StandardCharsets.UTF_8);
    byte[] bytes = new byte[from.length];
    int n = 0;
    for (int i = 0; i < from.length; i++) {
      if (from[i] == '%') {
        bytes[n++] = (byte) Integer.parseInt(uri, i + 1, i + 3, 16);
        i += 2;
      } else {
        bytes[n++] = from[i];
      }
    }
    return Arrays.copyOf(bytes, n);
  }
}
