package io.djinn.nativetests.postgres;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Pairs of texts. */
final class HstoreColumn extends PeerColumn {
  private final List<Map<?, ?>> objects = new ArrayList<>();

  private HstoreColumn(String field, String object) {
    super(
        field,
        "gin_hstore_ops",
        "",
        "CASE jsonb_typeof("
            + object
            + ") WHEN 'object' THEN (SELECT coalesce(hstore(array_agg(key), array_agg(value)), '')"
            + " FROM jsonb_each_text("
            + object
            + ")) END");
  }

  static HstoreColumn of(String field) {
    return new HstoreColumn(field, field.equals("$") ? "j" : "(j->" + Sql.text(field) + ")");
  }

  @Override
  void rows(List<Object> rows) {
    for (Object row : rows) {
      Object value = field().equals("$") ? row : ((Map<?, ?>) row).get(field());
      if (value instanceof Map<?, ?> object && !object.isEmpty()) {
        objects.add(object);
      }
    }
  }

  @Override
  PeerCondition draw(Draw draw) {
    String operator = draw.of("@>", "@>", "?", "?|", "?&");
    if (operator.equals("@>")) {
      Map<String, Object> pairs = new LinkedHashMap<>();
      for (Object key : draw.some(List.copyOf(draw.of(objects).keySet()), draw.below(4))) {
        pairs.put((String) key, value((String) key, draw));
      }
      if (draw.percent(8)) {
        pairs.put(key(draw), draw.of("", null, "NULL", "t"));
      }
      return PeerCondition.of(
          operator,
          pairs,
          "hstore("
              + Sql.array(List.copyOf(pairs.keySet()), "text")
              + ","
              + Sql.array(new ArrayList<>(pairs.values()), "text")
              + ")");
    }
    if (operator.equals("?")) {
      String key = draw.percent(2) ? null : key(draw);
      return PeerCondition.of(operator, key, Sql.text(key));
    }
    List<String> keys = new ArrayList<>();
    for (int i = draw.below(5); i > 0; i--) {
      keys.add(draw.percent(6) ? null : key(draw));
    }
    return PeerCondition.of(operator, keys, Sql.array(keys, "text"));
  }

  /** Of a row that has the key, so that something is found. */
  private Object value(String key, Draw draw) {
    for (int i = 0; i < 5; i++) {
      Map<?, ?> object = draw.of(objects);
      if (object.containsKey(key)) {
        return object.get(key);
      }
    }
    return draw.of("t", "", null);
  }

  private String key(Draw draw) {
    return draw.percent(5)
        ? draw.of("", "none", "É", "a\"=>'b")
        : (String) draw.of(List.copyOf(draw.of(objects).keySet()));
  }
}
