package io.djinn.opclass.builtin.json.path;

import io.djinn.opclass.builtin.json.datetime.DateTimeReader;
import io.djinn.opclass.builtin.json.datetime.JsonDateTime;
import io.djinn.opclass.builtin.json.value.JsonNumbers;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The methods that turn one item that is no array into another, as PostgreSQL's casts do; null is
 * an error.
 */
final class PathMethods {
  private static final BigDecimal MIN_INT = BigDecimal.valueOf(Integer.MIN_VALUE);
  private static final BigDecimal MAX_INT = BigDecimal.valueOf(Integer.MAX_VALUE);
  private static final BigDecimal MIN_LONG = BigDecimal.valueOf(Long.MIN_VALUE);
  private static final BigDecimal MAX_LONG = BigDecimal.valueOf(Long.MAX_VALUE);

  private static final int MAX_PRECISION = 1_000;

  /** Characters of a text that is read as a number. */
  private static final int LONGEST_NUMBER = 200_000;

  private static final String SPACE = "[ \\t\\n\\r\\f\\x0B]*+";
  private static final Pattern INTEGER =
      Pattern.compile(
          SPACE
              + "(?<sign>[+-]?)(?:0[xX](?<hex>(?:_?[0-9a-fA-F])++)|0[oO](?<oct>(?:_?[0-7])++)"
              + "|0[bB](?<bin>(?:_?[01])++)|(?<dec>[0-9](?:_?[0-9])*+))"
              + SPACE);
  private static final Pattern DECIMAL =
      Pattern.compile(
          SPACE
              + "([+-]?(?:[0-9](?:_?[0-9])*+(?:\\.(?:[0-9](?:_?[0-9])*+)?+)?+"
              + "|\\.[0-9](?:_?[0-9])*+)(?:[eE][+-]?[0-9](?:_?[0-9])*+)?+)"
              + SPACE);
  private static final Pattern FLOAT =
      Pattern.compile(
          SPACE
              + "([+-]?(?:(?:[0-9]++\\.?+[0-9]*+|\\.[0-9]++)(?:[eE][+-]?[0-9]++)?+"
              + "|(0[xX](?:[0-9a-fA-F]++\\.?+[0-9a-fA-F]*+|\\.[0-9a-fA-F]++))([pP][+-]?[0-9]++)?+))"
              + SPACE);

  /** Digits of a double that are sure to be right, which is how many numeric gets. */
  private static final MathContext DOUBLE_DIGITS = new MathContext(15, RoundingMode.HALF_EVEN);

  private PathMethods() {}

  static Object tryApply(PathItem item, Object value) {
    BigDecimal number = value instanceof BigDecimal given ? given : null;
    String text = value instanceof String given ? given : null;
    return switch (item.kind()) {
      case ABS -> number == null ? null : number.abs();
      case FLOOR -> number == null ? null : round(number, RoundingMode.FLOOR);
      case CEILING -> number == null ? null : round(number, RoundingMode.CEILING);
      case DOUBLE -> number != null ? tryDouble(number) : text != null ? tryDouble(text) : null;
      case BIGINT -> tryInteger(number, text, MIN_LONG, MAX_LONG);
      case INTEGER -> tryInteger(number, text, MIN_INT, MAX_INT);
      case NUMBER_METHOD -> number != null ? number : text != null ? tryNumber(text) : null;
      case DECIMAL -> tryDecimal(item, number, text);
      case BOOLEAN_METHOD -> tryBoolean(value);
      case STRING_METHOD -> tryString(value);
      case DATE, DATETIME, TIME, TIME_TZ, TIMESTAMP, TIMESTAMP_TZ ->
          text == null ? null : tryDateTime(item, text);
      default -> throw new IllegalStateException(item.kind() + " is no method of one item");
    };
  }

  private static BigDecimal round(BigDecimal number, RoundingMode mode) {
    return number.scale() <= 0 ? number : number.setScale(0, mode);
  }

  /** The number as an int, or null. */
  static Integer tryInt(BigDecimal number) {
    return number.compareTo(MIN_INT) < 0 || number.compareTo(MAX_INT) > 0
        ? null
        : number.setScale(0, RoundingMode.HALF_UP).intValueExact();
  }

  private static BigDecimal tryInteger(
      BigDecimal number, String text, BigDecimal min, BigDecimal max) {
    BigDecimal integer =
        number != null
            ? round(number, RoundingMode.HALF_UP)
            : text != null ? tryIntegerText(text) : null;
    return integer == null || integer.compareTo(min) < 0 || integer.compareTo(max) > 0
        ? null
        : integer.setScale(0);
  }

  /** An integer as int8in reads it. */
  private static BigDecimal tryIntegerText(String text) {
    Matcher matcher = INTEGER.matcher(text);
    if (text.length() > LONGEST_NUMBER || !matcher.matches()) {
      return null;
    }
    BigInteger magnitude;
    if (matcher.group("dec") != null) {
      BigDecimal number = JsonNumbers.tryParse(matcher.group("dec").replace("_", ""));
      if (number == null) {
        return null;
      }
      magnitude = number.unscaledValue();
    } else if (matcher.group("hex") != null) {
      magnitude = new BigInteger(matcher.group("hex").replace("_", ""), 16);
    } else if (matcher.group("oct") != null) {
      magnitude = new BigInteger(matcher.group("oct").replace("_", ""), 8);
    } else {
      magnitude = new BigInteger(matcher.group("bin").replace("_", ""), 2);
    }
    return new BigDecimal(matcher.group("sign").equals("-") ? magnitude.negate() : magnitude);
  }

