package io.djinn.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.build.plan.TableSample;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.source.ColumnPath;
import io.djinn.source.InMemorySource;
import io.djinn.source.RowSource;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RowSamplerTest {
  private static TableSample sample(RowSource source) {
    return new RowSampler(
            new SimEnv(new SimVfs(), 1),
            source,
            List.of(new BuildColumn(ColumnPath.WHOLE_ROW, ArrayOps.ofInts())),
            () -> false)
        .sample();
  }

  @Test
  void aTableWithoutRowsOrWithAWrongRowHasNone() {
    assertNull(sample(new TestRows()));
    assertNull(sample(InMemorySource.ofValues(List.of(List.of(1), "no array"))));
  }

  @Test
  void keysAreCountedAsTheyAre() {
    TestRows rows = new TestRows();
    rows.add(0, 1, 2, 3, 1);
    rows.add(1, 3, 4);
    rows.add(2, (int[]) null);
    rows.add(3);
    rows.add(4);
    TableSample sample = sample(rows);
    assertEquals(5, sample.rows());
    assertEquals(9, sample.keys());
    assertEquals(6, sample.distinctKeys());
    assertEquals(3, sample.singleKeys());
    assertEquals(16, sample.distinctBytes());
  }

  @Test
  void rowsAreSpreadOverTheTableAndFew() {
    TestRows rows = new TestRows();
    for (int i = 0; i < 200_000; i++) {
      rows.add(i, i, i % 7);
    }
    List<Long> visited = new ArrayList<>();
    rows.onVisit(visited::add);
    TableSample sample = sample(rows);
    assertEquals(128, sample.rows());
    assertEquals(visited.size(), sample.rows() + 5 * TestRows.ROWS_A_BLOCK);
    assertEquals(200_000, sample.tableRows());
    assertTrue(visited.get(0) < 1_000 && visited.get(127) > 180_000, visited::toString);
  }

  @Test
  void wideRowsAndLargeBlocksAreNotReadToTheirEnd() {
    int[] wide = IntStream.range(0, 300_000).toArray();
    TestRows rows = new TestRows();
    for (int i = 0; i < 100; i++) {
      rows.add(i, wide);
    }
    List<Long> visited = new ArrayList<>();
    rows.onVisit(visited::add);
    TableSample sample = sample(rows);
    assertEquals(1 << 16, sample.keys());
    assertTrue(visited.size() <= 21, visited::toString);
    List<Object> values = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 100_000; i++) {
      values.add(List.of(random.nextInt(100)));
    }
    List<Object[]> cells = values.stream().map(value -> new Object[] {value}).toList();
    TableSample large = sample(InMemorySource.of(List.of("$"), cells, 50_000));
    assertTrue(large.rows() <= 1 << 13, large::toString);
    assertEquals(100, large.distinctKeys());
  }
}
