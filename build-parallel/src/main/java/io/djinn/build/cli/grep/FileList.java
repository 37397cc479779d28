package io.djinn.build.cli.grep;

import io.djinn.error.DjinnException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Which files an index has, under which TIDs, and as they were when they were read.
 *
 * <p>Its file is replaced whole, after the index has what it says and is durable; it names its
 * index, so that it is never taken for that of another. One that is damaged, or of another version,
 * counts as missing.
 *
 * <pre>
 * bytes  field
 *     8  magic and version
 *     …  index, root: four bytes of length, then UTF-16, big-endian
 *     8  the next TID
 *     4  files; of each: 8 TID, 8 size, 8 modified, 8 changed, 8 device, 8 inode, 1 settled, the
 *        name as above
 *     4  CRC-32C of all before
 * </pre>
 */
final class FileList {
  private static final long MAGIC = 0x444A_4E47_5245_5002L;

  /**
   * A file of the index.
   *
   * @param isSettled whether a later change of the file would show in its times
   */
  record Entry(
      long tid,
      long sizeBytes,
      long modifiedNanos,
      long changedNanos,
      long device,
      long inode,
      boolean isSettled) {
    static Entry of(long tid, TreeFile file, long readNanos) {
      return new Entry(
          tid,
          file.sizeBytes(),
          file.modifiedNanos(),
          file.changedNanos(),
          file.device(),
          file.inode(),
          file.isSettled(readNanos));
    }

    /**
     * Whether the file is certainly the one that was read, and not another of its size and times.
     */
    boolean isStill(TreeFile file) {
      return isSettled
          && sizeBytes == file.sizeBytes()
          && modifiedNanos == file.modifiedNanos()
          && changedNanos == file.changedNanos()
          && device == file.device()
          && inode == file.inode();
    }
  }

  private final String index;
  private final String root;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private long nextTid;

  FileList(String index, String root) {
    this.index = index;
    this.root = root;
  }

  String index() {
    return index;
  }

  String root() {
    return root;
  }

  Map<String, Entry> entries() {
    return entries;
  }

  long nextTid() {
    return nextTid;
  }

  /** Adds a file, or replaces what was known of it. */
  void put(String name, Entry entry) {
    entries.put(name, entry);
    nextTid = Math.max(nextTid, entry.tid() + 1);
  }

  /** No TID below this one is given again. */
  void skipTo(long tid) {
    nextTid = Math.max(nextTid, tid);
  }

  /** The list in a file, or null where there is none, or none that is whole. */
  static FileList read(Path path) {
    byte[] bytes;
    try {
      if (!Files.exists(path)) {
        return null;
      }
      bytes = Files.readAllBytes(path);
    } catch (IOException e) {
      throw new DjinnException(path + " can not be read: " + e.getMessage(), e);
    }
    int length = bytes.length - Integer.BYTES;
    if (length < 0) {
      return null;
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      in.skipNBytes(length);
      if (in.readInt() != checksum(bytes, length)) {
        return null;
      }
    } catch (IOException e) {
      return null;
    }
    return parse(bytes, length);
  }

  private static FileList parse(byte[] bytes, int length) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 0, length))) {
      if (in.readLong() != MAGIC) {
        return null;
      }
      FileList list = new FileList(readText(in), readText(in));
      list.nextTid = in.readLong();
      int count = in.readInt();
      for (int i = 0; i < count; i++) {
        Entry entry =
            new Entry(
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readBoolean());
        list.entries.put(readText(in), entry);
      }
      return list;
    } catch (IOException e) {
      return null;
    }
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, length);
    return (int) checksum.getValue();
  }

  private static String readText(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IOException("a text of " + length + " bytes");
    }
    byte[] bytes = in.readNBytes(length);
    return new String(bytes, StandardCharsets.UTF_16BE);
  }

  /** Two bytes a character, because names may hold lone surrogates. */
  private static void writeText(DataOutputStream out, String text) throws IOException {
    out.writeInt(2 * text.length());
    out.writeChars(text);
  }

  /** Puts the list in place of the one in a file. */
  void write(Path path) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Path fresh = path.resolveSibling(path.getFileName() + ".new");
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeLong(MAGIC);
      writeText(out, index);
      writeText(out, root);
      out.writeLong(nextTid);
      out.writeInt(entries.size());
      for (Map.Entry<String, Entry> file : entries.entrySet()) {
        Entry entry = file.getValue();
        out.writeLong(entry.tid());
        out.writeLong(entry.sizeBytes());
        out.writeLong(entry.modifiedNanos());
        out.writeLong(entry.changedNanos());
        out.writeLong(entry.device());
        out.writeLong(entry.inode());
        out.writeBoolean(entry.isSettled());
        writeText(out, file.getKey());
      }
      byte[] content = bytes.toByteArray();
      out.writeInt(checksum(content, content.length));
      Files.createDirectories(path.getParent());
      Files.write(
          fresh,
          bytes.toByteArray(),
          StandardOpenOption.CREATE,
          StandardOpenOption.TRUNCATE_EXISTING,
          StandardOpenOption.WRITE,
          StandardOpenOption.DSYNC);
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new DjinnException(path + " can not be written: " + e.getMessage(), e);
    }
  }
}
