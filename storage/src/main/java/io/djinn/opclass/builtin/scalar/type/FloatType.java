package io.djinn.opclass.builtin.scalar.type;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * Binary floating-point numbers of 32 or 64 bits; NaN equals itself and is above all others, −0
 * equals 0.
 *
 * <p>A number that is not zero but too small for any, or finite but too large, is out of range.
 */
final class FloatType extends ScalarType {
  private final boolean isSingle;

  /**
   * @param keyBytes 4 or 8
   */
  FloatType(String name, int keyBytes) {
    super(
        name,
        "numbers of " + 8 * keyBytes + " bits, NaN, Infinity and -Infinity",
        "Float, Double, integers, BigDecimal");
    isSingle = keyBytes == Float.BYTES;
  }

  @Override
  boolean tryEncode(Object value, KeyBytes key) {
    if (value instanceof Double || value instanceof Float) {
      double number = ((Number) value).doubleValue();
      double rounded = isSingle ? (float) number : number;
      set(rounded, number == 0, Double.isInfinite(number), value, key);
    } else if (value instanceof Long
        || value instanceof Integer
        || value instanceof Short
        || value instanceof Byte) {
      long number = ((Number) value).longValue();
      set(isSingle ? (float) number : (double) number, number == 0, false, value, key);
    } else if (value instanceof BigDecimal || value instanceof BigInteger) {
      Number number = (Number) value;
      boolean isZero =
          number instanceof BigDecimal decimal
              ? decimal.signum() == 0
              : ((BigInteger) number).signum() == 0;
      double rounded = isSingle ? number.floatValue() : number.doubleValue();
      if (Double.isInfinite(rounded) || (rounded == 0 && !isZero)) {
        throw new InvalidScalarException(
            name() + " takes " + values() + "; the " + value.getClass().getName() + " is not one");
      }
      set(rounded, isZero, false, value, key);
    } else {
      return false;
    }
    return true;
  }

  @Override
  boolean tryEncode(JsonToken token, JsonParser json, KeyBytes key) throws IOException {
    if (!token.isNumeric()) {
      return false;
    }
    encodeText(json.getText(), key);
    return true;
  }

  @Override
  void encodeText(String text, KeyBytes key) {
    String number = stripped(text);
    double named = named(asName(number));
    if (named != 0) {
      set(named, false, true, text, key);
      return;
    }
    if (!isDecimal(number)) {
      throw invalid(text, "");
    }
    double value = isSingle ? Float.parseFloat(number) : Double.parseDouble(number);
    set(value, isZero(number), false, text, key);
  }

  /** NaN or an infinity by its name; 0 where it is none. */
  private static double named(String name) {
    return switch (name) {
      case "nan", "+nan", "-nan" -> Double.NaN;
      case "infinity", "+infinity", "inf", "+inf" -> Double.POSITIVE_INFINITY;
      case "-infinity", "-inf" -> Double.NEGATIVE_INFINITY;
      default -> 0;
    };
  }

  private static boolean isDecimal(String text) {
    int i = 0;
    int end = text.length();
    if (i < end && (text.charAt(i) == '+' || text.charAt(i) == '-')) {
      i++;
    }
    int from = i;
    i = skipDigits(text, i);
    int digits = i - from;
    if (i < end && text.charAt(i) == '.') {
      int fraction = ++i;
      i = skipDigits(text, i);
      digits += i - fraction;
    }
    if (digits == 0) {
      return false;
    }
    if (i < end && (text.charAt(i) == 'e' || text.charAt(i) == 'E')) {
      i++;
      if (i < end && (text.charAt(i) == '+' || text.charAt(i) == '-')) {
        i++;
      }
      int exponent = i;
      i = skipDigits(text, i);
      if (i == exponent) {
        return false;
      }
    }
    return i == end;
  }

  private static int skipDigits(String text, int from) {
    int i = from;
    while (i < text.length() && isDigit(text.charAt(i))) {
      i++;
    }
    return i;
  }

  /** Whether a decimal number has no digit but 0 before its exponent. */
  private static boolean isZero(String number) {
    for (int i = 0; i < number.length(); i++) {
      char c = number.charAt(i);
      if (c == 'e' || c == 'E') {
        break;
      }
      if (c >= '1' && c <= '9') {
        return false;
      }
    }
    return true;
  }

  private void set(
      double value, boolean mayBeZero, boolean mayBeInfinite, Object shown, KeyBytes key) {
    if ((value == 0 && !mayBeZero) || (Double.isInfinite(value) && !mayBeInfinite)) {
      throw invalid(shown, "out of range");
    }
    // Adding 0 makes -0 to 0; the bits of a NaN are those of the one canonical NaN.
    if (isSingle) {
      int bits = Float.floatToIntBits((float) value + 0f);
      key.setInt(bits < 0 ? ~bits : bits ^ Integer.MIN_VALUE);
    } else {
      long bits = Double.doubleToLongBits(value + 0d);
      key.setLong(bits < 0 ? ~bits : bits ^ Long.MIN_VALUE);
    }
  }
}
