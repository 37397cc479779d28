package io.djinn.opclass.builtin.hstore;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.djinn.error.InvalidRowException;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.KeySink;
import io.djinn.opclass.builtin.FoundValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Maps of text to text or null, asked by {@code @>} (contains all pairs), {@code ?} (has the key),
 * {@code ?|} (has one of the keys) and {@code ?&} (has all keys).
 *
 * <p>A value is a {@code Map} of String to String with nulls, or the text form of hstore; in JSON
 * an object of strings and nulls, or a string of the text form. For {@code @>} null equals null.
 * Nulls among the keys asked for are left out; no keys at all are had by no row for {@code ?|}, by
 * every row for {@code ?&}.
 */
public final class HstoreOps implements GinOperatorClass {
  static final String NAME = "gin_hstore_ops";

  private static final String TAKES =
      NAME + " takes a map of text to text or null, or the text of an hstore, or null, not ";

  private static final HstoreOps INSTANCE = new HstoreOps();

  private HstoreOps() {}

  /** The class. */
  public static HstoreOps instance() {
    return INSTANCE;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String argument() {
    return "";
  }

  @Override
  public void extract(Object value, KeySink sink) {
    if (value == null) {
      sink.nullItem();
      return;
    }
    Map<String, String> pairs = pairs(value);
    if (pairs.isEmpty()) {
      sink.emptyItem();
      return;
    }
    HstoreKeys keys = new HstoreKeys();
    for (Map.Entry<String, String> pair : pairs.entrySet()) {
      keys.setKey(pair.getKey());
      sink.key(keys.bytes(), 0, keys.length());
      keys.setValue(pair.getValue());
      sink.key(keys.bytes(), 0, keys.length());
    }
  }

  @Override
  public void extract(JsonParser json, KeySink sink) throws IOException {
    Map<String, String> pairs = read(json);
    try {
      extract((Object) pairs, sink);
    } catch (IllegalArgumentException e) {
      throw new InvalidRowException(e.getMessage(), e);
    }
  }

  /** The pairs as a {@code Map}; null for JSON null. */
  @Override
  public Map<String, String> read(JsonParser json) throws IOException {
    JsonToken token = json.currentToken();
    if (token == JsonToken.VALUE_NULL) {
      return null;
    }
    if (token == JsonToken.VALUE_STRING) {
      try {
        return HstoreText.parse(json.getText());
      } catch (IllegalArgumentException e) {
        throw new InvalidRowException(e.getMessage(), e);
      }
    }
    if (token != JsonToken.START_OBJECT) {
      throw new InvalidRowException(TAKES + FoundValue.describe(json));
    }
    Map<String, String> pairs = new LinkedHashMap<>();
    String key;
    while ((key = json.nextFieldName()) != null) {
      JsonToken value = json.nextToken();
      if (value != JsonToken.VALUE_STRING && value != JsonToken.VALUE_NULL) {
        throw new InvalidRowException(
            NAME
                + " takes text or null as values, not "
                + FoundValue.describe(json)
                + " of key \""
                + FoundValue.cut(key)
                + "\"");
      }
      // Of one key's values the first counts, be it null.
      if (!pairs.containsKey(key)) {
        pairs.put(key, value == JsonToken.VALUE_NULL ? null : json.getText());
      }
    }
    return pairs;
  }

  /** A value that is not null as pairs of text. */
  static Map<String, String> pairs(Object value) {
    if (value instanceof CharSequence text) {
      return HstoreText.parse(text.toString());
    }
    if (!(value instanceof Map<?, ?> map)) {
      throw new IllegalArgumentException(TAKES + FoundValue.describe(value));
    }
    Map<String, String> pairs = new LinkedHashMap<>();
    for (Map.Entry<?, ?> pair : map.entrySet()) {
      boolean isValueTaken = pair.getValue() == null || pair.getValue() instanceof String;
      if (!(pair.getKey() instanceof String key) || !isValueTaken) {
        Object found = isValueTaken ? pair.getKey() : pair.getValue();
        throw new IllegalArgumentException(
            NAME
                + " takes String keys and String or null values, not "
                + FoundValue.describe(found));
      }
      pairs.put(key, (String) pair.getValue());
    }
    return pairs;
  }

  @Override
  public List<String> operators() {
    return HstoreOperator.SYMBOLS;
  }

  @Override
  public GinQuery query(String operator, Object operand) {
    HstoreOperator known = HstoreOperator.of(operator);
    try {
      return query(known, operand);
    } catch (IllegalArgumentException e) {
      throw operandNotTaken(operator, e);
    }
  }

  private static GinQuery query(HstoreOperator known, Object operand) {
    if (operand == null) {
      return new HstoreQuery(known);
    }
    return switch (known) {
      case CONTAINS -> new HstoreQuery(pairs(operand));
      case HAS_KEY -> {
        if (!(operand instanceof CharSequence)) {
          throw notTaken("a String", FoundValue.describe(operand));
        }
        yield new HstoreQuery(known, List.of(operand.toString()));
      }
      case HAS_ANY_KEY, HAS_ALL_KEYS -> {
        Collection<?> elements;
        if (operand instanceof Collection<?> collection) {
          elements = collection;
        } else if (operand instanceof Object[] array) {
          elements = Arrays.asList(array);
        } else {
          throw notTaken("a Collection or an array of String", FoundValue.describe(operand));
        }
        List<String> keys = new ArrayList<>();
        for (Object element : elements) {
          if (element != null && !(element instanceof CharSequence)) {
            throw notTaken("String elements", FoundValue.describe(element));
          }
          if (element != null) {
            keys.add(element.toString());
          }
        }
        yield new HstoreQuery(known, keys);
      }
    };
  }

  @Override
  public GinQuery queryFromJson(String operator, JsonParser operand) throws IOException {
    HstoreOperator known = HstoreOperator.of(operator);
    try {
      return queryFromJson(known, operand);
    } catch (IllegalArgumentException | InvalidRowException e) {
      throw operandNotTaken(operator, e);
    }
  }

  private GinQuery queryFromJson(HstoreOperator known, JsonParser operand) throws IOException {
    JsonToken token = operand.currentToken();
    if (token == JsonToken.VALUE_NULL) {
      return new HstoreQuery(known);
    }
    return switch (known) {
      case CONTAINS -> new HstoreQuery(read(operand));
      case HAS_KEY -> {
        if (token != JsonToken.VALUE_STRING) {
          throw notTaken("a string", FoundValue.describe(operand));
        }
        yield new HstoreQuery(known, List.of(operand.getText()));
      }
      case HAS_ANY_KEY, HAS_ALL_KEYS -> {
        if (token != JsonToken.START_ARRAY) {
          throw notTaken("an array of strings", FoundValue.describe(operand));
        }
        List<String> keys = new ArrayList<>();
        while ((token = operand.nextToken()) != JsonToken.END_ARRAY) {
          if (token == JsonToken.VALUE_STRING) {
            keys.add(operand.getText());
          } else if (token != JsonToken.VALUE_NULL) {
            throw notTaken("strings or null as elements", FoundValue.describe(operand));
          }
        }
        yield new HstoreQuery(known, keys);
      }
    };
  }

  private static IllegalArgumentException notTaken(String taken, String found) {
    return new IllegalArgumentException(NAME + " takes " + taken + ", not " + found);
  }

  private static IllegalArgumentException operandNotTaken(String operator, RuntimeException e) {
    return new IllegalArgumentException("operand of " + operator + ": " + e.getMessage(), e);
  }

  @Override
  public String toString() {
    return NAME;
  }
}
