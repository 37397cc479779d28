package io.djinn.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildTableTest {
  @TempDir Path data;

  private List<String> written(BuildTable table, TableSize size, long mostRows) throws IOException {
    Path out = data.resolve(table.fileName());
    long rows = table.write(data, size, mostRows, out);
    List<String> lines = Files.readAllLines(out);
    assertEquals(lines.size(), rows);
    return lines;
  }

  private void put(BuildTable table, String... lines) throws IOException {
    try (GZIPOutputStream out =
        new GZIPOutputStream(Files.newOutputStream(data.resolve(table.dataName())))) {
      out.write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void pathsOfEachCopyLieInADirectoryOfItsOwn() throws IOException {
    put(BuildTable.PATHS, "usr/a", "", "usr/\u00e4 b");
    assertEquals(
        List.of("usr/a", "", "usr/\u00e4 b", "c1/usr/a", "c1/", "c1/usr/\u00e4 b", "c2/usr/a"),
        written(BuildTable.PATHS, new TableSize(3, TableSize.ALL_ROWS), 7));
  }

  @Test
  void aCopyMayBeCutShort() throws IOException {
    put(BuildTable.PATHS, "a", "b", "c");
    assertEquals(
        List.of("a", "b", "c1/a", "c1/b"),
        written(BuildTable.PATHS, new TableSize(2, 2), Long.MAX_VALUE));
  }

  @Test
  void packagesOfACopyHaveAnotherNameAndAllElseAlike() throws IOException {
    String line =
        "{\"x\":{\"name\":\"inner\"},\"name\":\"a\\\"\u00e4\",\"n\":1234567890123456789012,"
            + "\"d\":[\"name\",null,true,1.50]}";
    put(BuildTable.PACKAGES, line);
    assertEquals(
        List.of(line, line.replace("a\\\"\u00e4", "a\\\"\u00e4-c1")),
        written(BuildTable.PACKAGES, new TableSize(2, 9), Long.MAX_VALUE));
  }

  @Test
  void aPackageWithoutANameIsNoRowOfTheTable() throws IOException {
    put(BuildTable.PACKAGES, "{\"x\":{\"name\":\"inner\"}}");
    assertThrows(
        IOException.class, () -> written(BuildTable.PACKAGES, new TableSize(2, 9), Long.MAX_VALUE));
  }

  @Test
  void aTextKeepsItsFieldAloneAndEndsInAWordOfAFewRowsOfItsCopy() throws IOException {
    String[] rows = new String[6];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = "{\"o\":{\"extract\":1},\"extract\":\"t\\n" + i + "\",\"z\":2}";
    }
    rows[5] = "{\"extract\":null}";
    put(BuildTable.MOVIES, rows);
    List<String> lines = written(BuildTable.MOVIES, new TableSize(2, 9), Long.MAX_VALUE);
    assertEquals("{\"extract\":\"t\\n0\"}", lines.get(0));
    assertEquals("{\"extract\":null}", lines.get(5));
    assertEquals("{\"extract\":\"t\\n0 c1w0\"}", lines.get(6));
    assertEquals("{\"extract\":\"t\\n3 c1w0\"}", lines.get(9));
    assertEquals("{\"extract\":\"t\\n4 c1w1\"}", lines.get(10));
    assertEquals("{\"extract\":null}", lines.get(11));
  }

  @Test
  void rowsGoToPostgresAsCopyTakesThem() throws IOException {
    put(BuildTable.MOVIES, "{\"extract\":\"a\\\\\\tb\\nc\\r\"}", "{\"extract\":null}");
    written(BuildTable.MOVIES, new TableSize(1, 9), Long.MAX_VALUE);
    assertEquals(List.of("a\\\\\\tb\\nc\\r", "\\N"), copied(BuildTable.MOVIES, 2));
    put(BuildTable.PATHS, "a\\b");
    written(BuildTable.PATHS, new TableSize(1, 9), Long.MAX_VALUE);
    assertEquals(List.of("a\\\\b"), copied(BuildTable.PATHS, 1));
    List<String> arrays = written(BuildTable.ARRAYS_JSONL, new TableSize(1, 20), Long.MAX_VALUE);
    List<String> braced =
        arrays.stream().map(line -> line.replace('[', '{').replace(']', '}')).toList();
    assertEquals(braced, copied(BuildTable.ARRAYS_JSONL, 20));
    assertEquals(braced, copied(BuildTable.ARRAYS, 20));
  }

  private List<String> copied(BuildTable table, long rows) throws IOException {
    Path copy = data.resolve("rows.copy");
    PostgresPeer.writeRows(table, data.resolve(table.fileName()), rows, copy);
    return Files.readAllLines(copy);
  }

  @Test
  void everySettingIsFoundByItsName() {
    HashSet<String> names = new HashSet<>();
    for (BuildSetting setting : BuildSetting.values()) {
      assertEquals(setting, BuildSetting.parse(setting.text()));
      assertTrue(names.add(setting.text()));
    }
    assertEquals(
        "arrays,paths,jsonb_ops,jsonb_path_ops,descriptions,descriptions-positions,movies,"
            + "movies-positions,arrays-jsonl,distinct",
        BuildSetting.texts());
  }
}
