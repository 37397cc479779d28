package io.djinn.build.cli;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.Durability;
import io.djinn.error.FormatVersionException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Options of the store, kept together so that every command names and checks them alike. */
final class StoreOptions {
  private static final String CONTROL = "control";

  @Option(
      names = "--page-size",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description =
          "Size of a page, when the store is made: a power of two, 512 to 64kB. Default 8kB.")
  private Long pageSize;

  @Option(
      names = "--frame-memory",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description = "Memory for changed pages, at least 64 pages. Default 64MB.")
  private Long frameMemory;

  @Option(
      names = "--log-segment-size",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description = "Size of a log segment, 64kB to 1GB. Default 16MB.")
  private Long logSegmentSize;

  @Option(
      names = "--log-limit",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description = "Log kept at most, at least 4 segments. Default 1GB.")
  private Long logLimit;

  @Option(
      names = "--durability",
      paramLabel = "MODE",
      converter = DurabilityMode.class,
      description = "sync, group:MS, async:MS or none. Default sync.")
  private Durability durability;

  /** The settings the options give, others as they are. */
  DjinnOptions apply(DjinnOptions settings) {
    DjinnOptions result = settings;
    if (pageSize != null) {
      result = result.withPageSizeBytes(clamped(pageSize));
    }
    if (frameMemory != null) {
      result = result.withFrameMemoryBytes(frameMemory);
    }
    if (logSegmentSize != null) {
      result = result.withLogSegmentBytes(clamped(logSegmentSize));
    }
    if (logLimit != null) {
      result = result.withLogLimitBytes(logLimit);
    }
    if (durability != null) {
      result = result.withDurability(durability);
    }
    return result;
  }

  /**
   * A size that is out of bounds anyway where it is no int, for the check that names the bounds.
   */
  private static int clamped(long bytes) {
    return (int) Math.min(bytes, Integer.MAX_VALUE);
  }

  /** Opens a store that must be there. */
  Djinn open(Path directory, boolean readOnly) {
    requireStore(directory);
    return openOrCreate(directory, DjinnOptions.defaults().withReadOnly(readOnly));
  }

  static void requireStore(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new UserMistakeException(
          directory
              + (Files.exists(directory)
                  ? " is no directory, and no Djinn store"
                  : ": no such directory; djinn create and djinn build make stores"));
    }
    if (!Files.exists(directory.resolve(CONTROL))) {
      throw new UserMistakeException(directory + " is no Djinn store: it has no file " + CONTROL);
    }
  }

  /** Opens a store, making it where there is none. */
  Djinn openOrCreate(Path directory, DjinnOptions settings) {
    boolean isThere = Files.exists(directory.resolve(CONTROL));
    Djinn db;
    try {
      db = Djinn.open(directory, apply(settings));
    } catch (FormatVersionException e) {
      if (!isThere) {
        throw new UserMistakeException(e.getMessage());
      }
      throw e;
    }
    int found = db.stats().pageSizeBytes();
    if (pageSize != null && found != pageSize) {
      db.close();
      throw new UserMistakeException(
          directory
              + ": the store has pages of "
              + found
              + " bytes; --page-size is for a store that is made");
    }
    return db;
  }
}
