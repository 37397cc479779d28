package io.djinn.nativetests.postgres;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** JSON values, by either of their classes. */
final class JsonbColumn extends PeerColumn {
  /** Without a value, as the operators give none, it was null in 15 and is an error later. */
  private static final Pattern VARIABLE = Pattern.compile("\\$[\\w\"]");

  private final boolean isByPaths;
  private final boolean hasNewMethods;
  private final List<Object> values = new ArrayList<>();

  private JsonbColumn(String field, boolean isByPaths, boolean hasNewMethods) {
    super(
        field,
        isByPaths ? "jsonb_path_ops" : "jsonb_ops",
        "",
        field.equals("$") ? "j" : "j->" + Sql.text(field));
    this.isByPaths = isByPaths;
    this.hasNewMethods = hasNewMethods;
  }

  /**
   * @param hasNewMethods whether the server has the path methods that came with 17
   */
  static JsonbColumn of(String field, boolean isByPaths, boolean hasNewMethods) {
    return new JsonbColumn(field, isByPaths, hasNewMethods);
  }

  @Override
  void rows(List<Object> rows) {
    for (Object row : rows) {
      if (field().equals("$")) {
        values.add(row);
      } else if (((Map<?, ?>) row).containsKey(field())) {
        values.add(((Map<?, ?>) row).get(field()));
      }
    }
  }

  @Override
  PeerCondition draw(Draw draw) {
    String operator =
        isByPaths ? draw.of("@>", "@?", "@@") : draw.of("@>", "@?", "@@", "@>", "?", "?|", "?&");
    return switch (operator) {
      case "@>" -> {
        Object operand = contained(draw.of(values), draw, 0);
        yield PeerCondition.of(operator, operand, Sql.text(Json.write(operand)) + "::jsonb");
      }
      case "@?", "@@" -> {
        PathWriter writer = new PathWriter(draw, hasNewMethods);
        Object value = draw.of(values);
        String path = operator.equals("@@") ? writer.predicate(value) : writer.path(value);
        String broken = draw.seldomBroken(path);
        path = VARIABLE.matcher(broken).find() ? path : broken;
        yield PeerCondition.of(operator, path, Sql.text(path) + "::jsonpath");
      }
      case "?" -> {
        String key = draw.percent(2) ? null : key(draw);
        yield PeerCondition.of(operator, key, Sql.text(key));
      }
      default -> {
        List<String> keys = new ArrayList<>();
        for (int i = draw.below(4); i > 0; i--) {
          keys.add(draw.percent(6) ? null : key(draw));
        }
        yield PeerCondition.of(operator, keys, Sql.array(keys, "text"));
      }
    };
  }

  private String key(Draw draw) {
    Object value = draw.of(values);
    if (value instanceof Map<?, ?> object && !object.isEmpty()) {
      return (String) draw.of(List.copyOf(object.keySet()));
    }
    if (value instanceof List<?> array && !array.isEmpty() && draw.of(array) instanceof String s) {
      return s;
    }
    return value instanceof String s ? s : draw.of("", "none", "1", "É", "a\"b'c\\");
  }

  /** Something that a value contains, as a rule. */
  private Object contained(Object value, Draw draw, int depth) {
    if (draw.percent(3)) {
      return draw.of((Object) null, true, 1, "", List.of(), Map.of());
    }
    if (value instanceof Map<?, ?> object) {
      Map<String, Object> part = new LinkedHashMap<>();
      for (Object key : draw.some(List.copyOf(object.keySet()), draw.of(0, 1, 1, 1, 2, 3))) {
        part.put((String) key, contained(object.get(key), draw, depth + 1));
      }
      return part;
    }
    if (value instanceof List<?> array) {
      List<Object> part = new ArrayList<>();
      for (Object element : draw.some(array, draw.of(0, 1, 1, 2, 3))) {
        part.add(contained(element, draw, depth + 1));
      }
      if (draw.percent(10) && !part.isEmpty()) {
        part.add(draw.of(part));
      }
      return depth == 0 && part.size() == 1 && draw.percent(20) ? part.get(0) : part;
    }
    if (value instanceof Number number && draw.percent(30)) {
      BigDecimal decimal = new BigDecimal(number.toString());
      return draw.of(
          (Object) decimal.setScale(decimal.scale() + 2),
          new BigDecimal(decimal.toBigInteger(), 0).add(BigDecimal.ONE),
          number.toString());
    }
    return value;
  }
}
