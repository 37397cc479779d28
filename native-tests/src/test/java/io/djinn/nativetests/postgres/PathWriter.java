package io.djinn.nativetests.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes SQL/JSON paths along a value, so that they find something as a rule. */
final class PathWriter {
  private static final int MAX_DEPTH = 3;
  private static final String[] METHODS = {
    "size", "type", "double", "ceiling", "floor", "abs", "keyvalue", "datetime"
  };
  private static final String[] NEW_METHODS = {
    "bigint", "boolean", "date", "decimal", "integer", "number", "string", "timestamp"
  };

  private final Draw draw;
  private final boolean hasNewMethods;

  PathWriter(Draw draw, boolean hasNewMethods) {
    this.draw = draw;
    this.hasNewMethods = hasNewMethods;
  }

  /** For {@code @?}. */
  String path(Object value) {
    return draw.percent(4) ? predicate(value) : mode() + steps("$", value, true, 0);
  }

  /** For {@code @@}. */
  String predicate(Object value) {
    return draw.percent(4)
        ? mode() + steps("$", value, true, 0)
        : mode() + predicate("$", value, 0);
  }

  private String mode() {
    return draw.of("", "", "", "", "strict ", "lax ");
  }

  /** Where a path has got to. */
  private Object reached;

  private String steps(String root, Object from, boolean hasFilters, int depth) {
    StringBuilder path = new StringBuilder(root);
    Object value = from;
    for (int steps = draw.of(0, 1, 1, 2, 2, 3, 4); steps > 0; steps--) {
      value = step(path, value);
      if (hasFilters && depth < MAX_DEPTH && draw.percent(30)) {
        Object element =
            value instanceof List<?> array && !array.isEmpty() ? draw.of(array) : value;
        path.append(" ? (").append(predicate("@", element, depth + 1)).append(')');
      }
    }
    if (draw.percent(10)) {
      path.append('.').append(method()).append("()");
    }
    reached = value;
    return path.toString();
  }

  private String method() {
    return draw.of(hasNewMethods && draw.percent(40) ? NEW_METHODS : METHODS);
  }

  private Object step(StringBuilder path, Object value) {
    if (draw.percent(6)) {
      path.append(draw.of(".**", ".**{1}", ".**{0 to 1}", ".**{1 to last}", ".**{last}", ".**{2}"));
      return value instanceof Map<?, ?> object && !object.isEmpty()
          ? draw.of(new ArrayList<>(object.values()))
          : value;
    }
    if (value instanceof Map<?, ?> object && !object.isEmpty() && !draw.percent(8)) {
      if (draw.percent(10)) {
        path.append(".*");
        return draw.of(new ArrayList<>(object.values()));
      }
      String key = (String) draw.of(List.copyOf(object.keySet()));
      path.append('.').append(name(key));
      return object.get(key);
    }
    if (value instanceof List<?> array && !array.isEmpty() && !draw.percent(8)) {
      int index = draw.below(array.size());
      if (draw.percent(10)) {
        Object element = array.get(index);
        return element instanceof Map || element instanceof List ? step(path, element) : element;
      }
      path.append(
          draw.of(
              "[*]",
              "[*]",
              "[*]",
              "[" + index + "]",
              "[0 to " + index + "]",
              "[last]",
              "[last - " + index + "]",
              "[" + index + ", 0]",
              "[" + (index + 0.5) + "]",
              "[-1]"));
      return array.get(index);
    }
    path.append(draw.of("[*]", "[0]", ".none", ".*", "[1]", ".\"\""));
    return value;
  }

  private String name(String key) {
    return key.matches("[a-zA-Z_][a-zA-Z_0-9]*") && !draw.percent(20) ? key : Json.write(key);
  }

  private String predicate(String root, Object value, int depth) {
    if (depth < MAX_DEPTH) {
      int kind = draw.below(100);
      if (kind < 15) {
        return predicate(root, value, depth + 1) + " && " + predicate(root, value, depth + 1);
      }
      if (kind < 27) {
        return predicate(root, value, depth + 1) + " || " + predicate(root, value, depth + 1);
      }
      if (kind < 35) {
        return "!(" + predicate(root, value, depth + 1) + ")";
      }
      if (kind < 45) {
        return "exists(" + steps(root, value, true, depth + 1) + ")";
      }
      if (kind < 50) {
        return "((" + predicate(root, value, depth + 1) + ") is unknown)";
      }
      if (kind < 55) {
        return "(" + predicate(root, value, depth + 1) + ")";
      }
    }
    return comparison(root, value, depth);
  }

  private String comparison(String root, Object value, int depth) {
    String path = steps(root, value, draw.percent(10), depth + 1);
    Object found = reached instanceof List<?> array && !array.isEmpty() ? draw.of(array) : reached;
    if (found instanceof String text && draw.percent(35)) {
      if (draw.percent(50)) {
        int end = text.offsetByCodePoints(0, Math.min(2, text.codePointCount(0, text.length())));
        return path + " starts with " + Json.write(text.substring(0, end));
      }
      String pattern = draw.of("^", "", "", ".*") + word(text) + draw.of("$", "", "", ".*", "+");
      String flag = draw.of("", "", " flag \"i\"", " flag \"q\"", " flag \"iq\"", " flag \"ms\"");
      return path + " like_regex " + Json.write(pattern) + flag;
    }
    String operator = draw.of("==", "==", "==", "!=", "<>", "<", "<=", ">", ">=");
    if (found instanceof Number number && draw.percent(30)) {
      return arithmetic(path, number) + " " + operator + " " + number;
    }
    if (draw.percent(8)) {
      return path + " " + operator + " " + steps(root, value, false, depth + 1);
    }
    String literal = literal(found);
    return draw.percent(10)
        ? literal + " " + operator + " " + path
        : path + " " + operator + " " + literal;
  }

  private String arithmetic(String path, Number number) {
    return draw.of(
        path + " + 1",
        path + " - 1",
        path + " * 1",
        path + " / 2",
        path + " % 7",
        "-" + path,
        "+" + path,
        "(" + path + " - " + number + ") * 2 + " + number,
        "2 * " + path + " - " + number,
        path + " / 0");
  }

  /** A word of a text without what a pattern gives a meaning. */
  private String word(String text) {
    String part = draw.part(text, 4).replaceAll("[^\\p{L}\\p{N} ]", ".");
    return part.isEmpty() ? "a" : part;
  }

  private String literal(Object found) {
    if (found instanceof Map || found instanceof List || draw.percent(10)) {
      return draw.of("null", "true", "false", "0", "1.0", "\"\"", "\"x\"", "1e1", "-1");
    }
    if (found instanceof Number && draw.percent(20)) {
      return found + (found.toString().matches("-?\\d+") ? draw.of(".0", ".5", "e0", "00") : "");
    }
    return Json.write(found);
  }
}
