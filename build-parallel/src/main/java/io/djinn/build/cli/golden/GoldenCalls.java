package io.djinn.build.cli.golden;

import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.OperatorClasses;
import io.djinn.opclass.TextSearchFunctions;
import io.djinn.opclass.TrigramFunctions;
import io.djinn.source.ColumnPath;
import io.djinn.source.Row;
import io.djinn.source.RowSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/** Calls the functions that golden lines without an index are about, and compares. */
final class GoldenCalls {
  private static final String STEMMER = "english_stem";

  private final Function<String, RowSource> sources;
  private TextSearchFunctions textSearch;
  private TrigramFunctions trigrams;

  /**
   * @param sources opens a data file, or gives it again
   */
  GoldenCalls(Function<String, RowSource> sources) {
    this.sources = sources;
  }

  private TextSearchFunctions textSearch() {
    if (textSearch == null) {
      textSearch = OperatorClasses.textSearch();
    }
    return textSearch;
  }

  private TrigramFunctions trigrams() {
    if (trigrams == null) {
      trigrams = OperatorClasses.trigrams();
    }
    return trigrams;
  }

  /** What is wrong with a line; null where nothing is. */
  GoldenFailure compare(String file, GoldenCall call) {
    return switch (call.kind()) {
      case TOKENS -> compareTokens(file, call);
      case LEXEMES ->
          compare(file, call, "lexemes", lexemes(call.text("config"), fieldOfRow(call)));
      case STEMS -> compare(file, call, "lexemes", textSearch().lexize(STEMMER, call.text("word")));
      case TRIGRAMS -> compareTrigrams(file, call);
      case SIMILARITY -> compareSimilarity(file, call);
      case QUERY -> throw new IllegalArgumentException("a query is no call");
    };
  }

  /** What is wrong with what a tsquery is made to; null where nothing is. */
  GoldenFailure compareTsquery(String file, GoldenQuery line) {
    GoldenQuery.Source source = line.source();
    String made = textSearch().tsquery(source.function(), source.config(), source.text());
    return made.equals(source.expected())
        ? null
        : new GoldenFailure(
            file,
            line,
            "tsquery",
            GoldenFailure.Shown.ofJson(source.expected()),
            GoldenFailure.Shown.ofJson(made),
            null);
  }

  private GoldenFailure compareTokens(String file, GoldenCall call) {
    String text = call.text("text");
    List<Object> tokens = new ArrayList<>();
    for (TextSearchFunctions.Token token : textSearch().tokens(text)) {
      tokens.add(List.of(token.type(), token.text()));
    }
    GoldenFailure failure = compare(file, call, "tokens", tokens);
    for (String config : List.of("simple", "english")) {
      failure = failure != null ? failure : compare(file, call, config, lexemes(config, text));
    }
    return failure;
  }

  private List<Object> lexemes(String config, String text) {
    List<Object> lexemes = new ArrayList<>();
    for (TextSearchFunctions.Lexeme lexeme : textSearch().lexemes(config, text)) {
      lexemes.add(
          List.of(lexeme.text(), lexeme.positions().stream().map(Integer::longValue).toList()));
    }
    return lexemes;
  }

  /** The text of a field of a row. */
  private String fieldOfRow(GoldenCall call) {
    RowSource source = sources.apply(call.text("data"));
    GinOperatorClass texts = OperatorClasses.find("text_ops", "");
    Row row = source.fetch(source.tidOf((Long) call.fields().get("row")));
    Object value = row.value(ColumnPath.parse(call.text("column")), texts);
    if (value == null) {
      throw new IllegalArgumentException(
          "field \"" + call.text("column") + "\" of row " + call.fields().get("row") + " is null");
    }
    return (String) value;
  }

  private GoldenFailure compareTrigrams(String file, GoldenCall call) {
    List<String> found = trigrams().trigrams(call.text("text"));
    List<?> expected = (List<?>) call.fields().get("trigrams");
    return new HashSet<>(expected).equals(new HashSet<>(found))
        ? null
        : difference(file, call, expected, found);
  }

  private GoldenFailure compareSimilarity(String file, GoldenCall call) {
    TrigramFunctions functions = trigrams();
    String a = call.text("a");
    String b = call.text("b");
    List<Object> expected =
        List.of(
            call.fields().get("similarity"),
            call.fields().get("word_similarity"),
            call.fields().get("strict_word_similarity"));
    List<Object> found =
        List.of(
            functions.similarity(a, b),
            functions.wordSimilarity(a, b),
            functions.strictWordSimilarity(a, b));
    return expected.equals(found) ? null : difference(file, call, expected, found);
  }

  private static GoldenFailure compare(String file, GoldenCall call, String field, Object found) {
    Object expected = call.fields().get(field);
    return Objects.equals(expected, found) ? null : difference(file, call, expected, found);
  }

  private static GoldenFailure difference(
      String file, GoldenCall call, Object expected, Object found) {
    return new GoldenFailure(
        file,
        call,
        call.label(),
        GoldenFailure.Shown.ofJson(expected),
        GoldenFailure.Shown.ofJson(found),
        null);
  }
}
