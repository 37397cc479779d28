package io.djinn.opclass.builtin.scalar.type;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.djinn.opclass.builtin.FoundValue;
import java.io.IOException;
import java.util.Locale;

/**
 * One type of values that have an order: makes keys of them.
 *
 * <p>Every type takes its text form, as PostgreSQL reads it, beside the Java and JSON values of its
 * own kind. Instances have no state and serve any number of threads.
 */
public abstract class ScalarType {
  private static final int LONGEST_NAME = 16;

  private final String name;
  private final String values;
  private final String javaTypes;

  /**
   * @param name as PostgreSQL abbreviates it, {@code int4}
   * @param values what is taken, in words: "integers from 1 to 5"
   * @param javaTypes classes taken beside text, in words
   */
  ScalarType(String name, String values, String javaTypes) {
    this.name = name;
    this.values = values;
    this.javaTypes = javaTypes;
  }

  /** The name, as {@code int4}. */
  public final String name() {
    return name;
  }

  /** What values are taken, in words. */
  public final String values() {
    return values;
  }

  /** Which Java classes are taken, in words. */
  public final String javaTypes() {
    return javaTypes;
  }

  /**
   * Makes the key of a Java value that is not null.
   *
   * @throws InvalidScalarException saying what was found and what is taken
   */
  public final void encode(Object value, KeyBytes key) {
    if (value instanceof CharSequence text) {
      encodeText(text.toString(), key);
    } else if (!tryEncode(value, key)) {
      throw new InvalidScalarException(
          name
              + " takes "
              + values
              + ", in Java "
              + javaTypes
              + " or their text, not "
              + FoundValue.describe(value));
    }
  }

  /**
   * Makes the key of the JSON value a parser is on, which is not null.
   *
   * @throws InvalidScalarException saying what was found and what is taken
   */
  public void encode(JsonParser json, KeyBytes key) throws IOException {
    JsonToken token = json.currentToken();
    if (token == JsonToken.VALUE_STRING) {
      encodeText(json.getText(), key);
    } else if (!tryEncode(token, json, key)) {
      throw new InvalidScalarException(
          name + " takes " + values + ", not " + FoundValue.describe(json));
    }
  }

  /**
   * The JSON value a parser is on, not null, as one that {@link #encode(Object, KeyBytes)} takes.
   */
  public Object read(JsonParser json) throws IOException {
    encode(json, new KeyBytes());
    return switch (json.currentToken()) {
      case VALUE_TRUE -> Boolean.TRUE;
      case VALUE_FALSE -> Boolean.FALSE;
      default -> json.getText();
    };
  }

  /** Makes the key of a value in its text form. */
  abstract void encodeText(String text, KeyBytes key);

  /** Makes the key of a Java value that is no text; false where its class is not taken. */
  abstract boolean tryEncode(Object value, KeyBytes key);

  /** Makes the key of a JSON value that is no string; false where its kind is not taken. */
  boolean tryEncode(JsonToken token, JsonParser json, KeyBytes key) throws IOException {
    return false;
  }

  /** A value of a class that is taken, but none of the type. */
  final InvalidScalarException invalid(Object value, String detail) {
    return new InvalidScalarException(
        name
            + " takes "
            + values
            + ", not \""
            + FoundValue.show(value)
            + "\""
            + (detail.isEmpty() ? "" : ": " + detail));
  }

  /** Text without the white space around it. */
  static String stripped(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isSpace(text.charAt(from))) {
      from++;
    }
    while (to > from && isSpace(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  /**
   * A text in lower case where it is short enough for a name such as {@code infinity}, else "":
   * Java takes time quadratic in the length of a text whose case folding grows.
   */
  static String asName(String text) {
    return text.length() > LONGEST_NAME ? "" : text.toLowerCase(Locale.ROOT);
  }

  static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  @Override
  public final String toString() {
    return name;
  }
}
