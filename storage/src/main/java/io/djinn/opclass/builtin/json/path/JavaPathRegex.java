package io.djinn.opclass.builtin.json.path;

import io.djinn.error.QueryTooExpensiveException;
import io.djinn.opclass.builtin.json.value.JsonValues;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Expressions of {@code like_regex} in the syntax that the JDK's engine shares with PostgreSQL's,
 * matched in a bounded number of steps.
 */
final class JavaPathRegex implements PathRegex {
  /** Characters that one match may look at. */
  private static final long MAX_STEPS = 20_000_000;

  private final Pattern pattern;
  private final String text;

  private JavaPathRegex(Pattern pattern, String text) {
    this.pattern = pattern;
    this.text = text;
  }

  static PathRegex compile(String pattern, String flags) {
    int options = Pattern.UNIX_LINES;
    if (flags.contains("i")) {
      options |= Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
    }
    if (flags.contains("q")) {
      return new JavaPathRegex(Pattern.compile(pattern, options | Pattern.LITERAL), pattern);
    }
    if (flags.contains("s")) {
      options |= Pattern.DOTALL;
    }
    try {
      String shared = translate(pattern, flags.contains("m"));
      return new JavaPathRegex(Pattern.compile(shared, options), pattern);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(e.getDescription() + " in " + JsonValues.show(pattern), e);
    } catch (StackOverflowError e) {
      throw new IllegalArgumentException(
          "too many levels inside each other in " + JsonValues.show(pattern), e);
    }
  }

  /** Writes the anchors so that a final newline is no end of the text. */
  private static String translate(String pattern, boolean isMultiline) {
    StringBuilder out = new StringBuilder();
    boolean inClass = false;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '\\' && i + 1 < pattern.length()) {
        char escaped = pattern.charAt(++i);
        if ("mMyYAZ".indexOf(escaped) >= 0) {
          throw notShared("\\" + escaped, pattern);
        }
        out.append(c).append(escaped);
      } else if (inClass) {
        if (c == '[') {
          if (i + 1 < pattern.length() && ":.=".indexOf(pattern.charAt(i + 1)) >= 0) {
            throw notShared("[" + pattern.charAt(i + 1), pattern);
          }
          out.append('\\');
        } else if (c == '&') {
          out.append('\\');
        }
        inClass = c != ']';
        out.append(c);
      } else if (c == '[') {
        inClass = true;
        out.append(c);
        if (i + 1 < pattern.length() && pattern.charAt(i + 1) == '^') {
          out.append('^');
          i++;
        }
        if (i + 1 < pattern.length() && pattern.charAt(i + 1) == ']') {
          out.append("\\]");
          i++;
        }
      } else if (c == '$') {
        out.append(isMultiline ? "(?=\n|\\z)" : "\\z");
      } else if (c == '^') {
        out.append(isMultiline ? "(?<![^\n])" : "\\A");
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  private static IllegalArgumentException notShared(String what, String pattern) {
    return new IllegalArgumentException(what + " is not taken in " + JsonValues.show(pattern));
  }

  @Override
  public boolean matches(String value) {
    try {
      return pattern.matcher(new CountedText(value, 0, value.length(), new long[1])).find();
    } catch (StackOverflowError e) {
      throw tooExpensive("more stack than there is");
    }
  }

  private QueryTooExpensiveException tooExpensive(String what) {
    return new QueryTooExpensiveException(
        "the regular expression " + JsonValues.show(text) + " takes " + what + " for one row");
  }

  /** Text that counts how often it is looked at. */
  private final class CountedText implements CharSequence {
    private final String value;
    private final int from;
    private final int to;
    private final long[] steps;

    CountedText(String value, int from, int to, long[] steps) {
      this.value = value;
      this.from = from;
      this.to = to;
      this.steps = steps;
    }

    @Override
    public int length() {
      return to - from;
    }

    @Override
    public char charAt(int index) {
      if (++steps[0] > MAX_STEPS) {
        throw tooExpensive("more than " + MAX_STEPS + " steps");
      }
      return value.charAt(from + index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new CountedText(value, from + start, from + end, steps);
    }

    @Override
    public String toString() {
      return value.substring(from, to);
    }
  }
}
