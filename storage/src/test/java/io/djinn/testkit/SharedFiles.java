package io.djinn.testkit;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the shared data and golden answers, or says aloud that they are not there. */
public final class SharedFiles {
  private SharedFiles() {}

  /** A data file as named in a golden file, or its gzip. */
  public static Path data(String name) {
    Path plain = find("data/" + name);
    return plain != null ? plain : require("data/" + name + ".gz");
  }

  /** A file of golden answers. */
  public static Path golden(String name) {
    return require("golden/" + name);
  }

  private static Path require(String name) {
    Path path = find(name);
    if (path != null) {
      return path;
    }
    String message = "SKIPPED: " + name + " is not below djinn.shared=" + root();
    if (System.getProperty("djinn.require", "").contains("shared")) {
      return fail(message);
    }
    System.err.println(message);
    return abort(message);
  }

  private static Path find(String name) {
    Path path = Path.of(root()).resolve(name);
    return Files.isRegularFile(path) ? path : null;
  }

  private static String root() {
    return System.getProperty("djinn.shared", "../shared");
  }
}
