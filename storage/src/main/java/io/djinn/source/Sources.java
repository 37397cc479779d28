package io.djinn.source;

import io.djinn.error.DjinnException;
import io.djinn.error.SourceChangedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.CRC32C;

/** Opens the sources that are files, telling their kind. */
public final class Sources {
  /** Bytes of a block unless asked otherwise. */
  public static final int DEFAULT_BLOCK_BYTES = 64 << 10;

  private static final int LONGEST_NAME = 100;

  private Sources() {}

  /**
   * Opens a file of rows: JSON Lines where its name ends in {@code .jsonl}, {@code .ndjson} or
   * {@code .json}, before a {@code .gz} or at its end, plain lines otherwise. A gzip, told by its
   * first bytes, is unpacked once.
   *
   * @param workDirectory takes the counts of rows a block and the unpacked rows; made if need be
   * @param blockBytes bytes of a block, 512 to 16 MiB
   * @throws io.djinn.error.SourceUnreadableException where there is no such file, or it is not
   *     whole
   */
  public static RowSource open(Path rows, Path workDirectory, int blockBytes) {
    return open(rows, new WorkFiles(workDirectory, true), blockBytes);
  }

  /**
   * As {@link #open(Path, Path, int)}; where nothing may be kept, rows are counted each time, and a
   * gzip that was not unpacked before is refused.
   */
  public static RowSource open(Path rows, WorkFiles work, int blockBytes) {
    return open(rows, work, blockBytes, LinesFile.ANY_SLOT_BITS);
  }

  /**
   * Opens the source of an index again.
   *
   * @param recorded its identity when the index was built
   * @param slotBits those kept with the index
   * @throws SourceChangedException naming the file, unless it is the same or has grown at its end
   */
  public static RowSource reopen(SourceIdentity recorded, WorkFiles work, int slotBits) {
    if (!recorded.kind().equals(JsonLinesSource.KIND)
        && !recorded.kind().equals(PlainLinesSource.KIND)) {
      throw new IllegalArgumentException(
          "a source of kind " + recorded.kind() + " is no file: hand it over");
    }
    RowSource source = open(Path.of(recorded.path()), work, recorded.blockBytes(), slotBits);
    try {
      source.requireSameOrGrown(recorded);
    } catch (SourceChangedException e) {
      source.close();
      throw e;
    }
    return source;
  }

  private static RowSource open(Path rows, WorkFiles work, int blockBytes, int slotBits) {
    Path shown = rows.toAbsolutePath().normalize();
    if (work.isKept()) {
      try {
        Files.createDirectories(work.directory());
      } catch (IOException e) {
        throw new DjinnException(work.directory() + " can not be made: " + e.getMessage(), e);
      }
    }
    String name = workName(shown);
    Path unpacked = work.directory().resolve(name + ".rows");
    Path content = Gunzip.unpacked(shown, unpacked, work.isKept());
    Path counts = work.directory().resolve(name + ".counts");
    String kind = isJson(shown) ? JsonLinesSource.KIND : PlainLinesSource.KIND;
    LinesFile lines =
        LinesFile.open(kind, shown, content, counts, work.isKept(), blockBytes, slotBits);
    return isJson(shown) ? new JsonLinesSource(lines) : new PlainLinesSource(lines);
  }

  private static boolean isJson(Path path) {
    String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".gz")) {
      name = name.substring(0, name.length() - ".gz".length());
    }
    return name.endsWith(".jsonl") || name.endsWith(".ndjson") || name.endsWith(".json");
  }

  /** A name that differs for files of one name in different directories. */
  private static String workName(Path path) {
    CRC32C checksum = new CRC32C();
    checksum.update(path.toString().getBytes(StandardCharsets.UTF_8));
    String name = path.getFileName().toString();
    if (name.length() > LONGEST_NAME) {
      name = name.substring(0, LONGEST_NAME);
    }
    return String.format("%s-%08x", name, checksum.getValue());
  }
}
