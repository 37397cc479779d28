package io.djinn.opclass.builtin.json.datetime;

import java.time.LocalDate;

/**
 * A date, a time or both, with or without a time zone.
 *
 * <p>The operators know no session time zone: what would need one is refused, as in PostgreSQL.
 */
public final class JsonDateTime {
  /** Precision that keeps all digits of a fraction. */
  public static final int ALL_DIGITS = 6;

  static final long MICROS_A_SECOND = 1_000_000;
  static final long MICROS_A_DAY = 86_400 * MICROS_A_SECOND;

  /** The SQL types. */
  public enum Type {
    DATE("date", "date"),
    TIME("time without time zone", "time"),
    TIME_TZ("time with time zone", "timetz"),
    TIMESTAMP("timestamp without time zone", "timestamp"),
    TIMESTAMP_TZ("timestamp with time zone", "timestamptz");

    private final String sqlName;
    private final String shortName;

    Type(String sqlName, String shortName) {
      this.sqlName = sqlName;
      this.shortName = shortName;
    }
  }

  private final Type type;
  private final long micros;
  private final int zoneSeconds;

  /**
   * @param micros since midnight of a time; since 1970-01-01 of others, in UTC of one with a zone
   * @param zoneSeconds east of Greenwich
   */
  JsonDateTime(Type type, long micros, int zoneSeconds) {
    this.type = type;
    this.micros = micros;
    this.zoneSeconds = zoneSeconds;
  }

  /** The name that {@code .type()} gives. */
  public String typeName() {
    return type.sqlName;
  }

  private boolean isTime() {
    return type == Type.TIME || type == Type.TIME_TZ;
  }

  private boolean hasZone() {
    return type == Type.TIME_TZ || type == Type.TIMESTAMP_TZ;
  }

  /**
   * The value as another type, or null where that has no meaning.
   *
   * @param digits of the fraction of a second to be kept
   * @throws IllegalArgumentException where it would need a session time zone
   */
  public JsonDateTime tryCast(Type to, int digits) {
    boolean toTime = to == Type.TIME || to == Type.TIME_TZ;
    boolean toZone = to == Type.TIME_TZ || to == Type.TIMESTAMP_TZ;
    if (isTime() ? !toTime : toTime && type == Type.DATE) {
      return null;
    }
    if (to == Type.TIME_TZ && type == Type.TIMESTAMP) {
      return null;
    }
    if (hasZone() != toZone) {
      throw zoneNeeded(type, to);
    }
    long value = micros;
    int zone = zoneSeconds;
    if (to == Type.DATE) {
      value = micros - Math.floorMod(micros, MICROS_A_DAY);
    } else if (toTime && !isTime()) {
      value = Math.floorMod(micros, MICROS_A_DAY);
      zone = 0;
    }
    return new JsonDateTime(to, to == Type.DATE ? value : round(value, digits), zone);
  }

  /** Rounds halves up. */
  private static long round(long micros, int digits) {
    if (digits >= ALL_DIGITS) {
      return micros;
    }
    long unit = 1;
    for (int i = digits; i < ALL_DIGITS; i++) {
      unit *= 10;
    }
    return Math.floorDiv(micros + unit / 2, unit) * unit;
  }

  /**
   * Their order, or null where they do not compare.
   *
   * @throws IllegalArgumentException where it would need a session time zone
   */
  public Integer tryCompare(JsonDateTime other) {
    if (isTime() != other.isTime()) {
      return null;
    }
    if (hasZone() != other.hasZone()) {
      throw hasZone() ? zoneNeeded(other.type, type) : zoneNeeded(type, other.type);
    }
    if (type == Type.TIME_TZ) {
      int order =
          Long.compare(
              micros - zoneSeconds * MICROS_A_SECOND,
              other.micros - other.zoneSeconds * MICROS_A_SECOND);
      return order != 0 ? order : Integer.compare(other.zoneSeconds, zoneSeconds);
    }
    return Long.compare(micros, other.micros);
  }

  private static IllegalArgumentException zoneNeeded(Type from, Type to) {
    return new IllegalArgumentException(
        "jsonpath: a value of type "
            + from.shortName
            + " does not become "
            + to.shortName
            + " without a time zone, and the operators have none");
  }

  /** The value in the ISO form of XML Schema, as {@code .string()} gives it. */
  @Override
  public String toString() {
    long local = micros + (type == Type.TIMESTAMP_TZ ? zoneSeconds * MICROS_A_SECOND : 0);
    StringBuilder out = new StringBuilder();
    boolean isBeforeChrist = false;
    if (!isTime()) {
      LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(local, MICROS_A_DAY));
      isBeforeChrist = date.getYear() <= 0;
      int year = isBeforeChrist ? 1 - date.getYear() : date.getYear();
      out.append(String.format("%04d-%02d-%02d", year, date.getMonthValue(), date.getDayOfMonth()));
      out.append(type == Type.DATE ? "" : "T");
    }
    if (type != Type.DATE) {
      appendTime(Math.floorMod(local, MICROS_A_DAY), out);
    }
    if (hasZone()) {
      int zone = Math.abs(zoneSeconds);
      out.append(zoneSeconds < 0 ? '-' : '+');
      out.append(String.format("%02d:%02d", zone / 3_600, zone / 60 % 60));
    }
    return out.append(isBeforeChrist ? " BC" : "").toString();
  }

  private static void appendTime(long timeMicros, StringBuilder out) {
    long seconds = timeMicros / MICROS_A_SECOND;
    out.append(String.format("%02d:%02d:%02d", seconds / 3_600, seconds / 60 % 60, seconds % 60));
    long fraction = timeMicros % MICROS_A_SECOND;
    if (fraction != 0) {
      out.append('.').append(String.format("%06d", fraction).replaceFirst("0+$", ""));
    }
  }
}
