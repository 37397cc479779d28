package io.djinn.source;

import io.djinn.error.SourceUnreadableException;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Unpacks a gzip once, and again when it has changed.
 *
 * <p>Beside the unpacked file lies a stamp of the packed one: its length, modification time, and
 * checksums of both ends, the last of which covers the gzip's own checksum of its content. The
 * stamp goes before the content is replaced and comes back after it is synced.
 */
final class Gunzip {
  private static final int MAGIC_1 = 0x1F;
  private static final int MAGIC_2 = 0x8B;
  private static final int BUFFER_BYTES = 64 << 10;

  private Gunzip() {}

  /**
   * The file itself where it is not packed, otherwise {@code target}, unpacked.
   *
   * @param mayUnpack false where the target must be there already
   */
  static Path unpacked(Path packed, Path target, boolean mayUnpack) {
    String stamp;
    try (SourceFile file = SourceFile.open(packed)) {
      long length = file.length();
      if (length < 2 || (file.byteAt(0) & 0xFF) != MAGIC_1 || (file.byteAt(1) & 0xFF) != MAGIC_2) {
        return packed;
      }
      stamp =
          String.format(
              "%d %d %08x %08x",
              length,
              Files.getLastModifiedTime(packed).to(TimeUnit.NANOSECONDS),
              file.headChecksum(length),
              file.tailChecksum(length));
    } catch (IOException e) {
      throw SourceFile.unreadable(packed, e);
    }
    Path stampFile = target.resolveSibling(target.getFileName() + ".stamp");
    if (!isCurrent(target, stampFile, stamp)) {
      if (!mayUnpack) {
        throw new SourceUnreadableException(
            packed + " is packed, and unpacking it writes " + target + ": open for writing once");
      }
      long length = unpack(packed, target, stampFile);
      RowCountFile.replace(stampFile, (stamp + " " + length).getBytes(StandardCharsets.UTF_8));
    }
    return target;
  }

  private static boolean isCurrent(Path target, Path stampFile, String stamp) {
    try {
      return Files.isRegularFile(target)
          && Files.isRegularFile(stampFile)
          && Files.size(stampFile) < BUFFER_BYTES
          && new String(Files.readAllBytes(stampFile), StandardCharsets.UTF_8)
              .equals(stamp + " " + Files.size(target));
    } catch (IOException e) {
      return false;
    }
  }

  private static long unpack(Path packed, Path target, Path stampFile) {
    Path temporary = target.resolveSibling(target.getFileName() + ".tmp");
    long length = 0;
    try (InputStream file = new FileInputStream(packed.toFile());
        InputStream in = new GZIPInputStream(file, BUFFER_BYTES);
        FileOutputStream out = create(temporary)) {
      byte[] buffer = new byte[BUFFER_BYTES];
      int n;
      while ((n = in.read(buffer)) >= 0) {
        write(out, buffer, n, temporary);
        length += n;
      }
      sync(out, temporary);
    } catch (EOFException | ZipException e) {
      delete(temporary, e);
      throw new SourceUnreadableException(
          packed + " is not a whole gzip file: " + e.getMessage(), e);
    } catch (IOException e) {
      delete(temporary, e);
      throw SourceFile.unreadable(packed, e);
    }
    try {
      Files.deleteIfExists(stampFile);
      Files.move(
          temporary, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw RowCountFile.unwritable(temporary, e);
    }
    return length;
  }

  private static FileOutputStream create(Path path) {
    try {
      return new FileOutputStream(path.toFile());
    } catch (IOException e) {
      throw RowCountFile.unwritable(path, e);
    }
  }

  private static void write(FileOutputStream out, byte[] bytes, int length, Path path) {
    try {
      out.write(bytes, 0, length);
    } catch (IOException e) {
      throw RowCountFile.unwritable(path, e);
    }
  }

  private static void sync(FileOutputStream out, Path path) {
    try {
      out.getFD().sync();
    } catch (IOException e) {
      throw RowCountFile.unwritable(path, e);
    }
  }

  private static void delete(Path path, IOException cause) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }
}
