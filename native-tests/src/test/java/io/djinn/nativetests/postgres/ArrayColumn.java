package io.djinn.nativetests.postgres;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Arrays of int4 or text. */
final class ArrayColumn extends PeerColumn {
  private final String element;
  private final List<List<?>> arrays = new ArrayList<>();

  private ArrayColumn(String field, String element, String array) {
    super(
        field,
        "array_ops",
        element,
        "CASE jsonb_typeof("
            + array
            + ") WHEN 'array' THEN ARRAY(SELECT e::"
            + element
            + " FROM jsonb_array_elements_text("
            + array
            + ") WITH ORDINALITY AS t(e, n) ORDER BY n) END");
    this.element = element;
  }

  static ArrayColumn of(String field, String element) {
    return new ArrayColumn(
        field, element, field.equals("$") ? "j" : "(j->" + Sql.text(field) + ")");
  }

  @Override
  void rows(List<Object> rows) {
    for (Object row : rows) {
      Object value = row instanceof Map<?, ?> object ? object.get(field()) : row;
      if (value instanceof List<?> array) {
        arrays.add(array);
      }
    }
  }

  @Override
  PeerCondition draw(Draw draw) {
    String operator = draw.of("&&", "@>", "<@", "=");
    List<?> operand = draw.percent(1) ? null : operand(operator, draw);
    return PeerCondition.of(operator, operand, Sql.array(operand, element));
  }

  private List<?> operand(String operator, Draw draw) {
    List<Object> elements = new ArrayList<>(draw.of(arrays));
    switch (operator) {
      case "=" -> {
        if (draw.percent(15)) {
          Collections.reverse(elements);
        }
      }
      case "<@" -> {
        for (int i = draw.below(8); i > 0; i--) {
          elements.addAll(draw.of(arrays));
        }
      }
      case "@>" -> elements = draw.some(elements, draw.of(0, 1, 1, 2, 2, 3, 9));
      default -> {
        elements = draw.some(elements, draw.below(3));
        elements.addAll(draw.some(draw.of(arrays), draw.below(3)));
      }
    }
    if (draw.percent(7)) {
      elements.add(draw.below(elements.size() + 1), null);
    }
    if (draw.percent(7)) {
      elements.add(
          element.equals("text") ? draw.of("", "none", "É", "a\"'\\,{}") : draw.below(200));
    }
    if (draw.percent(7) && !elements.isEmpty()) {
      elements.add(draw.of(elements));
    }
    if (draw.percent(5)) {
      elements.removeIf(Objects::nonNull);
    }
    return elements;
  }
}
