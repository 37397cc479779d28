package io.djinn.build.cli;

import io.djinn.api.Djinn;
import io.djinn.api.GinIndex;
import io.djinn.api.GinSpec;
import io.djinn.source.RowSource;
import io.djinn.source.Sources;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens the rows behind indexes: a file for a new index, or the one an index is bound to. */
final class IndexSource {
  private IndexSource() {}

  /** Throws where there can be no rows in the file, before anything is made. */
  static void requireReadable(Path rows) {
    if (!Files.isRegularFile(rows) || !Files.isReadable(rows)) {
      throw new UserMistakeException(
          rows
              + (Files.isDirectory(rows)
                  ? " is a directory: rows come from a file"
                  : Files.exists(rows) ? " is not a file that can be read" : ": no such file"));
    }
  }

  /** The rows of a file for a new index. */
  static RowSource open(Djinn db, Path rows, int blockBytes) {
    return Sources.open(rows, db.sourceFiles(), blockBytes);
  }

  /** Throws where no row at all has some column: its name is a mistake then. */
  static void requireColumns(RowSource source, GinSpec spec) {
    for (GinSpec.Column column : spec.columns()) {
      boolean[] isFound = new boolean[1];
      source.scan(
          0,
          source.blockCount(),
          (tid, row) -> {
            isFound[0] = row.has(column.path());
            return !isFound[0];
          });
      if (!isFound[0] && source.rowCount() > 0) {
        throw new UserMistakeException(
            "column " + column.path() + ": no row of " + source.identity().path() + " has it");
      }
    }
  }

  /** Throws where the source has fewer rows. */
  static void requireRows(RowSource source, RowNumbers rows) {
    if (rows.last() > source.rowCount()) {
      throw new UserMistakeException(
          "row "
              + rows.last()
              + ": the source "
              + source.identity().path()
              + " has "
              + source.rowCount()
              + (source.rowCount() == 1 ? " row" : " rows"));
    }
  }

  /** The rows an index is bound to, as they are now: the same, or grown at their end. */
  static RowSource reopen(Djinn db, GinIndex index) {
    GinSpec spec = index.spec();
    if (spec.source() == null) {
      throw new UserMistakeException(
          "index \"" + index.name() + "\" is bound to no source: a program fills it");
    }
    return Sources.reopen(spec.source(), db.sourceFiles(), spec.slotBits());
  }
}
