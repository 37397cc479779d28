package io.djinn.opclass.builtin.scalar.type;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigInteger;

/** Integers of 16, 32 or 64 bits. */
final class IntegerType extends ScalarType {
  private final int keyBytes;
  private final long least;
  private final long greatest;

  /**
   * @param keyBytes 2, 4 or 8
   */
  IntegerType(String name, int keyBytes) {
    super(
        name,
        "integers from " + least(keyBytes) + " to " + ~least(keyBytes),
        "Byte, Short, Integer, Long, BigInteger");
    this.keyBytes = keyBytes;
    least = least(keyBytes);
    greatest = ~least;
  }

  private static long least(int keyBytes) {
    return -1L << (8 * keyBytes - 1);
  }

  @Override
  boolean tryEncode(Object value, KeyBytes key) {
    if (value instanceof Integer || value instanceof Long) {
      set(((Number) value).longValue(), value, key);
    } else if (value instanceof Short || value instanceof Byte) {
      set(((Number) value).longValue(), value, key);
    } else if (value instanceof BigInteger big) {
      if (big.bitLength() >= Long.SIZE) {
        throw new InvalidScalarException(
            name() + " takes " + values() + ", not an integer of " + big.bitLength() + " bits");
      }
      set(big.longValue(), value, key);
    } else {
      return false;
    }
    return true;
  }

  @Override
  boolean tryEncode(JsonToken token, JsonParser json, KeyBytes key) throws IOException {
    if (token != JsonToken.VALUE_NUMBER_INT || json.getNumberType() == NumberType.BIG_INTEGER) {
      return false;
    }
    long number = json.getLongValue();
    if (number < least || number > greatest) {
      return false;
    }
    set(number, key);
    return true;
  }

  @Override
  public Object read(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
      return super.read(json);
    }
    encode(json, new KeyBytes());
    return json.getLongValue();
  }

  @Override
  void encodeText(String text, KeyBytes key) {
    String digits = IntegerText.plain(stripped(text));
    if (digits == null) {
      throw invalid(text, "");
    }
    try {
      int radix = IntegerText.radix(digits);
      set(Long.parseLong(IntegerText.digits(digits), radix), text, key);
    } catch (NumberFormatException e) {
      throw invalid(text, "out of range");
    }
  }

  private void set(long number, Object shown, KeyBytes key) {
    if (number < least || number > greatest) {
      throw invalid(shown, "out of range");
    }
    set(number, key);
  }

  private void set(long number, KeyBytes key) {
    switch (keyBytes) {
      case Short.BYTES -> key.setShort((int) number ^ 0x8000);
      case Integer.BYTES -> key.setInt((int) number ^ Integer.MIN_VALUE);
      default -> key.setLong(number ^ Long.MIN_VALUE);
    }
  }
}
