package io.djinn.opclass.builtin.scalar.type;

import java.time.DateTimeException;
import java.time.LocalDate;

/** Dates from 24 November 4714 BC to the year 5874897, and the infinities. */
final class DateType extends ScalarType {
  /** Days from 1970-01-01 to 2000-01-01. */
  static final long EPOCH_DAYS = 10_957;

  private static final long FIRST_DAY = -2_451_545;

  /** The day after the last. */
  private static final long END_DAY = 2_145_031_949;

  DateType() {
    super(
        "date",
        "dates as YYYY-MM-DD from 4714-11-24 BC to 5874897-12-31, infinity and -infinity",
        "LocalDate");
  }

  @Override
  boolean tryEncode(Object value, KeyBytes key) {
    if (value instanceof LocalDate date) {
      set(date.toEpochDay(), value, key);
      return true;
    }
    return false;
  }

  /** A time of day that follows is checked and left out. */
  @Override
  void encodeText(String text, KeyBytes key) {
    String stripped = stripped(text);
    switch (asName(stripped)) {
      case "infinity" -> key.setInt(-1);
      case "-infinity" -> key.setInt(0);
      case "epoch" -> set(0, text, key);
      default -> {
        try {
          set(DateTimeText.parse(stripped).epochDay(), text, key);
        } catch (DateTimeException e) {
          throw invalid(text, e.getMessage());
        }
      }
    }
  }

  private void set(long epochDay, Object shown, KeyBytes key) {
    long days = epochDay - EPOCH_DAYS;
    if (days < FIRST_DAY || days >= END_DAY) {
      throw invalid(shown, "out of range");
    }
    key.setInt((int) days ^ Integer.MIN_VALUE);
  }
}
