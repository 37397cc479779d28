package io.djinn.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.djinn.source.ColumnPath;
import io.djinn.source.Int32RowsSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArraysTableTest {
  @Test
  void theFirstThousandRowsAreTheSameOnEveryMachine() throws Exception {
    ByteArrayOutputStream rows = new ByteArrayOutputStream();
    ArraysTable.write(1000, rows);
    assertEquals(591_149, rows.size());
    assertEquals(
        "272831959b9c0a67250fdedb0a6f27c3ca909d19c232002f60eec14e80bd7f2e",
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(rows.toByteArray())));
  }

  @Test
  void theMappedSourceHasTheRowsOfTheLines(@TempDir Path directory) throws IOException {
    int rowCount = 300;
    ByteArrayOutputStream rows = new ByteArrayOutputStream();
    ArraysTable.write(rowCount, rows);
    String[] lines = rows.toString(StandardCharsets.ISO_8859_1).split("\n");
    Path file = directory.resolve("arrays.int32");
    ArraysTable.writeInt32(rowCount, file);
    try (Int32RowsSource source = ArraysTable.mapped(file)) {
      assertEquals(rowCount, source.rowCount());
      for (int row = 1; row <= rowCount; row++) {
        assertEquals(lines[row - 1], source.fetch(source.tidOf(row)).text());
      }
      assertEquals(true, source.fetch(0).has(ColumnPath.WHOLE_ROW));
    }
  }
}
