package io.djinn.opclass.builtin.json.datetime;

import io.djinn.opclass.builtin.json.datetime.DateTimeTemplate.Field;
import java.time.LocalDate;
import java.time.Month;
import java.time.YearMonth;
import java.time.format.TextStyle;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads one text by one template: all of it, separators exactly as they stand there. */
public final class DateTimeReader {
  /** The formats of SQL/JSON and of ISO 8601, in the order they are tried. */
  private static final List<DateTimeTemplate> ISO_FORMATS =
      List.of(
          new DateTimeTemplate("yyyy-mm-dd"),
          new DateTimeTemplate("HH24:MI:SS.USTZ"),
          new DateTimeTemplate("HH24:MI:SSTZ"),
          new DateTimeTemplate("HH24:MI:SS.US"),
          new DateTimeTemplate("HH24:MI:SS"),
          new DateTimeTemplate("yyyy-mm-dd HH24:MI:SS.USTZ"),
          new DateTimeTemplate("yyyy-mm-dd HH24:MI:SSTZ"),
          new DateTimeTemplate("yyyy-mm-dd\"T\"HH24:MI:SS.USTZ"),
          new DateTimeTemplate("yyyy-mm-dd\"T\"HH24:MI:SSTZ"),
          new DateTimeTemplate("yyyy-mm-dd HH24:MI:SS.US"),
          new DateTimeTemplate("yyyy-mm-dd HH24:MI:SS"),
          new DateTimeTemplate("yyyy-mm-dd\"T\"HH24:MI:SS.US"),
          new DateTimeTemplate("yyyy-mm-dd\"T\"HH24:MI:SS"));

  private static final int LONGEST_ZONE = 4;

  /** Hours of the time zones that are known by letters. */
  private static final Map<String, Integer> ZONES =
      Map.ofEntries(
          Map.entry("Z", 0),
          Map.entry("ZULU", 0),
          Map.entry("UTC", 0),
          Map.entry("UCT", 0),
          Map.entry("UT", 0),
          Map.entry("GMT", 0),
          Map.entry("WET", 0),
          Map.entry("WEST", 1),
          Map.entry("BST", 1),
          Map.entry("CET", 1),
          Map.entry("CEST", 2),
          Map.entry("EET", 2),
          Map.entry("EEST", 3),
          Map.entry("MSK", 3),
          Map.entry("JST", 9),
          Map.entry("EST", -5),
          Map.entry("EDT", -4),
          Map.entry("CST", -6),
          Map.entry("CDT", -5),
          Map.entry("MST", -7),
          Map.entry("MDT", -6),
          Map.entry("PST", -8),
          Map.entry("PDT", -7));

  private static final int UNSET = Integer.MIN_VALUE;
  private static final int LAST_TIMESTAMP_YEAR = 294_276;
  private static final int FIRST_YEAR = -4_712;
  private static final int LAST_DATE_YEAR = 5_874_897;
  private static final int MAX_ZONE_HOUR = 15;

  /** Digits of a number beyond which no field goes. */
  private static final int MOST_DIGITS = 10;

  private final DateTimeTemplate template;
  private final String text;
  private final int[] values = new int[Field.values().length];
  private int at;
  private int fractionMicros = UNSET;
  private int zoneSign;
  private Integer zoneByName;
  private boolean isAfternoon;
  private boolean isHalfDay;

  private DateTimeReader(DateTimeTemplate template, String text) {
    this.template = template;
    this.text = text;
    Arrays.fill(values, UNSET);
  }

