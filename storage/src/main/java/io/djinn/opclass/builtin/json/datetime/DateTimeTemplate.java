package io.djinn.opclass.builtin.json.datetime;

import io.djinn.opclass.builtin.FoundValue;
import java.util.ArrayList;
import java.util.List;

/** A template of {@code .datetime()}, cut into fields, separators and quoted text. */
final class DateTimeTemplate {
  private static final String SEPARATORS = "-./,':; ";

  /** Those of one beginning stand with the longest first. */
  enum Field {
    HH24(2, true),
    HH12(2, true),
    HH(2, true),
    MI(2, true),
    SSSSS(5, true),
    SSSS(5, true),
    SS(2, true),
    MS(3, true),
    US(6, true),
    FF1(1, true),
    FF2(2, true),
    FF3(3, true),
    FF4(4, true),
    FF5(5, true),
    FF6(6, true),
    YYYY(4, true),
    YYY(3, true),
    YY(2, true),
    Y(1, true),
    MONTH(0, false),
    MON(0, false),
    MM(2, true),
    DDD(3, true),
    DD(2, true),
    AM(0, false),
    PM(0, false),
    TZH(2, false),
    TZM(2, true),
    TZ(2, false),
    OF(2, false);

    final int width;
    final boolean isDigits;

    Field(int width, boolean isDigits) {
      this.width = width;
      this.isDigits = isDigits;
    }

    boolean isZone() {
      return compareTo(TZH) >= 0;
    }

    boolean isDate() {
      return compareTo(YYYY) >= 0 && compareTo(DD) <= 0;
    }

    int fractionDigits() {
      return this == MS || this == US || name().startsWith("FF") ? width : 0;
    }
  }

  /**
   * @param field null for a character that must stand in the text
   */
  record Part(Field field, char character) {}

  private final List<Part> parts = new ArrayList<>();

  /**
   * @throws IllegalArgumentException naming what is not taken
   */
  DateTimeTemplate(String template) {
    boolean inQuotes = false;
    int at = 0;
    while (at < template.length()) {
      char c = template.charAt(at);
      Field field = inQuotes ? null : fieldAt(template, at);
      if (c == '"') {
        inQuotes = !inQuotes;
        at++;
      } else if (inQuotes) {
        if (c == '\\' && at + 1 < template.length()) {
          c = template.charAt(++at);
        }
        parts.add(new Part(null, c));
        at++;
      } else if (field != null) {
        parts.add(new Part(field, '\0'));
        at += field.name().length();
      } else if (SEPARATORS.indexOf(c) >= 0) {
        parts.add(new Part(null, c));
        at++;
      } else {
        throw new IllegalArgumentException(
            "jsonpath: the datetime template \""
                + FoundValue.cut(template)
                + "\" has \""
                + FoundValue.cut(template.substring(at))
                + "\", which is neither a field nor a separator taken here");
      }
    }
  }

  private static Field fieldAt(String template, int at) {
    for (Field field : Field.values()) {
      if (isAt(field.name(), template, at)) {
        return field;
      }
    }
    return null;
  }

  /** Whether capital letters, or their small ones, are there. */
  private static boolean isAt(String letters, String template, int at) {
    if (template.length() - at < letters.length()) {
      return false;
    }
    for (int i = 0; i < letters.length(); i++) {
      char c = template.charAt(at + i);
      if (c != letters.charAt(i) && (c < 'a' || c > 'z' || c - 0x20 != letters.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  int size() {
    return parts.size();
  }

  Part part(int index) {
    return parts.get(index);
  }

  /** Whether a number at the part ends by itself, so that it may have any length. */
  boolean isDelimited(int index) {
    if (index + 1 == parts.size()) {
      return true;
    }
    Part next = parts.get(index + 1);
    return next.field() != null
        ? !next.field().isDigits
        : next.character() < '0' || next.character() > '9';
  }

  boolean hasDate() {
    return parts.stream().anyMatch(p -> p.field() != null && p.field().isDate());
  }

  boolean hasZone() {
    return parts.stream().anyMatch(p -> p.field() != null && p.field().isZone());
  }

  boolean hasTime() {
    return parts.stream()
        .anyMatch(p -> p.field() != null && !p.field().isDate() && !p.field().isZone());
  }
}
