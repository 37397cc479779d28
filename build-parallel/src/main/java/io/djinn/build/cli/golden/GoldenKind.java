package io.djinn.build.cli.golden;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What a golden file holds, told by the fields of its first line. */
public enum GoldenKind {
  QUERY("op"),
  TOKENS("tokens", "text", "*tokens", "*simple", "*english"),
  LEXEMES("row", "data", "#row", "column", "config", "*lexemes"),
  STEMS("word", "word", "*lexemes"),
  TRIGRAMS("trigrams", "text", "*trigrams"),
  SIMILARITY("similarity", "a", "b", "#similarity", "#word_similarity", "#strict_word_similarity");

  private final String sign;
  private final List<String> fields;

  /**
   * @param fields of a call: all that a line has, {@code *} before those that are lists, {@code #}
   *     before numbers
   */
  GoldenKind(String sign, String... fields) {
    this.sign = sign;
    this.fields = List.of(fields);
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

  /** Reads a call. */
  GoldenCall call(int number, JsonFieldsReader object) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (String field : fields) {
      char form = field.charAt(0);
      switch (form) {
        case '*' -> values.put(field.substring(1), object.list(field.substring(1)));
        case '#' -> values.put(field.substring(1), object.float32(field.substring(1)));
        default -> values.put(field, object.string(field));
      }
    }
    object.allow(values.keySet());
    if (this == LEXEMES) {
      values.put("row", object.number("row"));
    }
    return new GoldenCall(number, this, values);
  }

  /** The kind as reports name it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