  /** The value by the first ISO format that fits, or null. */
  public static JsonDateTime tryRead(String text) {
    for (DateTimeTemplate format : ISO_FORMATS) {
      JsonDateTime value = new DateTimeReader(format, text).tryRead();
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  /**
   * The value by a template, or null where the text does not fit.
   *
   * @throws IllegalArgumentException where the template is not taken
   */
  public static JsonDateTime tryRead(String text, String template) {
    return new DateTimeReader(new DateTimeTemplate(template), text).tryRead();
  }

  private JsonDateTime tryRead() {
    for (int i = 0; i < template.size(); i++) {
      DateTimeTemplate.Part part = template.part(i);
      if (at == text.length()) {
        return null;
      }
      if (part.field() == null) {
        if (text.charAt(at++) != part.character()) {
          return null;
        }
      } else if (!tryField(part.field(), template.isDelimited(i))) {
        return null;
      }
    }
    skipBlanks();
    return at < text.length() ? null : tryValue();
  }

  private void skipBlanks() {
    while (at < text.length() && " \t\n\r\f\u000b".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private boolean tryField(Field field, boolean isDelimited) {
    return switch (field) {
      case MONTH, MON -> tryMonth(field);
      case AM, PM -> tryHalfDay();
      case TZ -> tryZoneName() || (!isLetter() && tryOffset(isDelimited));
      case OF -> tryOffset(isDelimited);
      case TZH -> trySignedHours(isDelimited);
      case TZM -> {
        zoneSign = zoneSign == 0 ? 1 : zoneSign;
        yield tryNumber(field, field.width, isDelimited) > 0;
      }
      default -> {
        int digits = tryNumber(field, field.width, isDelimited);
        if (digits > 0 && field.fractionDigits() > 0) {
          yield trySetFraction(values[field.ordinal()], digits);
        }
        yield digits > 0 && tryWidenYear(field, digits);
      }
    };
  }

  /** Reads a number into the field; its length, or -1. */
  private int tryNumber(Field field, int width, boolean isDelimited) {
    skipBlanks();
    int start = at;
    int end = isDelimited ? text.length() : start + width;
    if (end > text.length()) {
      return -1;
    }
    int from = start;
    if (from < end && (text.charAt(from) == '-' || text.charAt(from) == '+')) {
      from++;
    }
    int to = from;
    while (to < end && text.charAt(to) >= '0' && text.charAt(to) <= '9') {
      to++;
    }
    if (to == from || to - from > MOST_DIGITS || (!isDelimited && to < end)) {
      return -1;
    }
    long number = Long.parseLong(text.substring(start, to));
    int index = field.ordinal();
    if (number != (int) number || (values[index] != UNSET && values[index] != number)) {
      return -1;
    }
    values[index] = (int) number;
    at = to;
    return to - start;
  }

  private boolean trySetFraction(int number, int digits) {
    int micros = number;
    for (int i = digits; i < JsonDateTime.ALL_DIGITS; i++) {
      micros *= 10;
    }
    if (fractionMicros != UNSET && fractionMicros != micros) {
      return false;
    }
    fractionMicros = micros;
    return true;
  }

  /** A year of fewer than four digits is the one nearest to 2020. */
  private boolean tryWidenYear(Field field, int digits) {
    if (field != Field.YYYY && field != Field.YYY && field != Field.YY && field != Field.Y) {
      return true;
    }
    int year = values[field.ordinal()];
    if (field != Field.YYYY && digits < Field.YYYY.width && year >= 0) {
      year +=
          year < 70 ? 2_000 : year < 100 ? 1_900 : year < 520 ? 2_000 : year < 1_000 ? 1_000 : 0;
    }
    int set = values[Field.YYYY.ordinal()];
    if (field != Field.YYYY && set != UNSET && set != year) {
      return false;
    }
    values[Field.YYYY.ordinal()] = year;
    return true;
  }

  private boolean tryMonth(Field field) {
    for (Month month : Month.values()) {
      String whole = month.getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      String name = field == Field.MON ? whole.substring(0, 3) : whole;
      if (text.regionMatches(true, at, name, 0, name.length())) {
        at += name.length();
        values[Field.MM.ordinal()] = month.getValue();
        return true;
      }
    }
    return false;
  }

  private boolean tryHalfDay() {
    boolean isAm = text.regionMatches(true, at, "am", 0, 2);
    if (!isAm && !text.regionMatches(true, at, "pm", 0, 2)) {
      return false;
    }
    isHalfDay = true;
    isAfternoon = !isAm;
    at += 2;
    return true;
  }

  private boolean isLetter() {
    char c = text.charAt(at);
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private boolean tryZoneName() {
    int end = at;
    while (end < text.length()
        && end - at < LONGEST_ZONE
        && ((text.charAt(end) | 0x20) >= 'a' && (text.charAt(end) | 0x20) <= 'z')) {
      end++;
    }
    for (; end > at; end--) {
      Integer hours = ZONES.get(text.substring(at, end).toUpperCase(Locale.ROOT));
      if (hours != null) {
        zoneByName = hours;
        at = end;
        return true;
      }
    }
    return false;
  }

  private boolean tryOffset(boolean isDelimited) {
    if (!trySignedHours(isDelimited)) {
      return false;
    }
    if (at < text.length() && text.charAt(at) == ':') {
      at++;
      return tryNumber(Field.TZM, Field.TZM.width, isDelimited) > 0;
    }
    return true;
  }

  private boolean trySignedHours(boolean isDelimited) {
    char c = text.charAt(at);
    zoneSign = c == '-' ? -1 : 1;
    if (c == '+' || c == '-' || c == ' ') {
      at++;
    }
    return tryNumber(Field.TZH, Field.TZH.width, isDelimited) > 0;
  }

  private int value(Field field, int otherwise) {
    int value = values[field.ordinal()];
    return value == UNSET ? otherwise : value;
  }

  private JsonDateTime tryValue() {
    boolean hasDate = template.hasDate();
    boolean hasTime = template.hasTime();
    boolean hasZone = template.hasZone();
    if (!hasTime && (hasZone || !hasDate)) {
      return null;
    }
    Integer zone = hasZone ? tryZoneSeconds() : (Integer) 0;
    LocalDate date = hasDate ? tryDate(hasTime) : LocalDate.EPOCH;
    long time = hasTime ? timeMicros() : 0;
    if (zone == null || date == null || time < 0) {
      return null;
    }
    long micros = date.toEpochDay() * JsonDateTime.MICROS_A_DAY + time;
    if (!hasDate) {
      return new JsonDateTime(
          hasZone ? JsonDateTime.Type.TIME_TZ : JsonDateTime.Type.TIME, time, zone);
    }
    if (!hasTime) {
      return new JsonDateTime(JsonDateTime.Type.DATE, micros, 0);
    }
    return hasZone
        ? new JsonDateTime(
            JsonDateTime.Type.TIMESTAMP_TZ, micros - zone * JsonDateTime.MICROS_A_SECOND, zone)
        : new JsonDateTime(JsonDateTime.Type.TIMESTAMP, micros, 0);
  }

  private Integer tryZoneSeconds() {
    if (zoneByName != null) {
      return zoneByName * 3_600;
    }
    int hours = value(Field.TZH, 0);
    int minutes = value(Field.TZM, 0);
    if (hours < 0 || hours > MAX_ZONE_HOUR || minutes < 0 || minutes > 59) {
      return null;
    }
    return (zoneSign < 0 ? -1 : 1) * (hours * 60 + minutes) * 60;
  }

  private LocalDate tryDate(boolean hasTime) {
    int year = value(Field.YYYY, 0);
    if (year < 0) {
      year++;
    }
    int month = value(Field.MM, 1);
    int day = value(Field.DD, 1);
    if (year < FIRST_YEAR || year > (hasTime ? LAST_TIMESTAMP_YEAR : LAST_DATE_YEAR)) {
      return null;
    }
    int dayOfYear = value(Field.DDD, UNSET);
    if (dayOfYear != UNSET
        && values[Field.MM.ordinal()] == UNSET
        && values[Field.DD.ordinal()] == UNSET) {
      boolean fits = dayOfYear >= 1 && dayOfYear <= LocalDate.of(year, 1, 1).lengthOfYear();
      return fits ? LocalDate.ofYearDay(year, dayOfYear) : null;
    }
    if (month < 1 || month > 12 || day < 1 || day > YearMonth.of(year, month).lengthOfMonth()) {
      return null;
    }
    return LocalDate.of(year, month, day);
  }

  /** Microseconds since midnight, or -1. */
  private long timeMicros() {
    int hour = value(Field.HH24, UNSET);
    int half = value(Field.HH12, value(Field.HH, UNSET));
    if (hour == UNSET) {
      hour = half == UNSET ? 0 : half;
    }
    if (isHalfDay || half != UNSET) {
      if (hour < 1 || hour > 12) {
        return -1;
      }
      hour = hour % 12 + (isAfternoon ? 12 : 0);
    }
    int minute = value(Field.MI, 0);
    int second = value(Field.SS, 0);
    int ofDay = value(Field.SSSSS, value(Field.SSSS, UNSET));
    if (ofDay != UNSET) {
      hour = ofDay / 3_600;
      minute = ofDay / 60 % 60;
      second = ofDay % 60;
    }
    int micros = fractionMicros == UNSET ? 0 : fractionMicros;
    if (hour < 0
        || hour > 23
        || minute < 0
        || minute > 59
        || second < 0
        || second > 59
        || micros < 0
        || micros >= JsonDateTime.MICROS_A_SECOND) {
      return -1;
    }
    return (hour * 3_600L + minute * 60L + second) * JsonDateTime.MICROS_A_SECOND + micros;
  }
}
