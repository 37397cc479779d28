package io.djinn.source;

/** JSON Lines: each line is one row, an object whose fields are columns or any other JSON value. */
public final class JsonLinesSource extends LinesSource {
  static final String KIND = "jsonl";

  JsonLinesSource(LinesFile lines) {
    super(lines);
  }

  @Override
  LineRow newRow(String file) {
    return new JsonRow(file);
  }
}
