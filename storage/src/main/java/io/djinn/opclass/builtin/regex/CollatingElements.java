package io.djinn.opclass.builtin.regex;

import java.util.HashMap;
import java.util.Map;

/** The names POSIX gives to characters, as {@code [[.hyphen.]]}. */
final class CollatingElements {
  private static final Map<String, Integer> NAMES = new HashMap<>();

  static {
    String[] controls = {
      "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "HT", "LF", "VT", "FF", "CR",
      "SO", "SI", "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC",
      "IS4", "IS3", "IS2", "IS1"
    };
    for (int c = 0; c < controls.length; c++) {
      NAMES.put(controls[c], c);
    }
    add(7, "alert", "backspace", "tab", "newline", "vertical-tab", "form-feed", "carriage-return");
    add(0x1C, "FS", "GS", "RS", "US");
    add(' ', "space", "exclamation-mark", "quotation-mark", "number-sign", "dollar-sign");
    add('%', "percent-sign", "ampersand", "apostrophe", "left-parenthesis", "right-parenthesis");
    add('*', "asterisk", "plus-sign", "comma", "hyphen", "period", "slash");
    add('-', "hyphen-minus", "full-stop", "solidus");
    add('0', "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine");
    add(':', "colon", "semicolon", "less-than-sign", "equals-sign", "greater-than-sign");
    add('?', "question-mark", "commercial-at");
    add('[', "left-square-bracket", "backslash", "right-square-bracket", "circumflex");
    add('\\', "reverse-solidus");
    add('^', "circumflex-accent", "underscore", "grave-accent");
    add('_', "low-line");
    add('{', "left-brace", "vertical-line", "right-brace", "tilde", "DEL");
    add('{', "left-curly-bracket");
    add('}', "right-curly-bracket");
  }

  private CollatingElements() {}

  private static void add(int first, String... names) {
    for (int i = 0; i < names.length; i++) {
      NAMES.put(names[i], first + i);
    }
  }

  /** The character of a name, null where there is none. */
  static Integer find(String name) {
    return NAMES.get(name);
  }
}
