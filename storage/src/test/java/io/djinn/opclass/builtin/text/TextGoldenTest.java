package io.djinn.opclass.builtin.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.OperatorClasses;
import io.djinn.source.ColumnPath;
import io.djinn.source.RowSource;
import io.djinn.source.Sources;
import io.djinn.testkit.SharedFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Golden answers of text search, without any index. */
class TextGoldenTest {
  @TempDir Path work;

  @Test
  void documentsOfAwkwardTextsAreAsGolden() {
    List<Map<?, ?>> lines = GoldenText.lines("tokens.jsonl");
    int passed = 0;
    for (Map<?, ?> line : lines) {
      String text = (String) line.get("text");
      boolean equal = true;
      for (String config : TextSearch.names()) {
        equal &=
            line.get(config).equals(GoldenText.listed(TextSearch.config(config).toTsVector(text)));
      }
      passed += equal ? 1 : 0;
    }
    assertTrue(GoldenText.reported("tokens.jsonl, documents", passed, lines.size()) >= 0.99);
  }

  @Test
  void documentsOfRowsAreAsGolden() {
    List<Map<?, ?>> lines = GoldenText.lines("lexemes.jsonl");
    int passed = 0;
    try (RowSource source =
        Sources.open(SharedFiles.data("movies.jsonl"), work, Sources.DEFAULT_BLOCK_BYTES)) {
      for (Map<?, ?> line : lines) {
        GinOperatorClass operatorClass =
            OperatorClasses.find("tsvector_ops", (String) line.get("config"));
        Object document =
            source
                .fetch(source.tidOf((int) line.get("row")))
                .value(ColumnPath.parse((String) line.get("column")), operatorClass);
        passed += line.get("lexemes").equals(GoldenText.listed((TsVector) document)) ? 1 : 0;
      }
    }
    assertTrue(GoldenText.reported("lexemes.jsonl", passed, lines.size()) >= 0.99);
  }

  @Test
  void stemsAreAsGolden() {
    List<Map<?, ?>> lines = GoldenText.lines("stems.jsonl");
    TextSearch english = TextSearch.config("english");
    long passed =
        lines.stream()
            .filter(line -> line.get("lexemes").equals(english.lexize((String) line.get("word"))))
            .count();
    assertTrue(GoldenText.reported("stems.jsonl", (int) passed, lines.size()) >= 0.999);
  }

  @Test
  void queriesPrintAsGolden() {
    List<String> differences = new ArrayList<>();
    for (Map<?, ?> line : GoldenText.lines("tsvector.jsonl")) {
      String wanted = (String) line.get("query");
      Map<?, ?> source = (Map<?, ?>) line.get("source");
      String made = made(source).toString();
      if (!made.equals(wanted) || !TsQuery.parse(wanted).toString().equals(wanted)) {
        differences.add(source + " gives " + made + ", not " + wanted);
      }
    }
    assertEquals(List.of(), differences);
  }

  private static TsQuery made(Map<?, ?> source) {
    String text = (String) source.get("text");
    String function = (String) source.get("function");
    if (function.equals("tsquery")) {
      return TsQuery.parse(text);
    }
    TextSearch config = TextSearch.config((String) source.get("config"));
    return switch (function) {
      case "to_tsquery" -> config.toTsQuery(text);
      case "plainto_tsquery" -> config.plainToTsQuery(text);
      case "phraseto_tsquery" -> config.phraseToTsQuery(text);
      default -> config.webSearchToTsQuery(text);
    };
  }

  @Test
  void comparingEveryRowGivesTheGoldenAnswers() {
    Map<List<Object>, List<Map<?, ?>>> byColumn =
        GoldenText.lines("tsvector.jsonl").stream()
            .collect(
                Collectors.groupingBy(
                    line -> columnOf(line), LinkedHashMap::new, Collectors.toList()));
    List<String> differences = new ArrayList<>();
    for (List<Map<?, ?>> lines : byColumn.values()) {
      Map<?, ?> first = lines.get(0);
      String config = first.get("config") == null ? "" : (String) first.get("config");
      GinOperatorClass operatorClass = OperatorClasses.find("tsvector_ops", config);
      ColumnPath path = ColumnPath.parse((String) first.get("column"));
      List<GinQuery> queries =
          lines.stream().map(line -> operatorClass.query("@@", line.get("query"))).toList();
      List<StringBuilder> answers = lines.stream().map(line -> new StringBuilder()).toList();
      int[] counts = new int[lines.size()];
      try (RowSource source =
          Sources.open(
              SharedFiles.data((String) first.get("data")), work, Sources.DEFAULT_BLOCK_BYTES)) {
        source.scan(
            0,
            source.blockCount(),
            (tid, row) -> {
              Object value = row.value(path, operatorClass);
              for (int i = 0; i < queries.size(); i++) {
                if (queries.get(i).matches(value)) {
                  answers
                      .get(i)
                      .append(counts[i]++ == 0 ? "" : ",")
                      .append(source.rowNumberOf(tid));
                }
              }
              return true;
            });
      }
      for (int i = 0; i < queries.size(); i++) {
        if (!sha256(answers.get(i).toString()).equals(lines.get(i).get("rows_sha256"))) {
          differences.add(columnOf(first) + " @@ " + lines.get(i).get("query") + ": " + counts[i]);
        }
      }
    }
    assertEquals(List.of(), differences);
  }

  private static List<Object> columnOf(Map<?, ?> line) {
    return List.of(line.get("data"), line.get("column"), String.valueOf(line.get("config")));
  }

  private static String sha256(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
