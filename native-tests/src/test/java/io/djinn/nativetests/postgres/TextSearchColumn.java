package io.djinn.nativetests.postgres;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Texts as lexemes, by a configuration or as the literals they are. */
final class TextSearchColumn extends PeerColumn {
  private static final int MAX_DEPTH = 3;

  private final List<String> fields;
  private final String config;
  private final List<String> texts = new ArrayList<>();

  private TextSearchColumn(String field, String config, String sql) {
    super(field, "tsvector_ops", config, sql);
    fields = List.of(field.split("\\+"));
    this.config = config;
  }

  /** The lexemes of a field. */
  static TextSearchColumn of(String field, String config) {
    return new TextSearchColumn(
        field, config, "to_tsvector(" + Sql.text(config) + ", j->>" + Sql.text(field) + ")");
  }

  /** The lexemes of two fields, the first with weight A and the second with B. */
  static TextSearchColumn of(String first, String second, String config) {
    return new TextSearchColumn(
        first + "+" + second,
        config,
        weighted(first, config, 'A') + " || " + weighted(second, config, 'B'));
  }

  private static String weighted(String field, String config, char weight) {
    return "setweight(to_tsvector("
        + Sql.text(config)
        + ", coalesce(j->>"
        + Sql.text(field)
        + ", '')), '"
        + weight
        + "')";
  }

  /** Lines that are tsvectors. */
  static TextSearchColumn ofLiterals() {
    return new TextSearchColumn("$", "", "line::tsvector");
  }

  @Override
  void rows(List<Object> rows) {
    for (Object row : rows) {
      for (String field : fields) {
        Object value = row instanceof Map<?, ?> object ? object.get(field) : row;
        if (value instanceof String text && !text.isBlank()) {
          texts.add(text);
        }
      }
    }
  }

  @Override
  PeerCondition draw(Draw draw) {
    String named = config.isEmpty() || draw.percent(10) ? draw.of("simple", "english") : config;
    return PeerCondition.of(
        switch (draw.below(config.isEmpty() ? 3 : 10)) {
          case 0, 1, 2 ->
              new PeerCondition.Source("tsquery", null, draw.seldomBroken(query(draw, 0)));
          case 3 -> new PeerCondition.Source("plainto_tsquery", named, passage(draw, 3));
          case 4 -> new PeerCondition.Source("phraseto_tsquery", named, passage(draw, 4));
          case 5, 6 -> new PeerCondition.Source("websearch_to_tsquery", named, webQuery(draw));
          default ->
              new PeerCondition.Source("to_tsquery", named, draw.seldomBroken(query(draw, 0)));
        });
  }

  private String[] words(Draw draw) {
    String text = draw.of(texts);
    return config.isEmpty() ? text.replaceAll("'|:[0-9A-D,]*", "").split(" ") : text.split("\\s+");
  }

  /** Successive words as they stand. */
  private String passage(Draw draw, int atMost) {
    String[] words = words(draw);
    int from = draw.below(words.length);
    int to = Math.min(words.length, from + 1 + draw.below(atMost));
    return String.join(draw.of(" ", " ", "  ", "\n"), Arrays.copyOfRange(words, from, to));
  }

  private String webQuery(Draw draw) {
    StringBuilder query = new StringBuilder();
    for (int parts = draw.between(1, 4); parts > 0; parts--) {
      query
          .append(draw.of("", "", "", "-", "or ", "OR ", "and "))
          .append(
              draw.percent(30)
                  ? '"' + passage(draw, 3) + draw.of("\" ", "\" ", "")
                  : passage(draw, 1))
          .append(' ');
    }
    return query.toString();
  }

  private String query(Draw draw, int depth) {
    int kind = depth == MAX_DEPTH ? 99 : draw.below(100);
    if (kind < 18) {
      return query(draw, depth + 1) + " & " + query(draw, depth + 1);
    }
    if (kind < 34) {
      return query(draw, depth + 1) + " | " + query(draw, depth + 1);
    }
    if (kind < 44) {
      return "!" + draw.of("", " ", "!") + operand(draw, depth);
    }
    if (kind < 62) {
      return successive(draw);
    }
    if (kind < 72) {
      return operand(draw, depth) + distance(draw) + operand(draw, depth);
    }
    return draw.percent(20) ? operand(draw, depth) : word(words(draw), -1, draw);
  }

  private String operand(Draw draw, int depth) {
    return draw.percent(60) ? "(" + query(draw, depth + 1) + ")" : word(words(draw), -1, draw);
  }

  private static String distance(Draw draw) {
    return draw.of(" <-> ", " <-> ", "<->", " <1> ", " <2> ", " <3> ", " <0> ", "<12>");
  }

  /** Words that stand one behind the other somewhere. */
  private static String phrase(String[] words, Draw draw) {
    int from = draw.below(words.length);
    StringBuilder phrase = new StringBuilder(word(words, from, draw));
    for (int i = from + 1, end = Math.min(words.length, from + draw.between(2, 3)); i < end; i++) {
      if (draw.percent(12)) {
        phrase.append(" <2> ").append(word(words, ++i % words.length, draw));
      } else {
        phrase
            .append(draw.of(" <-> ", " <-> ", " <-> ", " <-> ", " <-> !"))
            .append(word(words, i, draw));
      }
    }
    return phrase.toString();
  }

  private String successive(Draw draw) {
    return phrase(words(draw), draw);
  }

  /**
   * One of the words as a query has it.
   *
   * @param at its place; any for a negative one
   */
  private static String word(String[] words, int at, Draw draw) {
    String word = words[at < 0 ? draw.below(words.length) : at];
    String plain = word.replaceAll("[^\\p{L}\\p{N}]", "");
    boolean isQuoted = plain.isEmpty() || draw.percent(8);
    boolean isPrefix = draw.percent(15);
    if (isPrefix) {
      int length = plain.codePointCount(0, plain.length());
      plain = plain.substring(0, plain.offsetByCodePoints(0, Math.min(length, draw.between(1, 5))));
    }
    String text =
        isQuoted || plain.isEmpty()
            ? "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
            : plain.toLowerCase(java.util.Locale.ROOT);
    String weights = draw.percent(20) ? draw.of("A", "B", "D", "AB", "CD", "b", "AC") : "";
    return text + (isPrefix || !weights.isEmpty() ? ":" + (isPrefix ? "*" : "") + weights : "");
  }
}
