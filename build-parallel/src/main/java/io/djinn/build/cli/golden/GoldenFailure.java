package io.djinn.build.cli.golden;

/**
 * A line that did not pass.
 *
 * @param file name of its file
 * @param kind what differs: the line's kind, or {@code tsquery} for what a query is made to
 * @param expected null where an error is all there is to tell
 * @param actual the answer found; null where there is none
 * @param error why there is no answer; null where there is one
 */
public record GoldenFailure(
    String file, GoldenLine line, String kind, Shown expected, Shown actual, String error) {
  /** An answer in words and as JSON text. */
  public record Shown(String words, String json) {
    static Shown of(GoldenAnswer answer) {
      String rows = answer.rows().toString();
      return new Shown(
          answer.count() + " rows " + rows,
          "{\"count\":" + answer.count() + ",\"rows\":" + rows.replace(" ", "") + "}");
    }

    static Shown ofJson(Object value) {
      String json = JsonValue.write(value);
      return new Shown(json, json);
    }
  }
}
