package io.djinn.build.cli.golden;

import java.util.Locale;
import java.util.Set;

/** What a golden file holds, told by the fields of its first line. */
public enum GoldenKind {
  QUERY(
      "op",
      Set.of(
          "data",
          "column",
          "columns",
          "opclass",
          "element",
          "config",
          "op",
          "query",
          "count",
          "rows",
          "rows_sha256",
          "order",
          "source")),
  TOKENS("tokens", Set.of("text", "tokens", "simple", "english")),
  LEXEMES("row", Set.of("data", "row", "column", "config", "lexemes")),
  STEMS("word", Set.of("word", "lexemes")),
  TRIGRAMS("trigrams", Set.of("text", "trigrams")),
  SIMILARITY(
      "similarity", Set.of("a", "b", "similarity", "word_similarity", "strict_word_similarity"));

  private final String sign;
  private final Set<String> fields;

  GoldenKind(String sign, Set<String> fields) {
    this.sign = sign;
    this.fields = fields;
  }

  /** The kind of a file whose first line has these fields, or null. */
  static GoldenKind of(Set<String> found) {
    for (GoldenKind kind : values()) {
      if (found.contains(kind.sign) && (kind != LEXEMES || found.contains("lexemes"))) {
        return kind;
      }
    }
    return null;
  }

  /** The fields lines of this kind may have. */
  Set<String> fields() {
    return fields;
  }

  /** The kind as reports name it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
