package io.djinn.opclass.builtin.json.value;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.djinn.error.InvalidRowException;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Makes JSON values from a parser or from Java's own collections. */
public final class JsonValues {
  /** Levels of arrays and objects inside each other that a value may have. */
  public static final int MAX_DEPTH = 1_000;

  private static final int LONGEST_SHOWN = 40;

  private JsonValues() {}

  /**
   * Reads the value whose first token the parser is on, and leaves the parser on its last one.
   *
   * @throws InvalidRowException where jsonb can not hold the value
   */
  public static Object read(JsonParser json) throws IOException {
    Members open = null;
    ArrayDeque<Members> outer = new ArrayDeque<>();
    JsonToken token = json.currentToken();
    while (true) {
      Object value;
      switch (token) {
        case START_ARRAY, START_OBJECT -> {
          if (open != null) {
            outer.push(open);
          }
          checkDepth(outer.size() + 1);
          open = new Members(token == JsonToken.START_OBJECT);
          token = json.nextToken();
          continue;
        }
        case FIELD_NAME -> {
          String name = json.currentName();
          checkText(name, "key");
          open.names.add(name);
          token = json.nextToken();
          continue;
        }
        case END_ARRAY, END_OBJECT -> {
          value = open.toValue();
          open = outer.poll();
        }
        case VALUE_STRING -> {
          String text = json.getText();
          checkText(text, "string");
          value = text;
        }
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> value = readNumber(json);
        case VALUE_TRUE -> value = Boolean.TRUE;
        case VALUE_FALSE -> value = Boolean.FALSE;
        case VALUE_NULL -> value = JsonNull.NULL;
        default -> throw new InvalidRowException("jsonb takes JSON values, not " + token);
      }
      if (open == null) {
        return value;
      }
      open.values.add(value);
      token = json.nextToken();
    }
  }

  private static BigDecimal readNumber(JsonParser json) throws IOException {
    BigDecimal number =
        JsonNumbers.tryParse(json.getTextCharacters(), json.getTextOffset(), json.getTextLength());
    if (number == null) {
      throw numberOutOfRange(json.getText());
    }
    return number;
  }

  /**
   * The value of Java's own types: Map with String keys, Collection, array, CharSequence, Number,
   * Boolean, JSON values; a null inside is the JSON null, a null itself stays SQL NULL.
   *
   * @throws IllegalArgumentException naming the value found and the types taken
   */
  public static Object of(Object value) {
    return value == null ? null : of(value, 0);
  }

  private static Object of(Object value, int depth) {
    if (value == null) {
      return JsonNull.NULL;
    }
    if (value instanceof JsonNull || value instanceof Boolean) {
      return value;
    }
    if (value instanceof JsonArray || value instanceof JsonObject) {
      int levels = JsonArray.deepest(new Object[] {value});
      if (depth + levels > MAX_DEPTH) {
        throw new IllegalArgumentException(tooDeep());
      }
      return value;
    }
    if (value instanceof CharSequence text) {
      String defect = JsonText.defect(text);
      if (defect != null) {
        throw new IllegalArgumentException("jsonb: the string " + show(text) + " " + defect);
      }
      return text.toString();
    }
    if (value instanceof Number number) {
      return ofNumber(number);
    }
    if (depth >= MAX_DEPTH) {
      throw new IllegalArgumentException(tooDeep());
    }
    if (value instanceof Map<?, ?> map) {
      return ofMap(map, depth);
    }
    if (value instanceof Collection<?> collection) {
      return ofElements(collection.toArray(), depth);
    }
    if (value instanceof Object[] array) {
      return ofElements(array, depth);
    }
    throw new IllegalArgumentException(
        "jsonb takes Map, Collection, Object[], String, Number, Boolean, JsonObject, JsonArray,"
            + " JsonNull or null, not "
            + value.getClass().getTypeName());
  }

  // Loops, not streams: their frames would multiply by the depth.
  private static JsonArray ofElements(Object[] elements, int depth) {
    Object[] values = new Object[elements.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = of(elements[i], depth + 1);
    }
    return new JsonArray(values);
  }

