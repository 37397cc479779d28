package io.djinn.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ColumnSpecTest {
  @ParameterizedTest
  @CsvSource({
    "cast:array_ops/text, cast, array_ops, text",
    "year:int8_ops, year, int8_ops, ''",
    "a\\:b\\+c\\/d\\\\e:x_ops, a:b+c/d\\e, x_ops, ''",
    "\\$:x_ops, $, x_ops, ''",
    "ünï:x_ops/y/z, ünï, x_ops, y/z",
  })
  void columnsAreReadAndWrittenAlike(String text, String field, String name, String argument) {
    ColumnSpec spec = ColumnSpec.parse(text);
    assertEquals(new ColumnSpec(ColumnPath.field(field), name, argument), spec);
    assertEquals(text, spec.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "title+extract:tsvector_ops/english, title, extract",
    "a\\+b+c\\:d:x_ops, a+b, c:d",
    "\\$+b:x_ops, $, b",
  })
  void anExpressionHasTwoFields(String text, String first, String second) {
    ColumnSpec spec = ColumnSpec.parse(text);
    assertEquals(ColumnPath.expression(first, second), spec.path());
    assertEquals(text, spec.toString());
  }

  @Test
  void theDollarIsTheWholeRow() {
    assertTrue(ColumnSpec.parse("$:array_ops/int4").path().isWholeRow());
    assertEquals("$", ColumnPath.WHOLE_ROW.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cast",
        "",
        ":array_ops",
        "cast:",
        "cast:array_ops/",
        "a/b:x",
        "a\\",
        "a+b+c:x",
        "+b:x",
        "a+:x",
        "$+b:x",
        "a+$:x"
      })
  void otherTextIsRefusedNamingIt(String text) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> ColumnSpec.parse(text)).getMessage();
    assertTrue(message.startsWith("column ") || message.startsWith("a column "), message);
  }
}
