package io.djinn.opclass.builtin.scalar.type;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;

/**
 * Points of time in microseconds from 24 November 4714 BC to the year 294276, and the infinities.
 *
 * <p>Without a time zone an offset in the text is left out of account, as PostgreSQL does; with one
 * it is, and text without an offset is UTC.
 */
final class TimestampType extends ScalarType {
  private static final long SECONDS_PER_DAY = 86_400;
  private static final long FIRST = -211_813_488_000_000_000L;

  /** The microsecond after the last. */
  private static final long END = 9_223_371_331_200_000_000L;

  private final boolean hasZone;

  TimestampType(String name, boolean hasZone) {
    super(
        name,
        "times as YYYY-MM-DDTHH:MM:SS"
            + (hasZone ? " with an offset" : "")
            + " from 4714-11-24 BC to 294276-12-31, infinity and -infinity",
        hasZone ? "Instant, OffsetDateTime, ZonedDateTime" : "LocalDateTime, Instant");
    this.hasZone = hasZone;
  }

  @Override
  boolean tryEncode(Object value, KeyBytes key) {
    if (value instanceof Instant instant) {
      set(instant.getEpochSecond(), instant.getNano(), value, key);
    } else if (value instanceof LocalDateTime time && !hasZone) {
      set(time.toEpochSecond(ZoneOffset.UTC), time.getNano(), value, key);
    } else if (value instanceof OffsetDateTime time && hasZone) {
      set(time.toEpochSecond(), time.getNano(), value, key);
    } else if (value instanceof ZonedDateTime time && hasZone) {
      set(time.toEpochSecond(), time.getNano(), value, key);
    } else {
      return false;
    }
    return true;
  }

  private void set(long epochSecond, int nanos, Object shown, KeyBytes key) {
    long micros = (long) Math.rint(nanos / 1e3);
    long day = Math.floorDiv(epochSecond, SECONDS_PER_DAY);
    long second = Math.floorMod(epochSecond, SECONDS_PER_DAY);
    setDay(day, second * DateTimeText.MICROS_PER_SECOND + micros, shown, key);
  }

  @Override
  void encodeText(String text, KeyBytes key) {
    String stripped = stripped(text);
    switch (asName(stripped)) {
      case "infinity" -> key.setLong(-1);
      case "-infinity" -> key.setLong(0);
      case "epoch" -> setDay(0, 0, text, key);
      default -> {
        DateTimeText time;
        try {
          time = DateTimeText.parse(stripped);
        } catch (DateTimeException e) {
          throw invalid(text, e.getMessage());
        }
        long offset = hasZone ? time.offsetSeconds() * DateTimeText.MICROS_PER_SECOND : 0;
        setDay(time.epochDay(), time.microsOfDay() - offset, text, key);
      }
    }
  }

  /**
   * @param micros since the day began, from a day before to two days after it
   */
  private void setDay(long epochDay, long micros, Object shown, KeyBytes key) {
    long days = epochDay - DateType.EPOCH_DAYS;
    // Far enough outside for no offset to help, near enough for no overflow.
    boolean isNear =
        days >= FIRST / DateTimeText.MICROS_PER_DAY - 2
            && days <= END / DateTimeText.MICROS_PER_DAY + 1;
    long sinceEpoch = isNear ? days * DateTimeText.MICROS_PER_DAY + micros : END;
    if (sinceEpoch < FIRST || sinceEpoch >= END) {
      throw invalid(shown, "out of range");
    }
    key.setLong(sinceEpoch ^ Long.MIN_VALUE);
  }
}
