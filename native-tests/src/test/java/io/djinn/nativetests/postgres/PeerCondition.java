package io.djinn.nativetests.postgres;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A condition on a column, as the index and as the server takes it.
 *
 * @param operator between column and operand
 * @param operand as JSON text; null where the server tells it
 * @param source what a tsquery is made of, else null
 * @param left before the column in SQL
 * @param right behind the column in SQL
 */
record PeerCondition(String operator, String operand, Source source, String left, String right) {

  /**
   * What a tsquery is made of.
   *
   * @param function {@code tsquery} for a plain cast
   */
  record Source(String function, String config, String text) {
    String sql() {
      return config == null
          ? Sql.text(text) + "::tsquery"
          : function + "(" + Sql.text(config) + "," + Sql.text(text) + ")";
    }

    Map<String, Object> fields() {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("function", function);
      if (config != null) {
        fields.put("config", config);
      }
      fields.put("text", text);
      return fields;
    }
  }

  /** A condition whose operand is known. */
  static PeerCondition of(String operator, Object operand, String sql) {
    return new PeerCondition(operator, Json.write(operand), null, "", " " + operator + " " + sql);
  }

  /** A condition with a tsquery that the server makes. */
  static PeerCondition of(Source source) {
    return new PeerCondition("@@", null, source, "", " @@ " + source.sql());
  }

  String sql(String column) {
    return left + column + right;
  }
}
