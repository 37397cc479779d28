package io.djinn.nativetests.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Texts by their trigrams. */
final class TrigramColumn extends PeerColumn {
  private final List<String> texts = new ArrayList<>();

  private TrigramColumn(String field, String sql) {
    super(field, "gin_trgm_ops", "", sql);
  }

  static TrigramColumn of(String field) {
    return new TrigramColumn(field, field.equals("$") ? "line" : "j->>" + Sql.text(field));
  }

  @Override
  void rows(List<Object> rows) {
    for (Object row : rows) {
      Object value = row instanceof Map<?, ?> object ? object.get(field()) : row;
      if (value instanceof String text) {
        texts.add(text);
      }
    }
  }

  @Override
  PeerCondition draw(Draw draw) {
    String operator =
        draw.of(
            "LIKE", "LIKE", "ILIKE", "ILIKE", "~", "~", "~", "~*", "~*", "=", "%", "%>", "<%",
            "%>>", "<<%");
    String text = draw.of(texts);
    String operand =
        switch (operator) {
          case "LIKE" -> pattern(text, draw);
          case "ILIKE" -> otherCase(pattern(text, draw), draw);
          case "~" -> draw.seldomBroken(new ExpressionWriter(draw).expression(text));
          case "~*" -> otherLetters(new ExpressionWriter(draw).expression(text), draw);
          case "=" -> draw.percent(90) ? text : otherCase(text, draw);
          default -> similar(text, draw);
        };
    if (draw.percent(1)) {
      operand = null;
    }
    if (operator.startsWith("<")) {
      return new PeerCondition(
          operator, Json.write(operand), null, Sql.text(operand) + " " + operator + " ", "");
    }
    return PeerCondition.of(operator, operand, Sql.text(operand));
  }

  /** Parts of the text with wildcards between. */
  private static String pattern(String text, Draw draw) {
    StringBuilder pattern = new StringBuilder(draw.of("%", "%", "%", "", "_%", "%_"));
    String part = draw.percent(15) ? text : draw.part(text, 12);
    part.codePoints()
        .forEach(
            point -> {
              if (point == '%' || point == '_' || point == '\\') {
                pattern.append('\\');
              }
              if (draw.percent(6)) {
                pattern.append(draw.of("_", "%", "__", "%_%"));
              } else if (draw.percent(2)) {
                pattern.append(point == '\\' ? "\\" : "\\").appendCodePoint(point);
              } else {
                pattern.appendCodePoint(point);
              }
            });
    return pattern + draw.of("%", "%", "%", "", "_", "_%");
  }

  private static String otherCase(String text, Draw draw) {
    return draw.of(
        text, text.toLowerCase(Locale.ROOT), text.toUpperCase(Locale.ROOT), swapped(text, draw));
  }

  private static String swapped(String text, Draw draw) {
    StringBuilder swapped = new StringBuilder();
    text.codePoints()
        .forEach(
            point ->
                swapped.appendCodePoint(draw.percent(50) ? point : Character.toUpperCase(point)));
    return swapped.toString();
  }

  /** An expression with some letters in the other case, but none that an escape begins with. */
  private static String otherLetters(String expression, Draw draw) {
    StringBuilder other = new StringBuilder();
    for (int i = 0; i < expression.length(); i++) {
      char c = expression.charAt(i);
      boolean isPlain =
          c >= 'a' && c <= 'z' && !expression.contains("[:") && !expression.startsWith("(?");
      boolean isEscaped = i > 0 && expression.charAt(i - 1) == '\\';
      other.append(isPlain && !isEscaped && draw.percent(30) ? Character.toUpperCase(c) : c);
    }
    return other.toString();
  }

  /** Words like those of the text. */
  private static String similar(String text, Draw draw) {
    StringBuilder similar = new StringBuilder(draw.percent(40) ? text : draw.part(text, 20));
    for (int changes = draw.below(3); changes > 0 && similar.length() > 0; changes--) {
      int at = draw.below(similar.length());
      if (Character.isSurrogate(similar.charAt(at))) {
        continue;
      }
      switch (draw.below(3)) {
        case 0 -> similar.deleteCharAt(at);
        case 1 -> similar.setCharAt(at, draw.of('x', ' ', '-', 'é', '7'));
        default -> similar.insert(at, draw.of("q", " ", "'", "数"));
      }
    }
    return similar.toString();
  }
}
