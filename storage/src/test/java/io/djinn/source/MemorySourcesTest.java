package io.djinn.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.InvalidRowException;
import io.djinn.error.SourceChangedException;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.testkit.KeyList;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemorySourcesTest {
  private static final ColumnPath ROW = ColumnPath.WHOLE_ROW;
  private static final List<int[]> ARRAYS =
      Arrays.asList(new int[] {1, 2}, null, new int[] {}, new int[] {-5}, new int[] {7, 7, 7});

  private static List<List<String>> keys(RowSource source, ColumnPath column, ArrayOps ops) {
    List<List<String>> keys = new ArrayList<>();
    source.scan(
        0,
        source.blockCount(),
        (tid, row) -> {
          KeyList list = new KeyList();
          row.extract(column, ops, list);
          keys.add(list.keys());
          assertEquals(keys.size(), source.rowNumberOf(tid));
          assertEquals(tid, source.tidOf(keys.size()));
          assertEquals(row.text(), source.fetch(tid).text());
          return true;
        });
    return keys;
  }

  private static List<List<String>> expected(List<?> values, ArrayOps ops) {
    List<List<String>> keys = new ArrayList<>();
    for (Object value : values) {
      KeyList list = new KeyList();
      ops.extract(value, list);
      keys.add(list.keys());
    }
    return keys;
  }

  private static ByteBuffer buffer() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(100).order(ByteOrder.LITTLE_ENDIAN);
    for (int[] array : ARRAYS) {
      buffer.putInt(array == null ? -1 : array.length);
      for (int i = 0; array != null && i < array.length; i++) {
        buffer.putInt(array[i]);
      }
    }
    return buffer.flip();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 100})
  void rowsOfIntegersGiveTheirKeys(int rowsPerBlock) {
    try (RowSource source = new Int32RowsSource(buffer(), rowsPerBlock)) {
      assertEquals(ARRAYS.size(), source.rowCount());
      assertEquals(expected(ARRAYS, ArrayOps.ofInts()), keys(source, ROW, ArrayOps.ofInts()));
      assertEquals(expected(ARRAYS, ArrayOps.ofLongs()), keys(source, ROW, ArrayOps.ofLongs()));
      assertNull(source.fetch(source.blockCount() << source.slotBits()));
      assertTrue(
          ArrayOps.equalTo(7, 7, 7)
              .matches(source.fetch(source.tidOf(5)).value(ROW, ArrayOps.ofInts())));
      assertEquals("[7,7,7]", source.fetch(source.tidOf(5)).text());
    }
  }

  @Test
  void integersThatDoNotFitTheBufferAreRefused() {
    for (int count : new int[] {-2, 1, Integer.MAX_VALUE}) {
      ByteBuffer buffer = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(0, count);
      assertThrows(IllegalArgumentException.class, () -> new Int32RowsSource(buffer, 1));
    }
    assertThrows(
        IllegalArgumentException.class, () -> new Int32RowsSource(ByteBuffer.allocate(3), 1));
    assertEquals(0, new Int32RowsSource(ByteBuffer.allocate(0), 1).rowCount());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 100})
  void javaRowsGiveTheirKeys(int rowsPerBlock) {
    List<Object[]> rows = new ArrayList<>();
    for (int i = 0; i < ARRAYS.size(); i++) {
      rows.add(new Object[] {"row " + i, ARRAYS.get(i)});
    }
    try (RowSource source = InMemorySource.of(List.of("name", "tags"), rows, rowsPerBlock)) {
      ColumnPath tags = ColumnPath.field("tags");
      assertEquals(expected(ARRAYS, ArrayOps.ofInts()), keys(source, tags, ArrayOps.ofInts()));
      Row first = source.fetch(source.tidOf(1));
      assertEquals("[row 0, [1, 2]]", first.text());
      InvalidRowException wrongType =
          assertThrows(
              InvalidRowException.class,
              () -> first.extract(ColumnPath.field("name"), ArrayOps.ofInts(), new KeyList()));
      assertTrue(wrongType.getMessage().startsWith("row 1, column name: "), wrongType.getMessage());
      assertThrows(
          IllegalArgumentException.class,
          () -> first.value(ColumnPath.field("none"), ArrayOps.ofInts()));
    }
  }

  @Test
  void aSingleColumnIsTheWholeRow() {
    try (RowSource source = InMemorySource.ofValues(ARRAYS)) {
      assertEquals(expected(ARRAYS, ArrayOps.ofInts()), keys(source, ROW, ArrayOps.ofInts()));
    }
  }

  @Test
  void anotherNumberOfRowsIsAnotherSource() {
    RowSource source = InMemorySource.ofValues(ARRAYS);
    source.requireSameOrGrown(source.identity());
    RowSource other = InMemorySource.ofValues(List.of());
    assertThrows(SourceChangedException.class, () -> other.requireSameOrGrown(source.identity()));
  }
}
