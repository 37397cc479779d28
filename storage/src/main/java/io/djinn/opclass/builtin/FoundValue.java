package io.djinn.opclass.builtin;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;

/** Puts a value that was not expected into words, cut to a length fit for a message. */
public final class FoundValue {
  private static final int LONGEST_SHOWN = 40;
  private static final int LONGEST_NUMBER_BITS = 4_096;

  private FoundValue() {}

  /** The JSON value the parser's current token begins. */
  public static String describe(JsonParser json) throws IOException {
    JsonToken token = json.currentToken();
    if (token == null) {
      return "nothing";
    }
    return switch (token) {
      case START_ARRAY -> "an array";
      case START_OBJECT -> "an object";
      case VALUE_STRING -> "the string \"" + cut(json.getText()) + "\"";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "the number " + cut(json.getText());
      case VALUE_NULL -> "null";
      case VALUE_TRUE, VALUE_FALSE -> json.getText();
      default -> cut(String.valueOf(json.getText()));
    };
  }

  /** A Java value with its type. */
  public static String describe(Object value) {
    if (value == null) {
      return "null";
    }
    String type = value.getClass().getTypeName();
    boolean plain = value instanceof Number || value instanceof CharSequence;
    return plain ? type + " " + show(value) : type;
  }

  /** The text of a number or of a sequence of characters, or its beginning where it is long. */
  public static String show(Object value) {
    BigInteger digits = null;
    if (value instanceof BigInteger integer) {
      digits = integer;
    } else if (value instanceof BigDecimal decimal) {
      digits = decimal.unscaledValue();
    }
    if (digits != null && digits.bitLength() > LONGEST_NUMBER_BITS) {
      // Its text would take much time and memory to be cut.
      return "of " + digits.bitLength() + " bits";
    }
    return cut(value.toString());
  }

  /** The text, or its beginning where it is long. */
  public static String cut(String text) {
    if (text.length() <= LONGEST_SHOWN) {
      return text;
    }
    boolean splitsPair = Character.isHighSurrogate(text.charAt(LONGEST_SHOWN - 1));
    return text.substring(0, splitsPair ? LONGEST_SHOWN - 1 : LONGEST_SHOWN) + "…";
  }
}