  /** A number as numeric_in reads it, without NaN and infinities, which are errors here. */
  private static BigDecimal tryNumber(String text) {
    if (text.length() > LONGEST_NUMBER) {
      return null;
    }
    Matcher matcher = DECIMAL.matcher(text);
    BigDecimal number;
    if (matcher.matches()) {
      String plain = matcher.group(1).replace("_", "");
      number = JsonNumbers.tryParse(plain.startsWith("+") ? plain.substring(1) : plain);
    } else {
      number = tryIntegerText(text);
    }
    return number != null && JsonNumbers.isInRange(number) ? number : null;
  }

  private static BigDecimal tryDecimal(PathItem item, BigDecimal given, String text) {
    BigDecimal number = given != null ? given : text != null ? tryNumber(text) : null;
    if (number == null || item.arguments().isEmpty()) {
      return number;
    }
    Integer precision = tryInt(item.argument(0).number());
    Integer scale = item.argument(1) == null ? (Integer) 0 : tryInt(item.argument(1).number());
    if (precision == null || scale == null) {
      return null;
    }
    if (precision < 1 || precision > MAX_PRECISION) {
      throw new IllegalArgumentException(
          "jsonpath: the precision " + precision + " of decimal() is not in 1 to " + MAX_PRECISION);
    }
    if (scale < -MAX_PRECISION || scale > MAX_PRECISION) {
      throw new IllegalArgumentException(
          "jsonpath: the scale "
              + scale
              + " of decimal() is not in -"
              + MAX_PRECISION
              + " to "
              + MAX_PRECISION);
    }
    BigDecimal rounded = number.setScale(scale, RoundingMode.HALF_UP);
    if (rounded.signum() != 0 && rounded.precision() > precision) {
      return null;
    }
    return scale < 0 ? rounded.setScale(0) : rounded;
  }

  /** A number stays as it is where a double has room for it. */
  private static BigDecimal tryDouble(BigDecimal number) {
    return isDouble(number.doubleValue(), number.signum() == 0) ? number : null;
  }

  private static boolean isDouble(double number, boolean isZero) {
    return Double.isFinite(number) && (number != 0 || isZero);
  }

  private static BigDecimal tryDouble(String text) {
    Matcher matcher = FLOAT.matcher(text);
    if (text.length() > LONGEST_NUMBER || !matcher.matches()) {
      return null;
    }
    boolean isHex = matcher.group(2) != null;
    String plain = matcher.group(1) + (isHex && matcher.group(3) == null ? "p0" : "");
    double number = Double.parseDouble(plain);
    String digits = isHex ? plain.replaceFirst("0[xX]", "").split("[pP]", 2)[0] : plain;
    boolean isZero = digits.split("[eE]", isHex ? 1 : 2)[0].matches("[-+0.]*+");
    if (!isDouble(number, isZero)) {
      return null;
    }
    return number == 0
        ? BigDecimal.ZERO
        : plainInteger(new BigDecimal(number).round(DOUBLE_DIGITS).stripTrailingZeros());
  }

  private static BigDecimal plainInteger(BigDecimal number) {
    return number.scale() < 0 ? number.setScale(0) : number;
  }

  private static Boolean tryBoolean(Object value) {
    if (value instanceof Boolean bool) {
      return bool;
    }
    if (value instanceof BigDecimal number) {
      boolean isInt =
          number.scale() <= 0 && number.compareTo(MIN_INT) >= 0 && number.compareTo(MAX_INT) <= 0;
      return isInt ? (Boolean) (number.signum() != 0) : null;
    }
    return value instanceof String text ? tryBooleanText(text) : null;
  }

  /** As parse_bool of bool.c: a word's beginning is enough where it is of one word only. */
  private static Boolean tryBooleanText(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return null;
      }
    }
    String word = text.toLowerCase(Locale.ROOT);
    if (word.isEmpty()) {
      return null;
    }
    if ("true".startsWith(word)
        || "yes".startsWith(word)
        || "on".equals(word)
        || "1".equals(word)) {
      return true;
    }
    if ("false".startsWith(word)
        || "no".startsWith(word)
        || (word.length() > 1 && "off".startsWith(word))
        || "0".equals(word)) {
      return false;
    }
    return null;
  }

  private static String tryString(Object value) {
    if (value instanceof String text) {
      return text;
    }
    if (value instanceof BigDecimal number) {
      return JsonNumbers.toText(number);
    }
    return value instanceof Boolean || value instanceof JsonDateTime ? value.toString() : null;
  }

  private static JsonDateTime tryDateTime(PathItem item, String text) {
    if (item.kind() == PathKind.DATETIME) {
      return item.arguments().isEmpty()
          ? DateTimeReader.tryRead(text)
          : DateTimeReader.tryRead(text, item.argument(0).text());
    }
    Integer digits =
        item.arguments().isEmpty() ? JsonDateTime.ALL_DIGITS : tryInt(item.argument(0).number());
    JsonDateTime read = digits == null ? null : DateTimeReader.tryRead(text);
    if (read == null) {
      return null;
    }
    return switch (item.kind()) {
      case DATE -> read.tryCast(JsonDateTime.Type.DATE, digits);
      case TIME -> read.tryCast(JsonDateTime.Type.TIME, digits);
      case TIME_TZ -> read.tryCast(JsonDateTime.Type.TIME_TZ, digits);
      case TIMESTAMP -> read.tryCast(JsonDateTime.Type.TIMESTAMP, digits);
      default -> read.tryCast(JsonDateTime.Type.TIMESTAMP_TZ, digits);
    };
  }
}
