package io.djinn.nativetests.postgres;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An index of one or several columns over a data file.
 *
 * @param data name of the file
 */
record PeerIndex(String data, List<PeerColumn> columns) {
  PeerIndex {
    columns = List.copyOf(columns);
  }

  static PeerIndex of(String data, PeerColumn... columns) {
    return new PeerIndex(data, List.of(columns));
  }

  boolean isMulticolumn() {
    return columns.size() > 1;
  }

  /** Makes the table of its columns' values. */
  String sql(String table, PeerData rows) {
    StringBuilder sql = new StringBuilder("CREATE TABLE " + table + " AS SELECT id");
    for (int i = 0; i < columns.size(); i++) {
      sql.append(", ").append(columns.get(i).sql()).append(" AS c").append(i);
    }
    return sql.append(" FROM ").append(rows.from()).append(";\n").toString();
  }

  PeerQuery draw(Draw draw) {
    List<PeerQuery.Part> parts = new ArrayList<>();
    int count = draw.percent(isMulticolumn() ? 80 : 12) ? draw.between(2, 3) : 1;
    while (parts.size() < count) {
      int column = draw.below(columns.size());
      parts.add(new PeerQuery.Part(column, columns.get(column).draw(draw)));
    }
    return new PeerQuery(this, parts);
  }

  /** The fields of a golden line that name it. */
  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("data", data);
    PeerColumn first = columns.get(0);
    if (isMulticolumn()) {
      fields.put(
          "columns", columns.stream().map(c -> c.field() + ":" + c.operatorClass()).toList());
      fields.put("opclass", "gin_multicolumn");
      return fields;
    }
    fields.put("column", first.field());
    fields.put("opclass", first.operatorClass());
    if (!first.argument().isEmpty()) {
      fields.put(
          first.operatorClass().equals("array_ops") ? "element" : "config", first.argument());
    }
    return fields;
  }
}