  private static BigDecimal ofNumber(Number number) {
    BigDecimal decimal;
    if (number instanceof BigDecimal given) {
      decimal = given;
    } else if (number instanceof BigInteger integer) {
      decimal = new BigDecimal(integer);
    } else if (number instanceof Long
        || number instanceof Integer
        || number instanceof Short
        || number instanceof Byte) {
      decimal = BigDecimal.valueOf(number.longValue());
    } else if (number instanceof Double || number instanceof Float) {
      if (!Double.isFinite(number.doubleValue())) {
        throw new IllegalArgumentException("jsonb takes finite numbers, not " + number);
      }
      decimal = new BigDecimal(number.toString());
    } else {
      throw new IllegalArgumentException(
          "jsonb takes numbers of java.lang and java.math, not " + number.getClass().getTypeName());
    }
    if (!JsonNumbers.isInRange(decimal)) {
      throw new IllegalArgumentException(outOfRange(decimal.toString()));
    }
    return decimal;
  }

  private static JsonObject ofMap(Map<?, ?> map, int depth) {
    int count = map.size();
    List<String> names = new ArrayList<>(count);
    List<Object> values = new ArrayList<>(count);
    for (Map.Entry<?, ?> member : map.entrySet()) {
      if (!(member.getKey() instanceof CharSequence)) {
        throw new IllegalArgumentException("jsonb takes strings as keys, not " + member.getKey());
      }
      names.add((String) of(member.getKey(), depth));
      values.add(of(member.getValue(), depth + 1));
    }
    return JsonObject.of(names.toArray(String[]::new), values.toArray());
  }

  /** An array of the values. */
  public static JsonArray arrayOf(Object... values) {
    return (JsonArray) of(values);
  }

  /** An object of the values, whose keys are distinct. */
  public static JsonObject objectOf(Map<String, Object> members) {
    return ofMap(members, 0);
  }

  /**
   * @throws InvalidRowException naming the limit
   */
  public static void checkDepth(int depth) {
    if (depth > MAX_DEPTH) {
      throw new InvalidRowException(tooDeep());
    }
  }

  private static String tooDeep() {
    return "jsonb takes at most " + MAX_DEPTH + " levels of arrays and objects inside each other";
  }

  private static void checkText(String text, String what) {
    String defect = JsonText.defect(text);
    if (defect != null) {
      throw new InvalidRowException("jsonb: the " + what + " " + show(text) + " " + defect);
    }
  }

  /** What to throw for a number that numeric does not hold. */
  public static InvalidRowException numberOutOfRange(String text) {
    return new InvalidRowException(outOfRange(text));
  }

  private static String outOfRange(String text) {
    return "jsonb takes numbers of at most "
        + JsonNumbers.MAX_INTEGER_DIGITS
        + " digits before the decimal point and "
        + JsonNumbers.MAX_FRACTION_DIGITS
        + " after it, not "
        + show(text);
  }

  /** A text cut to a length fit for a message, without characters that would spoil it. */
  public static String show(CharSequence text) {
    StringBuilder shown = new StringBuilder("\"");
    for (int i = 0; i < Math.min(text.length(), LONGEST_SHOWN); i++) {
      char c = text.charAt(i);
      if (c < ' ' || Character.isSurrogate(c)) {
        shown.append(String.format("\\u%04x", (int) c));
      } else {
        shown.append(c);
      }
    }
    return shown.append(text.length() > LONGEST_SHOWN ? "…\"" : "\"").toString();
  }

  /** An array or object whose end has not been met. */
  private static final class Members {
    final List<String> names;
    final List<Object> values = new ArrayList<>();

    Members(boolean isObject) {
      names = isObject ? new ArrayList<>() : null;
    }

    Object toValue() {
      return names == null
          ? new JsonArray(values.toArray())
          : JsonObject.of(names.toArray(String[]::new), values.toArray());
    }
  }
}
