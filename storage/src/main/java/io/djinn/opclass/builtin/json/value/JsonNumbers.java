package io.djinn.opclass.builtin.json.value;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * Numbers within the limits of PostgreSQL's numeric: at most 131,072 digits before the decimal
 * point and 16,383 after it.
 *
 * <p>A decimal is kept as it was written: one of scale below 0 stands for an integer, so that a
 * short text like 1e100000 stays short in memory.
 */
public final class JsonNumbers {
  public static final int MAX_INTEGER_DIGITS = 131_072;
  public static final int MAX_FRACTION_DIGITS = 16_383;

  /** Digits that always fit a long. */
  private static final int LONG_DIGITS = 18;

  /** Digits from which halves are parsed apart: the JDK's parser takes quadratic time. */
  private static final int LONG_TEXT = 2_000;

  private static final int MAX_EXPONENT = Integer.MAX_VALUE / 2;

  private JsonNumbers() {}

  /** Whether numeric holds the number. */
  public static boolean isInRange(BigDecimal number) {
    return number.scale() <= MAX_FRACTION_DIGITS
        && (number.signum() == 0
            || (long) number.precision() - number.scale() <= MAX_INTEGER_DIGITS);
  }

  /** Digits after the point that numeric shows. */
  public static int displayScale(BigDecimal number) {
    return Math.max(0, number.scale());
  }

  /** The number as numeric prints it: without an exponent. */
  public static String toText(BigDecimal number) {
    return number.signum() == 0 && number.scale() < 0 ? "0" : number.toPlainString();
  }

  /**
   * The number of a JSON text, or null where numeric can not hold it.
   *
   * @throws NumberFormatException where the text is no number
   */
  public static BigDecimal tryParse(char[] text, int offset, int length) {
    if (length <= LONG_DIGITS) {
      long number = 0;
      boolean negative = length > 1 && text[offset] == '-';
      int at = negative ? 1 : 0;
      for (; at < length; at++) {
        int digit = text[offset + at] - '0';
        if (digit < 0 || digit > 9) {
          break;
        }
        number = 10 * number + digit;
      }
      if (at == length) {
        return BigDecimal.valueOf(negative ? -number : number);
      }
    }
    int exponentAt = offset;
    int end = offset + length;
    while (exponentAt < end && text[exponentAt] != 'e' && text[exponentAt] != 'E') {
      exponentAt++;
    }
    long exponent = exponentAt == end ? 0 : parseExponent(text, exponentAt + 1, end);
    if (Math.abs(exponent) > MAX_EXPONENT) {
      return null;
    }
    BigDecimal mantissa = parseMantissa(text, offset, exponentAt - offset);
    if (mantissa.signum() == 0) {
      long scale = Math.max(0, mantissa.scale() - exponent);
      return scale > MAX_FRACTION_DIGITS ? null : BigDecimal.valueOf(0, (int) scale);
    }
    BigDecimal number =
        exponent == 0
            ? mantissa
            : new BigDecimal(
                mantissa.unscaledValue(), Math.toIntExact(mantissa.scale() - exponent));
    return isInRange(number) ? number : null;
  }

  /** As {@link #tryParse(char[], int, int)}. */
  public static BigDecimal tryParse(String text) {
    return tryParse(text.toCharArray(), 0, text.length());
  }

  /**
   * Whether numeric holds a number of so many digits after its leading zeros.
   *
   * @param digits 0 where the number is zero
   * @param fractionDigits digits written after the point
   */
  public static boolean isInRange(int digits, long fractionDigits, long exponent) {
    return Math.abs(exponent) <= MAX_EXPONENT
        && fractionDigits - exponent <= MAX_FRACTION_DIGITS
        && (digits == 0 || digits - fractionDigits + exponent <= MAX_INTEGER_DIGITS);
  }

  /** The exponent written from the index on, saturated far beyond what counts. */
  public static long exponent(char[] text, int from, int end) {
    return parseExponent(text, from, end);
  }

  private static long parseExponent(char[] text, int from, int end) {
    int at = from;
    boolean negative = at < end && text[at] == '-';
    if (at < end && (text[at] == '-' || text[at] == '+')) {
      at++;
    }
    if (at == end) {
      throw new NumberFormatException("exponent without digits");
    }
    long exponent = 0;
    for (; at < end; at++) {
      int digit = text[at] - '0';
      if (digit < 0 || digit > 9) {
        throw new NumberFormatException("exponent with other characters than digits");
      }
      exponent = Math.min(10 * exponent + digit, 10L * MAX_EXPONENT);
    }
    return negative ? -exponent : exponent;
  }

  private static BigDecimal parseMantissa(char[] text, int offset, int length) {
    if (length < LONG_TEXT) {
      return new BigDecimal(text, offset, length);
    }
    char[] digits = new char[length];
    int count = 0;
    int scale = -1;
    boolean negative = text[offset] == '-';
    for (int i = offset + (negative ? 1 : 0); i < offset + length; i++) {
      char c = text[i];
      if (c == '.' && scale < 0) {
        scale = 0;
      } else if (c >= '0' && c <= '9') {
        digits[count++] = c;
        scale += scale < 0 ? 0 : 1;
      } else {
        throw new NumberFormatException("a number with the character " + c);
      }
    }
    BigInteger number = parseDigits(digits, 0, count);
    return new BigDecimal(negative ? number.negate() : number, Math.max(0, scale));
  }

  private static BigInteger parseDigits(char[] digits, int from, int count) {
    if (count <= LONG_TEXT) {
      return new BigInteger(new String(digits, from, count));
    }
    int low = count / 2;
    return parseDigits(digits, from, count - low)
        .multiply(BigInteger.TEN.pow(low))
        .add(parseDigits(digits, from + count - low, low));
  }
}
