package io.djinn.opclass.builtin.scalar.type;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * Decimal numbers of up to 131,072 digits before the point and 16,383 after it, NaN and the
 * infinities; compared by value, NaN above all.
 *
 * <pre>
 *   class        1 byte   -Infinity &lt; negative &lt; zero &lt; positive &lt; Infinity &lt; NaN
 *   exponent     3 bytes  of 10, so that the number is 0.d1 d2 d3 … * 10^exponent; biased
 *   digits       a byte for each two, 1 + their number; no trailing zeros
 * </pre>
 *
 * <p>The key of a negative number has exponent and digits complemented and {@link #NEGATIVE_END}
 * behind them, so that more digits sort lower.
 */
public final class NumericType extends ScalarType {
  private static final int MINUS_INFINITY = 0x10;
  private static final int NEGATIVE = 0x20;
  private static final int ZERO = 0x30;
  private static final int POSITIVE = 0x40;
  private static final int INFINITY = 0x50;
  private static final int NAN = 0x60;
  private static final int NEGATIVE_END = 0xFF;

  private static final int BIAS = 0x800000;
  private static final int MAX_INTEGER_DIGITS = 131_072;
  private static final int MAX_FRACTION_DIGITS = 16_383;

  /** More bits than a number with all digits there may be has. */
  private static final int MAX_BITS = (int) ((MAX_INTEGER_DIGITS + MAX_FRACTION_DIGITS) * 3.33);

  /** Far beyond both limits, and far from overflow. */
  private static final long EXPONENT_CAP = 1_000_000_000_000L;

  NumericType() {
    super(
        "numeric",
        "numbers of up to "
            + MAX_INTEGER_DIGITS
            + " digits before the point and "
            + MAX_FRACTION_DIGITS
            + " after it, NaN, Infinity and -Infinity",
        "BigDecimal, BigInteger, integers, Double, Float");
  }

  @Override
  boolean tryEncode(Object value, KeyBytes key) {
    if (value instanceof BigDecimal decimal) {
      requireBounded(decimal.unscaledValue());
      encodeText(decimal.unscaledValue() + "e" + -(long) decimal.scale(), key);
    } else if (value instanceof BigInteger integer) {
      requireBounded(integer);
      encodeText(integer.toString(), key);
    } else if (value instanceof Long
        || value instanceof Integer
        || value instanceof Short
        || value instanceof Byte
        || value instanceof Double
        || value instanceof Float) {
      encodeText(value.toString(), key);
    } else {
      return false;
    }
    return true;
  }

  private void requireBounded(BigInteger digits) {
    if (digits.bitLength() > MAX_BITS) {
      throw new InvalidScalarException(
          name()
              + " takes "
              + values()
              + ", not an unscaled one of "
              + digits.bitLength()
              + " bits");
    }
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
    key.clear();
    int special = named(number);
    if (special != 0) {
      key.add(special);
    } else if (IntegerText.radix(number) != 10) {
      encodeDecimal(decimal(number, text), text, key);
    } else {
      encodeDecimal(number, text, key);
    }
  }

  private static int named(String number) {
    if (number.length() < 3 || isDigit(number.charAt(number.length() - 1))) {
      return 0;
    }
    return switch (asName(number)) {
      case "nan" -> NAN;
      case "infinity", "+infinity", "inf", "+inf" -> INFINITY;
      case "-infinity", "-inf" -> MINUS_INFINITY;
      default -> 0;
    };
  }

  /** An integer of another base in decimal. */
  private String decimal(String number, String text) {
    String plain = IntegerText.plain(number);
    if (plain == null) {
      throw invalid(text, "");
    }
    String digits = IntegerText.digits(plain);
    if (digits.length() > MAX_BITS) {
      throw invalid(text, "it has " + digits.length() + " digits");
    }
    BigInteger integer = new BigInteger(digits, IntegerText.radix(plain));
    requireBounded(integer);
    return integer.toString();
  }

  private void encodeDecimal(String number, String text, KeyBytes key) {
    int end = exponentAt(number);
    int i = 0;
    boolean isNegative = false;
    if (end > 0 && (number.charAt(0) == '-' || number.charAt(0) == '+')) {
      isNegative = number.charAt(0) == '-';
      i = 1;
    }
    byte[] digits = new byte[end];
    int count = 0;
    int point = -1;
    for (; i < end; i++) {
      char c = number.charAt(i);
      if (isDigit(c)) {
        digits[count++] = (byte) (c - '0');
      } else if (c == '.' && point < 0) {
        point = count;
      } else if (c != '_' || !partsDigits(number, i)) {
        throw invalid(text, "");
      }
    }
    if (count == 0) {
      throw invalid(text, "");
    }
    long shift = end == number.length() ? 0 : exponent(number, end + 1, text);
    long beforePoint = (point < 0 ? count : point) + shift;
    if (count - beforePoint > MAX_FRACTION_DIGITS) {
      throw invalid(text, "it has " + (count - beforePoint) + " digits after the point");
    }
    int first = 0;
    while (first < count && digits[first] == 0) {
      first++;
    }
    if (first == count) {
      key.add(ZERO);
      return;
    }
    long exponent = beforePoint - first;
    if (exponent > MAX_INTEGER_DIGITS) {
      throw invalid(text, "it has " + exponent + " digits before the point");
    }
    while (digits[count - 1] == 0) {
      count--;
    }
    set(isNegative, (int) exponent, digits, first, count, key);
  }

  private static boolean partsDigits(String number, int index) {
    return index > 0
        && index + 1 < number.length()
        && isDigit(number.charAt(index - 1))
        && isDigit(number.charAt(index + 1));
  }

  private static int exponentAt(String number) {
    for (int i = 0; i < number.length(); i++) {
      if (number.charAt(i) == 'e' || number.charAt(i) == 'E') {
        return i;
      }
    }
    return number.length();
  }

  private long exponent(String number, int from, String text) {
    int i = from;
    boolean isNegative = false;
    if (i < number.length() && (number.charAt(i) == '-' || number.charAt(i) == '+')) {
      isNegative = number.charAt(i) == '-';
      i++;
    }
    if (i == number.length()) {
      throw invalid(text, "");
    }
    long exponent = 0;
    for (; i < number.length(); i++) {
      char c = number.charAt(i);
      if (isDigit(c)) {
        exponent = Math.min(EXPONENT_CAP, 10 * exponent + (c - '0'));
      } else if (c != '_' || !partsDigits(number, i)) {
        throw invalid(text, "");
      }
    }
    return isNegative ? -exponent : exponent;
  }

  private static void set(
      boolean isNegative, int exponent, byte[] digits, int from, int to, KeyBytes key) {
    int flip = isNegative ? 0xFF : 0;
    key.add(isNegative ? NEGATIVE : POSITIVE);
    int biased = exponent + BIAS;
    key.add(biased >> 16 ^ flip);
    key.add(biased >> 8 ^ flip);
    key.add(biased ^ flip);
    for (int i = from; i < to; i += 2) {
      int second = i + 1 < to ? digits[i + 1] : 0;
      key.add(1 + 10 * digits[i] + second ^ flip);
    }
    if (isNegative) {
      key.add(NEGATIVE_END);
    }
  }
}
