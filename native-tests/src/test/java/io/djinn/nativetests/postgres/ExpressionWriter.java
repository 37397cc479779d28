package io.djinn.nativetests.postgres;

import java.util.regex.Pattern;

/**
 * Writes regular expressions along a text, so that they find something as a rule.
 *
 * <p>One with a back reference is matched by trying, in the server as well, so it has at most one
 * piece without a bound and repeats no group: nested repetitions would take it minutes.
 */
final class ExpressionWriter {
  private static final int MAX_DEPTH = 3;
  private static final Pattern SPECIAL = Pattern.compile("[\\\\.\\[\\](){}*+?^$|]");

  private final Draw draw;

  /** Whether the expression refers back. */
  private boolean isTried;

  private boolean isUnbounded;

  ExpressionWriter(Draw draw) {
    this.draw = draw;
  }

  String expression(String text) {
    if (draw.percent(3)) {
      return "***=" + draw.part(text, 8);
    }
    isTried = draw.percent(10);
    isUnbounded = false;
    String options = draw.percent(5) ? draw.of("(?i)", "(?c)", "(?x)", "(?n)", "(?s)", "***:") : "";
    return options + alternatives(text, 0);
  }

  private String alternatives(String text, int depth) {
    StringBuilder expression = new StringBuilder(sequence(text, depth));
    for (int more = draw.of(0, 0, 0, depth == 0 ? 0 : 1, 1); more > 0; more--) {
      expression.append('|').append(sequence(text, depth));
    }
    return expression.toString();
  }

  /** Pieces for successive parts of the text. */
  private String sequence(String text, int depth) {
    StringBuilder sequence = new StringBuilder();
    int length = text.codePointCount(0, text.length());
    int at = draw.below(length + 1);
    if (draw.percent(10)) {
      at = 0;
      sequence.append(draw.of("^", "\\A", "\\m"));
    } else if (draw.percent(10)) {
      sequence.append(draw.of("\\m", "\\y", "\\Y", "\\M", "[[:<:]]", "(?=.)", "(?!z)", "(?<=.)"));
    }
    for (int pieces = draw.between(1, 5); pieces > 0; pieces--) {
      int count = Math.min(length - at, draw.of(1, 1, 2, 3, 4));
      int start = text.offsetByCodePoints(0, at);
      String part = text.substring(start, text.offsetByCodePoints(start, count));
      sequence.append(piece(part, depth));
      at += count;
    }
    if (at == length && draw.percent(30)) {
      sequence.append(draw.of("$", "\\Z", "\\M", "[[:>:]]"));
    }
    return sequence.toString();
  }

  private String piece(String part, int depth) {
    int kind = draw.below(100);
    if (part.isEmpty() || kind < 12) {
      return mayRepeat()
          ? draw.of(".", ".*", ".+", ".?", ".{1,3}", "\\w*", "\\s?", "\\d*", ".*?", "[^x]*")
          : draw.of(".", ".?", ".{1,3}", "\\s?");
    }
    if (kind < 22) {
      StringBuilder classes = new StringBuilder();
      part.codePoints().forEach(point -> classes.append(oneOf(point)));
      return classes.toString();
    }
    if (kind < 34 && depth < MAX_DEPTH) {
      String inside = alternatives(part, depth + 1);
      String group = draw.of("(", "(", "(?:") + inside + ")";
      return group
          + (isTried ? draw.of("", "?") : draw.of("", "", "", "?", "+", "*", "{1,2}", "{2}"));
    }
    if (isTried && kind < 60) {
      return "(" + quoted(part) + ")" + draw.of("\\1?", "\\1*", "\\1");
    }
    return quoted(part)
        + (mayRepeat()
            ? draw.of("", "", "", "", "", "", "?", "*", "+", "{1,2}", "+?", "{0,1}")
            : draw.of("", "", "?", "{1,2}", "{0,1}"));
  }

  /** Whether the next piece may be one without a bound; it then counts as one. */
  private boolean mayRepeat() {
    if (isTried && isUnbounded) {
      return false;
    }
    isUnbounded = true;
    return true;
  }

  private static String quoted(String part) {
    return SPECIAL.matcher(part).replaceAll("\\\\$0");
  }

  /** A class that has the character. */
  private String oneOf(int point) {
    String itself = Character.toString(point);
    if (Character.isDigit(point)) {
      return draw.of("\\d", "[0-9]", "[[:digit:]]", "[[:alnum:]]", "\\w", "[^a-z]");
    }
    if (Character.isLetter(point)) {
      return draw.of(
          "\\w",
          "[[:alpha:]]",
          "[" + itself + "]",
          "[" + itself + "q-z]",
          "[^0-9]",
          "[[:alnum:]_]",
          Character.isUpperCase(point) ? "[[:upper:]]" : "[[:alpha:][:space:]]",
          "\\D",
          "\\S",
          "[[." + itself + ".]]",
          "[[=" + itself + "=]]");
    }
    return Character.isWhitespace(point)
        ? draw.of("\\s", "[[:space:]]", "\\W", "[ \\t]", "[^[:alnum:]]")
        : draw.of("\\W", ".", "[[:punct:]]", "\\S", "[^ ]");
  }
}
