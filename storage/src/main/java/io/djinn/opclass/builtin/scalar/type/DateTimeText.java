package io.djinn.opclass.builtin.scalar.type;

import io.djinn.opclass.builtin.FoundValue;
import java.time.DateTimeException;
import java.time.LocalDate;

/**
 * Reads dates and times as ISO 8601 writes them.
 *
 * <pre>
 *   YYYY-MM-DD  or  YYYYMMDD     three digits of a year at least; with a sign, a year as ISO 8601
 *                                counts them: +0000 is 1 BC
 *   T or blanks, HH:MM[:SS[.f]] or HHMM[SS[.f]]
 *   Z, UTC, GMT or an offset ±HH[[:]MM[[:]SS]]
 *   AD or BC                     after the date or at the end
 * </pre>
 *
 * <p>Like PostgreSQL this takes 24:00:00 and the second 60, and rounds to microseconds.
 */
final class DateTimeText {
  static final long MICROS_PER_SECOND = 1_000_000;
  static final long MICROS_PER_DAY = 86_400 * MICROS_PER_SECOND;

  private static final int LONGEST_TEXT = 128;
  private static final int MAX_YEAR_DIGITS = 7;
  private static final int MAX_OFFSET_HOURS = 15;

  private final String text;
  private int at;
  private int year;
  private boolean isSigned;
  private int month;
  private int day;
  private long microsOfDay;
  private int offsetSeconds;
  private boolean hasEra;

  private DateTimeText(String text) {
    this.text = text;
  }

  /**
   * Reads stripped text.
   *
   * @throws DateTimeException saying what is wrong
   */
  static DateTimeText parse(String text) {
    if (text.length() > LONGEST_TEXT) {
      throw new DateTimeException("it is longer than " + LONGEST_TEXT + " characters");
    }
    DateTimeText parsed = new DateTimeText(text);
    parsed.parse();
    return parsed;
  }

  /** Days since 1970-01-01. */
  long epochDay() {
    return LocalDate.of(year, month, day).toEpochDay();
  }

  /** Microseconds since midnight; a whole day for 24:00:00. */
  long microsOfDay() {
    return microsOfDay;
  }

  /** How far the time is ahead of UTC, 0 where nothing is said. */
  int offsetSeconds() {
    return offsetSeconds;
  }

  private void parse() {
    parseDate();
    tryParseEra();
    boolean isTime = at < text.length() && Character.toUpperCase(text.charAt(at)) == 'T';
    if (isTime) {
      at++;
    } else {
      skipSpace();
      isTime = at < text.length() && ScalarType.isDigit(text.charAt(at));
    }
    if (isTime) {
      parseTime();
    }
    parseZone();
    tryParseEra();
    if (at < text.length()) {
      throw new DateTimeException(
          "\"" + FoundValue.cut(text.substring(at)) + "\" is not understood");
    }
    LocalDate.of(year, month, day);
  }

  private void parseDate() {
    char sign = at < text.length() ? text.charAt(at) : ' ';
    isSigned = sign == '+' || sign == '-';
    at += isSigned ? 1 : 0;
    int from = at;
    int digits = countDigits();
    boolean isCompact = digits == 8 && !isSigned && !isNext(from + digits, '-');
    int yearDigits = isCompact ? 4 : digits;
    if (yearDigits < (isSigned ? 4 : 3)) {
      throw new DateTimeException("a date is YYYY-MM-DD");
    }
    if (yearDigits > MAX_YEAR_DIGITS) {
      throw new DateTimeException("the year is out of range");
    }
    year = number(yearDigits);
    if (isSigned) {
      year = sign == '-' ? -year : year;
    } else if (year == 0) {
      throw new DateTimeException("there is no year 0; the one before AD 1 is 0001 BC");
    }
    if (isCompact) {
      month = number(2);
      day = number(2);
    } else {
      expect('-');
      month = oneOrTwo();
      expect('-');
      day = oneOrTwo();
    }
  }

