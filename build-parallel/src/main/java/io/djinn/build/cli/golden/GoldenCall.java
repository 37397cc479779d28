package io.djinn.build.cli.golden;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A call of a function, which needs no index.
 *
 * @param fields its fields, texts as {@code String}, lists and numbers as {@link JsonValue} reads
 *     them
 */
public record GoldenCall(int number, GoldenKind kind, Map<String, Object> fields)
    implements GoldenLine {
  public GoldenCall {
    fields = new LinkedHashMap<>(fields);
  }

  @Override
  public String label() {
    return kind.label();
  }

  String text(String name) {
    return (String) fields.get(name);
  }
}
