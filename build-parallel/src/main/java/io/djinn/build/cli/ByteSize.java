package io.djinn.build.cli;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a number of bytes with a unit, as {@code 64MB}; a unit is 1,024 of the one before. */
final class ByteSize implements ITypeConverter<Long> {
  private static final Pattern FORM = Pattern.compile("([0-9]+(?:\\.[0-9]+)?) ?([A-Za-z]*)");
  private static final String UNITS = "kmgt";

  @Override
  public Long convert(String text) {
    return parse(text);
  }

  static long parse(String text) {
    Matcher form = FORM.matcher(text.trim());
    int shift = form.matches() ? shift(form.group(2)) : -1;
    if (shift < 0) {
      throw new TypeConversionException(
          "'" + text + "' is no size: write bytes, or a number with B, kB, MB, GB or TB");
    }
    try {
      return new BigDecimal(form.group(1))
          .multiply(BigDecimal.valueOf(1L << shift))
          .toBigIntegerExact()
          .longValueExact();
    } catch (ArithmeticException e) {
      throw new TypeConversionException("'" + text + "' is no whole number of bytes below 2^63");
    }
  }

  /** Bits of a unit, -1 where it is none. */
  private static int shift(String unit) {
    String name = unit.toLowerCase(Locale.ROOT);
    if (name.isEmpty() || name.equals("b")) {
      return 0;
    }
    int at = UNITS.indexOf(name.charAt(0));
    String rest = name.substring(1);
    return at >= 0 && (rest.isEmpty() || rest.equals("b") || rest.equals("ib"))
        ? 10 * (at + 1)
        : -1;
  }

  /** A number of bytes for people. */
  static String format(long bytes) {
    double value = bytes;
    int unit = -1;
    while (value >= 1024 && unit < UNITS.length() - 1) {
      value /= 1024;
      unit++;
    }
    return unit < 0
        ? bytes + " B"
        : String.format(
            Locale.ROOT,
            value < 10 ? "%.2f %sB" : value < 100 ? "%.1f %sB" : "%.0f %sB",
            value,
            unit == 0 ? "k" : UNITS.substring(unit, unit + 1).toUpperCase(Locale.ROOT));
  }
}
