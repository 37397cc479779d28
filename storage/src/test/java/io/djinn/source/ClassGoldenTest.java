package io.djinn.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.OperatorClasses;
import io.djinn.testkit.GoldenQuery;
import io.djinn.testkit.KeyMap;
import io.djinn.testkit.SharedFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every golden answer over one column, without any index. */
class ClassGoldenTest {
  @TempDir Path work;

  /** One column that queries are about. */
  private record Column(String data, String path, String opclass, String element) {
    static Column of(GoldenQuery query) {
      return new Column(query.data(), query.column(), query.opclass(), query.element());
    }
  }

  private static Map<Column, List<GoldenQuery>> queriesByColumn(String file) {
    return GoldenQuery.readAll(SharedFiles.golden(file)).stream()
        .collect(
            Collectors.groupingBy(
                Column::of,
                () -> new TreeMap<>((a, b) -> a.toString().compareTo(b.toString())),
                Collectors.toList()));
  }

  private static List<List<GinQuery>> ready(
      GinOperatorClass operatorClass, List<GoldenQuery> queries) throws IOException {
    List<List<GinQuery>> ready = new ArrayList<>();
    for (GoldenQuery query : queries) {
      List<GinQuery> conditions = new ArrayList<>();
      for (GoldenQuery.Condition condition : query.conditions()) {
        conditions.add(operatorClass.queryFromJson(condition.op(), condition.operand()));
      }
      ready.add(conditions);
    }
    return ready;
  }

  private static long[] rowNumbers(RowSource source, Iterable<Long> tids) {
    List<Long> numbers = new ArrayList<>();
    tids.forEach(tid -> numbers.add(source.rowNumberOf(tid)));
    return numbers.stream().mapToLong(Long::longValue).toArray();
  }

  private static void assertAllAnswered(List<String> differences) {
    assertEquals(List.of(), differences.stream().filter(line -> line != null).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"array.jsonl", "btree_gin.jsonl", "hstore.jsonl"})
  void comparingEveryRowGivesTheGoldenAnswers(String file) throws IOException {
    List<String> differences = new ArrayList<>();
    for (Map.Entry<Column, List<GoldenQuery>> entry : queriesByColumn(file).entrySet()) {
      Column column = entry.getKey();
      ColumnPath path = ColumnPath.parse(column.path());
      GinOperatorClass operatorClass = OperatorClasses.find(column.opclass(), column.element());
      List<List<GinQuery>> queries = ready(operatorClass, entry.getValue());
      List<List<Long>> answers = new ArrayList<>();
      queries.forEach(query -> answers.add(new ArrayList<>()));
      try (RowSource source =
          Sources.open(SharedFiles.data(column.data()), work, Sources.DEFAULT_BLOCK_BYTES)) {
        source.scan(
            0,
            source.blockCount(),
            (tid, row) -> {
              Object value = row.value(path, operatorClass);
              for (int i = 0; i < queries.size(); i++) {
                if (queries.get(i).stream().allMatch(query -> query.matches(value))) {
                  answers.get(i).add(tid);
                }
              }
              return true;
            });
        for (int i = 0; i < queries.size(); i++) {
          differences.add(entry.getValue().get(i).difference(rowNumbers(source, answers.get(i))));
        }
      }
    }
    assertAllAnswered(differences);
  }

  @ParameterizedTest
  @ValueSource(strings = {"array.jsonl", "btree_gin.jsonl", "hstore.jsonl"})
  void extractedKeysAloneGiveTheGoldenAnswers(String file) throws IOException {
    List<String> differences = new ArrayList<>();
    for (Map.Entry<Column, List<GoldenQuery>> entry : queriesByColumn(file).entrySet()) {
      Column column = entry.getKey();
      ColumnPath path = ColumnPath.parse(column.path());
      GinOperatorClass operatorClass = OperatorClasses.find(column.opclass(), column.element());
      List<List<GinQuery>> queries = ready(operatorClass, entry.getValue());
      try (RowSource source =
          Sources.open(SharedFiles.data(column.data()), work, Sources.DEFAULT_BLOCK_BYTES)) {
        KeyMap keys = new KeyMap();
        source.scan(
            0,
            source.blockCount(),
            (tid, row) -> {
              row.extract(path, operatorClass, keys.row(tid));
              return true;
            });
        for (int i = 0; i < queries.size(); i++) {
          TreeSet<Long> tids = null;
          for (GinQuery query : queries.get(i)) {
            TreeSet<Long> own =
                keys.search(
                    query, tid -> query.matches(source.fetch(tid).value(path, operatorClass)));
            if (tids == null) {
              tids = own;
            } else {
              tids.retainAll(own);
            }
          }
          differences.add(entry.getValue().get(i).difference(rowNumbers(source, tids)));
        }
      }
    }
    assertAllAnswered(differences);
  }
}
