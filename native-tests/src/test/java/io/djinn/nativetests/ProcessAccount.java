package io.djinn.nativetests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What this process holds of the operating system, as {@code /proc/self} tells it. */
final class ProcessAccount {
  private ProcessAccount() {}

  static long descriptors() throws IOException {
    return entries("/proc/self/fd");
  }

  static long threads() throws IOException {
    return entries("/proc/self/task");
  }

  /** Mappings of the files below a directory. */
  static long mappings(Path directory) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.filter(line -> line.contains(directory.toString())).count();
    }
  }

  /** Anonymous memory that is resident, KiB. */
  static long anonymousKib() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("RssAnon:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
          .findFirst()
          .orElseThrow();
    }
  }

  private static long entries(String path) throws IOException {
    try (Stream<Path> entries = Files.list(Path.of(path))) {
      return entries.count();
    }
  }
}
