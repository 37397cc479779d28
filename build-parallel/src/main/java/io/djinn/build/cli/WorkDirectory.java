package io.djinn.build.cli;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** Where a run writes: a directory the user gave, or one that goes when it is closed. */
final class WorkDirectory implements AutoCloseable {
  private static final String STORE = "store";

  private final Path directory;
  private final boolean isTemporary;

  private WorkDirectory(Path directory, boolean isTemporary) {
    this.directory = directory;
    this.isTemporary = isTemporary;
  }

  /**
   * @param given by the user, or null
   */
  static WorkDirectory open(Path given) throws IOException {
    if (given == null) {
      return temporary("djinn-golden-");
    }
    Files.createDirectories(given);
    if (Files.exists(given.resolve(STORE))) {
      throw new UserMistakeException(
          given.resolve(STORE) + " is there already: remove it, or give another --work");
    }
    return new WorkDirectory(given, false);
  }

  /** One that goes when it is closed. */
  static WorkDirectory temporary(String prefix) throws IOException {
    return new WorkDirectory(Files.createTempDirectory(prefix), true);
  }

  Path store() {
    return directory.resolve(STORE);
  }

  @Override
  public void close() throws IOException {
    if (isTemporary) {
      Files.walkFileTree(
          directory,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure)
                throws IOException {
              Files.delete(visited);
              return FileVisitResult.CONTINUE;
            }
          });
    }
  }
}
