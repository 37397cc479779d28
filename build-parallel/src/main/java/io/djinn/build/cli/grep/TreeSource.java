package io.djinn.build.cli.grep;

import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.KeySink;
import io.djinn.source.ColumnPath;
import io.djinn.source.Row;
import io.djinn.source.RowSource;
import io.djinn.source.RowVisitor;
import io.djinn.source.SourceIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;

/**
 * Rows that are whole files, each a block of its own, with the text of a file as the one column.
 *
 * <p>A file that can not be read, or is binary from its beginning, is a row without keys.
 */
final class TreeSource implements RowSource {
  /** The kind of its identity. */
  static final String KIND = "directory";

  private final String root;
  private final List<TreeFile> files;
  private final BitSet unread = new BitSet();

  TreeSource(String root, List<TreeFile> files) {
    this.root = root;
    this.files = files;
  }

  /** Whether the file of a row could not be read, or has grown, so that its keys are not known. */
  boolean isUnread(int index) {
    synchronized (unread) {
      return unread.get(index);
    }
  }

  @Override
  public int slotBits() {
    return 0;
  }

  @Override
  public long blockCount() {
    return files.size();
  }

  @Override
  public long rowCount() {
    return files.size();
  }

  @Override
  public long sizeBytes() {
    return files.stream().mapToLong(TreeFile::sizeBytes).sum();
  }

  @Override
  public void scan(long fromBlock, long toBlock, RowVisitor visitor) {
    for (long tid = fromBlock; tid < toBlock; tid++) {
      if (!visitor.row(tid, fetch(tid))) {
        return;
      }
    }
  }

  @Override
  public boolean canFetch() {
    return true;
  }

  @Override
  public Row fetch(long tid) {
    return tid < 0 || tid >= files.size() ? null : new FileRow((int) tid);
  }

  @Override
  public long tidOf(long rowNumber) {
    if (rowNumber < 1 || rowNumber > files.size()) {
      throw new IllegalArgumentException("row " + rowNumber + " is none of 1 to " + files.size());
    }
    return rowNumber - 1;
  }

  @Override
  public long rowNumberOf(long tid) {
    if (tid < 0 || tid >= files.size()) {
      throw new IllegalArgumentException("TID " + tid + ": the source has no such row");
    }
    return tid + 1;
  }

  /** Names the directory alone: which files are indexed, the {@link FileList} says. */
  @Override
  public SourceIdentity identity() {
    return new SourceIdentity(KIND, root, 0, 0, 0, 0);
  }

  @Override
  public void close() {}

  /** A file as a row. */
  private final class FileRow implements Row {
    private final int index;

    FileRow(int index) {
      this.index = index;
    }

    @Override
    public void extract(ColumnPath column, GinOperatorClass operatorClass, KeySink keys) {
      operatorClass.extract(text(), keys);
    }

    @Override
    public Object value(ColumnPath column, GinOperatorClass operatorClass) {
      return text();
    }

    /** The file's text, with U+FFFD for what is no UTF-8; no expression matches across that. */
    @Override
    public String text() {
      try (InputStream in = files.get(index).open()) {
        byte[] bytes = in.readNBytes((int) TreeFile.LARGEST_INDEXED_BYTES + 1);
        if (bytes.length <= TreeFile.LARGEST_INDEXED_BYTES) {
          return LineSearch.isBinaryAtOnce(bytes) ? "" : new String(bytes, StandardCharsets.UTF_8);
        }
      } catch (IOException e) {
        // Whoever searches it says so.
      }
      synchronized (unread) {
        unread.set(index);
      }
      return "";
    }
  }
}
