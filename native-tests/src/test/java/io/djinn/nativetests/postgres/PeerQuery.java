package io.djinn.nativetests.postgres;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Conditions on the columns of an index, all of which must hold. */
record PeerQuery(PeerIndex index, List<Part> parts) {
  /** A condition on a column. */
  record Part(int column, PeerCondition condition) {}

  PeerQuery {
    parts = List.copyOf(parts);
  }

  /**
   * Asks for the matching rows, then for each operand that only the server knows: one line, texts
   * in hex.
   *
   * @param number printed first
   */
  String sql(int number, String table) {
    return "SELECT "
        + number
        + ",(SELECT string_agg(id::text,',' ORDER BY id) FROM "
        + table
        + " WHERE "
        + condition()
        + ")"
        + operands()
        + ";\n";
  }

  private String condition() {
    List<String> conditions = new ArrayList<>();
    for (Part part : parts) {
      conditions.add("(" + part.condition().sql("c" + part.column()) + ")");
    }
    return String.join(" AND ", conditions);
  }

  private String operands() {
    StringBuilder operands = new StringBuilder();
    for (Part part : parts) {
      if (part.condition().source() != null) {
        operands
            .append(",encode(convert_to((")
            .append(part.condition().source().sql())
            .append(")::text,'UTF8'),'hex')");
      }
    }
    return operands.toString();
  }

  /**
   * The golden line.
   *
   * @param told operands the server told, in order; where it refused the query they are what was
   *     asked for
   */
  String line(List<String> told, PeerAnswer answer) {
    Map<String, Object> line = index.fields();
    List<String> left = new ArrayList<>(told);
    if (parts.size() == 1 && !index.isMulticolumn()) {
      PeerCondition condition = parts.get(0).condition();
      line.put("op", condition.operator());
      line.put("query", operand(condition, left));
      if (condition.source() != null) {
        line.put("source", condition.source().fields());
      }
    } else {
      List<Object> conditions = new ArrayList<>();
      for (Part part : parts) {
        conditions.add(fields(part, left));
      }
      line.put("op", "and");
      line.put("query", conditions);
    }
    line.put("count", answer.count());
    line.put("rows", answer.first());
    line.put("rows_sha256", answer.sha256());
    return Json.write(line);
  }

  private Map<String, Object> fields(Part part, List<String> told) {
    Map<String, Object> fields = new LinkedHashMap<>();
    if (index.isMulticolumn()) {
      PeerColumn column = index.columns().get(part.column());
      fields.put("column", column.field());
      if (column.operatorClass().equals("tsvector_ops")) {
        fields.put("config", column.argument());
      }
    }
    fields.put("op", part.condition().operator());
    fields.put("query", operand(part.condition(), told));
    return fields;
  }

  private static Object operand(PeerCondition condition, List<String> told) {
    if (condition.source() == null) {
      return Json.read(condition.operand());
    }
    return told.isEmpty() ? condition.source().text() : told.remove(0);
  }

  @Override
  public String toString() {
    return condition();
  }
}