  private void parseTime() {
    int digits = countDigits();
    int hour;
    int minute;
    int second = 0;
    boolean hasSecond;
    if (digits == 4 || digits == 6) {
      hour = number(2);
      minute = number(2);
      hasSecond = digits == 6;
      second = hasSecond ? number(2) : 0;
    } else {
      hour = oneOrTwo();
      expect(':');
      minute = oneOrTwo();
      hasSecond = isNext(at, ':');
      if (hasSecond) {
        at++;
        second = oneOrTwo();
      }
    }
    long fraction = 0;
    if (hasSecond && isNext(at, '.')) {
      int from = at++;
      at += countDigits();
      // The same double and the same rounding as in PostgreSQL.
      fraction = (long) Math.rint(Double.parseDouble("0" + text.substring(from, at) + "0") * 1e6);
    }
    if (minute > 59 || second > 60) {
      throw new DateTimeException("the time is out of range");
    }
    microsOfDay = ((hour * 60L + minute) * 60 + second) * MICROS_PER_SECOND + fraction;
    if (hour > 24 || microsOfDay > MICROS_PER_DAY) {
      throw new DateTimeException("the time is out of range");
    }
  }

  private void parseZone() {
    skipSpace();
    if (at == text.length()) {
      return;
    }
    if (tryWord("UTC") || tryWord("GMT") || tryWord("Z")) {
      return;
    }
    char sign = text.charAt(at);
    if (sign != '+' && sign != '-') {
      return;
    }
    at++;
    int digits = countDigits();
    int hours;
    int minutes = 0;
    int seconds = 0;
    if (digits == 4 || digits == 6) {
      hours = number(2);
      minutes = number(2);
      seconds = digits == 6 ? number(2) : 0;
    } else {
      hours = oneOrTwo();
      if (isNext(at, ':')) {
        at++;
        minutes = oneOrTwo();
        if (isNext(at, ':')) {
          at++;
          seconds = oneOrTwo();
        }
      }
    }
    if (hours > MAX_OFFSET_HOURS || minutes > 59 || seconds > 59) {
      throw new DateTimeException("the offset from UTC is out of range");
    }
    int offset = (hours * 60 + minutes) * 60 + seconds;
    offsetSeconds = sign == '-' ? -offset : offset;
  }

  private void tryParseEra() {
    int before = at;
    skipSpace();
    boolean isBefore = tryWord("BC");
    if (!isBefore && !tryWord("AD")) {
      at = before;
      return;
    }
    if (hasEra || isSigned) {
      throw new DateTimeException("an era is told twice");
    }
    hasEra = true;
    year = isBefore ? 1 - year : year;
  }

  private boolean tryWord(String word) {
    int end = at + word.length();
    if (!text.regionMatches(true, at, word, 0, word.length())
        || (end < text.length() && Character.isLetterOrDigit(text.charAt(end)))) {
      return false;
    }
    at = end;
    return true;
  }

  private void skipSpace() {
    while (at < text.length() && ScalarType.isSpace(text.charAt(at))) {
      at++;
    }
  }

  private boolean isNext(int index, char wanted) {
    return index < text.length() && text.charAt(index) == wanted;
  }

  private void expect(char wanted) {
    if (!isNext(at, wanted)) {
      throw new DateTimeException("\"" + wanted + "\" is missing at character " + (at + 1));
    }
    at++;
  }

  private int countDigits() {
    int i = at;
    while (i < text.length() && ScalarType.isDigit(text.charAt(i))) {
      i++;
    }
    return i - at;
  }

  private int oneOrTwo() {
    int digits = countDigits();
    if (digits < 1 || digits > 2) {
      throw new DateTimeException("one or two digits are missing at character " + (at + 1));
    }
    return number(digits);
  }

  private int number(int digits) {
    int value = 0;
    for (int end = at + digits; at < end; at++) {
      value = 10 * value + (text.charAt(at) - '0');
    }
    return value;
  }
}
