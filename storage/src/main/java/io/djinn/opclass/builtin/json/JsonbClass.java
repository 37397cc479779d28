package io.djinn.opclass.builtin.json;

import com.fasterxml.jackson.core.JsonParser;
import io.djinn.error.InvalidRowException;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.KeySink;
import io.djinn.opclass.builtin.json.path.JsonPath;
import io.djinn.opclass.builtin.json.value.JsonArray;
import io.djinn.opclass.builtin.json.value.JsonNull;
import io.djinn.opclass.builtin.json.value.JsonObject;
import io.djinn.opclass.builtin.json.value.JsonText;
import io.djinn.opclass.builtin.json.value.JsonValues;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** What the two JSON classes share: values, operands and operators; they differ in their keys. */
abstract sealed class JsonbClass implements GinOperatorClass permits JsonbOps, JsonbPathOps {
  private static final String QUERY = "query";
  private static final String MAX_STEPS = "maxSteps";
  private static final BigDecimal LARGEST_LIMIT = BigDecimal.valueOf(Long.MAX_VALUE);

  private final String name;
  private final List<JsonbOperator> operators;
  private final boolean hashesPaths;

  JsonbClass(String name, List<JsonbOperator> operators, boolean hashesPaths) {
    this.name = name;
    this.operators = operators;
    this.hashesPaths = hashesPaths;
  }

  abstract JsonbKeys keysInto(KeySink sink);

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final String argument() {
    return "";
  }

  /**
   * Takes what {@link #read} gives, and Java's own: Map, Collection, Object[], CharSequence,
   * Number, Boolean. Nulls inside are the JSON null.
   */
  @Override
  public final void extract(Object value, KeySink keys) {
    if (value == null) {
      keys.nullItem();
    } else {
      keysInto(keys).extract(JsonValues.of(value));
    }
  }

  /** Takes any JSON; a null that is there is the JSON null. */
  @Override
  public final void extract(JsonParser json, KeySink keys) throws IOException {
    keysInto(keys).extract(json);
  }

  /**
   * The value as {@link JsonNull}, Boolean, {@link java.math.BigDecimal}, String, {@link JsonArray}
   * or {@link JsonObject}.
   */
  @Override
  public final Object read(JsonParser json) throws IOException {
    return JsonValues.read(json);
  }

  @Override
  public final List<String> operators() {
    return operators.stream().map(JsonbOperator::symbol).toList();
  }

  /**
   * Operands: a value as {@link #extract(Object, KeySink)} takes it for {@code @>}; a String for
   * {@code ?}; a Collection or array of Strings and nulls for {@code ?|} and {@code ?&}; a {@link
   * JsonPath} or its text for {@code @?} and {@code @@}. Those of {@code @>}, {@code @?} and
   * {@code @@} may stand in a {@link LimitedOperand}.
   */
  @Override
  public final GinQuery query(String operator, Object operand) {
    JsonbOperator known = JsonbOperator.of(operator, operators, name);
    if (operand == null) {
      return JsonbQuery.ofNothing(name, operator + " NULL");
    }
    return switch (known) {
      case CONTAINS ->
          operand instanceof LimitedOperand limited
              ? contains(JsonValues.of(limited.operand()), limited.maxSteps())
              : contains(JsonValues.of(operand), JsonbContainment.DEFAULT_MAX_STEPS);
      case HAS_KEY -> hasKeys(known, List.of(text(operator, operand)));
      case HAS_ANY_KEY, HAS_ALL_KEYS -> hasKeys(known, texts(operator, operand));
      case PATH_EXISTS, PATH_MATCHES ->
          followsPath(
              known,
              operand instanceof LimitedOperand limited
                  ? path(operator, limited.operand()).withMaxSteps(limited.maxSteps())
                  : path(operator, operand));
    };
  }

  /**
   * The JSON value itself for {@code @>}; else JSON null is SQL NULL. A path may be {@code
   * {"query": "$.a", "maxSteps": 1000}}.
   */
  @Override
  public final GinQuery queryFromJson(String operator, JsonParser operand) throws IOException {
    JsonbOperator known = JsonbOperator.of(operator, operators, name);
    Object value;
    try {
      value = JsonValues.read(operand);
    } catch (InvalidRowException e) {
      throw new IllegalArgumentException("operand of " + operator + ": " + e.getMessage(), e);
    }
    if (known == JsonbOperator.CONTAINS) {
      return contains(value, JsonbContainment.DEFAULT_MAX_STEPS);
    }
    if (value == JsonNull.NULL) {
      return query(operator, null);
    }
    if (value instanceof JsonArray array) {
      List<Object> elements = new ArrayList<>(array.elements());
      elements.replaceAll(element -> element == JsonNull.NULL ? null : element);
      return query(operator, elements);
    }
    if (value instanceof JsonObject object
        && (known == JsonbOperator.PATH_EXISTS || known == JsonbOperator.PATH_MATCHES)) {
      return query(operator, limitedPath(operator, object));
    }
    return query(operator, value);
  }

