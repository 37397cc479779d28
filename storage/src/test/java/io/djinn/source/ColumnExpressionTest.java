package io.djinn.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.GinSpec;
import io.djinn.error.InvalidRowException;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.OperatorClasses;
import io.djinn.testkit.KeyMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Columns that are two fields joined by the operator class. */
class ColumnExpressionTest {
  private static final ColumnPath PATH = ColumnPath.parse("t+b\\:x");
  private static final GinOperatorClass ENGLISH = OperatorClasses.find("tsvector_ops", "english");

  @TempDir Path work;

  private static List<String> values(RowSource source) {
    List<String> values = new ArrayList<>();
    KeyMap keys = new KeyMap();
    source.scan(
        0,
        source.blockCount(),
        (tid, row) -> {
          values.add(String.valueOf(row.value(PATH, ENGLISH)));
          row.extract(PATH, ENGLISH, keys.row(tid));
          return true;
        });
    return values;
  }

  @Test
  void rowsInFilesAndInMemoryGiveTheSameValues() throws IOException {
    Path file = work.resolve("rows.jsonl");
    Files.writeString(
        file,
        """
        {"t":"The cats","b:x":"a dog"}
        {"b:x":"ran away","t":"dogs"}
        {"t":"cats"}
        {"b:x":"cats"}
        {"t":null,"b:x":"cats"}
        {"t":"","b:x":null}
        """);
    List<String> wanted =
        List.of("'cat':2A 'dog':4B", "'away':3B 'dog':1A 'ran':2B", "'cat':1A", "null", "null", "");
    try (RowSource source = Sources.open(file, work, Sources.DEFAULT_BLOCK_BYTES)) {
      assertEquals(wanted, values(source));
    }
    List<Object[]> rows =
        Arrays.asList(
            new Object[] {"The cats", "a dog"},
            new Object[] {"dogs", "ran away"},
            new Object[] {"cats", null},
            new Object[] {null, "cats"},
            new Object[] {null, "cats"},
            new Object[] {"", null});
    assertEquals(wanted, values(InMemorySource.of(List.of("t", "b:x"), rows, 4)));
  }

  @Test
  void aFieldOfAnotherKindIsRefusedNamingIt() throws IOException {
    Path file = work.resolve("rows.jsonl");
    Files.writeString(file, "{\"t\":\"a\",\"b:x\":7}\n");
    try (RowSource source = Sources.open(file, work, Sources.DEFAULT_BLOCK_BYTES)) {
      String message = assertThrows(InvalidRowException.class, () -> values(source)).getMessage();
      assertTrue(message.contains("field \"b:x\"") && message.contains("7"), message);
    }
  }

  @Test
  void aClassThatJoinsNoFieldsIsRefusedAtOnce() {
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> GinSpec.parse(List.of("a+b:array_ops/text")))
            .getMessage();
    assertEquals("column a+b: array_ops/text takes a field, not two", message);
    assertEquals(
        "a+b:tsvector_ops/english",
        GinSpec.parse(List.of("a+b:tsvector_ops/english")).columns().get(0).toString());
  }
}
