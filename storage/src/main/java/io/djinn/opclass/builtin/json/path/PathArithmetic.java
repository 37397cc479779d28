package io.djinn.opclass.builtin.json.path;

import io.djinn.opclass.builtin.json.value.JsonNumbers;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/**
 * The operators of PostgreSQL's numeric, with its number of digits in the result; null is an error.
 */
final class PathArithmetic {
  /** Decimal digits in one digit of numeric, by which quotients get their length. */
  private static final int DIGITS = 4;

  private static final int MIN_SIGNIFICANT_DIGITS = 16;
  private static final int MAX_QUOTIENT_SCALE = 1_000;

  private PathArithmetic() {}

  static BigDecimal tryCompute(PathKind operator, BigDecimal left, BigDecimal right) {
    BigDecimal a = atLeastScaleZero(left);
    BigDecimal b = atLeastScaleZero(right);
    BigDecimal result =
        switch (operator) {
          case ADD -> a.add(b);
          case SUBTRACT -> a.subtract(b);
          case MULTIPLY -> multiply(a, b);
          case DIVIDE -> b.signum() == 0 ? null : a.divide(b, scale(a, b), RoundingMode.HALF_UP);
          case REMAINDER -> b.signum() == 0 ? null : remainder(a, b);
          default -> throw new IllegalStateException(operator + " is no arithmetic operator");
        };
    return result != null && JsonNumbers.isInRange(result) ? result : null;
  }

  private static BigDecimal atLeastScaleZero(BigDecimal number) {
    return number.scale() < 0 ? number.setScale(0) : number;
  }

  private static BigDecimal multiply(BigDecimal a, BigDecimal b) {
    BigDecimal product = a.multiply(b);
    return product.scale() > JsonNumbers.MAX_FRACTION_DIGITS
        ? product.setScale(JsonNumbers.MAX_FRACTION_DIGITS, RoundingMode.HALF_UP)
        : product;
  }

  private static BigDecimal remainder(BigDecimal a, BigDecimal b) {
    int scale = Math.max(a.scale(), b.scale());
    BigInteger dividend = a.setScale(scale).unscaledValue();
    BigInteger divisor = b.setScale(scale).unscaledValue();
    return new BigDecimal(dividend.remainder(divisor), scale);
  }

  /** As select_div_scale of numeric.c: at least 16 significant digits, counted in fours. */
  private static int scale(BigDecimal a, BigDecimal b) {
    int weight = weight(a) - weight(b);
    if (firstDigit(a) <= firstDigit(b)) {
      weight--;
    }
    int scale = MIN_SIGNIFICANT_DIGITS - weight * DIGITS;
    scale = Math.max(Math.max(scale, 0), Math.max(a.scale(), b.scale()));
    return Math.min(scale, MAX_QUOTIENT_SCALE);
  }

  /** Place of the first digit of base 10,000, 0 that of units. */
  private static int weight(BigDecimal number) {
    return number.signum() == 0
        ? 0
        : Math.floorDiv(number.precision() - number.scale() - 1, DIGITS);
  }

  private static int firstDigit(BigDecimal number) {
    return number.signum() == 0
        ? 0
        : number
            .abs()
            .movePointLeft(weight(number) * DIGITS)
            .setScale(0, RoundingMode.DOWN)
            .intValueExact();
  }
}
