package io.djinn.source;

/** Plain lines: each line, without its line end, is one row with the one column {@code $}. */
public final class PlainLinesSource extends LinesSource {
  static final String KIND = "lines";

  PlainLinesSource(LinesFile lines) {
    super(lines);
  }

  @Override
  LineRow newRow(String file) {
    return new TextRow(file);
  }
}
