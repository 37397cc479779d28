package io.djinn.nativetests.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Values of a scalar type. */
final class ScalarColumn extends PeerColumn {
  private final ScalarValues type;
  private final List<Object> values = new ArrayList<>();

  private ScalarColumn(String field, ScalarValues type, String sql) {
    super(field, type + "_ops", "", sql);
    this.type = type;
  }

  static ScalarColumn of(String field, ScalarValues type) {
    return new ScalarColumn(field, type, "(j->>" + Sql.text(field) + ")::" + type);
  }

  @Override
  void rows(List<Object> rows) {
    for (Object row : rows) {
      Object value = ((Map<?, ?>) row).get(field());
      if (value != null) {
        values.add(value);
      }
    }
  }

  @Override
  PeerCondition draw(Draw draw) {
    Object operand = draw.percent(70) ? draw.of(values) : type.draw(draw);
    if (draw.percent(2)) {
      operand = null;
    }
    String sql = Sql.text(operand == null ? null : operand.toString()) + "::" + type;
    return PeerCondition.of(draw.of("<", "<=", "=", ">=", ">"), operand, sql);
  }
}