  private static LimitedOperand limitedPath(String operator, JsonObject object) {
    String path = null;
    long maxSteps = JsonPath.DEFAULT_MAX_STEPS;
    for (int i = 0; i < object.size(); i++) {
      String member = object.key(i);
      Object value = object.value(i);
      if (member.equals(QUERY) && value instanceof String given) {
        path = given;
      } else if (member.equals(MAX_STEPS) && value instanceof BigDecimal number) {
        maxSteps = maxSteps(operator, number);
      } else {
        throw new IllegalArgumentException(
            "operand of "
                + operator
                + ": an object has a string "
                + QUERY
                + " and a number "
                + MAX_STEPS
                + ", not "
                + JsonValues.show(member)
                + " with "
                + describe(value));
      }
    }
    if (path == null) {
      throw new IllegalArgumentException(
          "operand of " + operator + ": an object needs a member " + QUERY);
    }
    return new LimitedOperand(path, maxSteps);
  }

  private static long maxSteps(String operator, BigDecimal number) {
    if (number.compareTo(BigDecimal.ONE) >= 0
        && number.compareTo(LARGEST_LIMIT) <= 0
        && number.stripTrailingZeros().scale() <= 0) {
      return number.longValueExact();
    }
    throw new IllegalArgumentException(
        "operand of "
            + operator
            + ": "
            + MAX_STEPS
            + " is an integer from 1 to "
            + LARGEST_LIMIT
            + ", not "
            + JsonValues.show(number.toString()));
  }

  private static JsonPath path(String operator, Object operand) {
    return operand instanceof JsonPath path ? path : JsonPath.parse(text(operator, operand));
  }

  private GinQuery contains(Object wanted, long maxSteps) {
    KeyCollector collector = new KeyCollector();
    keysInto(collector).extractCounting(wanted);
    KeyCondition condition =
        KeyCondition.allOf(collector.keys().stream().map(KeyCondition::of).toList());
    return JsonbQuery.of(
        name,
        "@> " + collector.keys().size() + " keys",
        condition,
        value -> JsonbContainment.contains(value, wanted, maxSteps));
  }

  private GinQuery hasKeys(JsonbOperator operator, List<String> texts) {
    List<KeyCondition> keys =
        texts.stream().map(text -> KeyCondition.of(JsonbKeyWriter.keyOfName(text))).toList();
    String description = operator.symbol() + " " + texts.size() + " strings";
    if (operator == JsonbOperator.HAS_ALL_KEYS) {
      return JsonbQuery.of(
          name,
          description,
          KeyCondition.allOf(keys),
          value -> texts.stream().allMatch(text -> JsonbContainment.exists(value, text)));
    }
    return keys.isEmpty()
        ? JsonbQuery.ofNothing(name, description)
        : JsonbQuery.of(
            name,
            description,
            KeyCondition.anyOf(keys),
            value -> texts.stream().anyMatch(text -> JsonbContainment.exists(value, text)));
  }

  private GinQuery followsPath(JsonbOperator operator, JsonPath path) {
    String description = operator.symbol() + " " + JsonValues.show(path.toString());
    return operator == JsonbOperator.PATH_EXISTS
        ? JsonbQuery.of(name, description, PathConditions.ofExists(path, hashesPaths), path::exists)
        : JsonbQuery.of(name, description, PathConditions.ofMatch(path, hashesPaths), path::isTrue);
  }

  private static String text(String operator, Object operand) {
    if (!(operand instanceof CharSequence sequence)) {
      throw new IllegalArgumentException(
          "operand of " + operator + ": a string is taken, not " + describe(operand));
    }
    String defect = JsonText.defect(sequence);
    if (defect != null) {
      throw new IllegalArgumentException(
          "operand of " + operator + ": the string " + JsonValues.show(sequence) + " " + defect);
    }
    return sequence.toString();
  }

  /** The strings without nulls. */
  private static List<String> texts(String operator, Object operand) {
    Collection<?> elements;
    if (operand instanceof Collection<?> collection) {
      elements = collection;
    } else if (operand instanceof Object[] array) {
      elements = Arrays.asList(array);
    } else {
      throw new IllegalArgumentException(
          "operand of " + operator + ": an array of strings is taken, not " + describe(operand));
    }
    return elements.stream()
        .filter(element -> element != null)
        .map(element -> text(operator, element))
        .toList();
  }

  private static String describe(Object operand) {
    if (operand instanceof JsonObject) {
      return "an object";
    }
    if (operand instanceof JsonArray || operand instanceof Collection) {
      return "an array";
    }
    if (operand instanceof Number || operand instanceof Boolean || operand instanceof String) {
      return JsonValues.show(operand.toString());
    }
    return operand == JsonNull.NULL ? "null" : operand.getClass().getTypeName();
  }

  @Override
  public final String toString() {
    return spelling();
  }
}
