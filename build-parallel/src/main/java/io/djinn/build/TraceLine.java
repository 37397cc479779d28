package io.djinn.build;

import java.util.Locale;

/** A {@link BuildEvent} as one line of a trace. */
public final class TraceLine {
  private TraceLine() {}

  /** The line, without its end. */
  public static String of(BuildEvent event) {
    StringBuilder line = new StringBuilder(event.name());
    add(
        line,
        "participant",
        event.participant() == BuildEvent.CALLER ? "caller" : event.participant());
    event.figures((name, value) -> add(line, name, value));
    ThreadTimes times = event.times();
    add(line, "user", times.userSeconds());
    add(line, "system", times.systemSeconds());
    add(line, "elapsed", times.elapsedSeconds());
    return line.toString();
  }

  private static void add(StringBuilder line, String name, Object value) {
    line.append(' ').append(name).append('=');
    if (value instanceof Double seconds) {
      line.append(String.format(Locale.ROOT, "%.3f", seconds));
    } else if (value instanceof BuildPhase phase) {
      line.append(phase.name().toLowerCase(Locale.ROOT));
    } else if (value instanceof String text) {
      quote(line, text);
    } else {
      line.append(value);
    }
  }

  /** As it is where it is a word, else between quotation marks on one line. */
  private static void quote(StringBuilder line, String text) {
    if (text.matches("[a-z]+")) {
      line.append(text);
      return;
    }
    line.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        line.append('\\').append(c);
      } else {
        line.append(Character.isISOControl(c) ? ' ' : c);
      }
    }
    line.append('"');
  }
}
