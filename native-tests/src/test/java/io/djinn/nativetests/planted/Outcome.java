package io.djinn.nativetests.planted;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What became of one bug, read from what its JVM wrote down.
 *
 * @param bug its name
 * @param kind how it ended
 * @param suite the suite that ran last
 * @param test the test that failed there, or nothing
 * @param detail what that test said
 * @param seconds of that suite
 * @param failures of a run without a bug, a line each
 */
record Outcome(
    String bug,
    Kind kind,
    String suite,
    String test,
    String detail,
    double seconds,
    List<String> failures) {
  /** How a run ended. */
  enum Kind {
    /** An assertion, or an error of the engine's own kinds. */
    DETECTED(true),
    /** A suite did not come to its end. */
    HANG(true),
    /** The JVM ended in the middle of a suite. */
    JVM_DIED(true),
    /** Something else failed: an accident, no detection. */
    ACCIDENT(false),
    SURVIVED(false),
    /** The rewritten code was never entered. */
    NOT_ENTERED(false),
    /** It could not be planted. */
    BROKEN(false);

    private final boolean caught;

    Kind(boolean caught) {
      this.caught = caught;
    }
  }

  boolean isCaught() {
    return kind.caught;
  }

  /** Reads a report. */
  static Outcome of(String bug, List<String> report) {
    Kind kind = Kind.JVM_DIED;
    String suite = "";
    String test = "";
    String detail = "";
    double seconds = 0;
    boolean hasStruck = false;
    List<String> failures = new ArrayList<>();
    for (String line : report) {
      int blank = line.indexOf(' ');
      String rest = line.substring(blank + 1);
      switch (blank < 0 ? line : line.substring(0, blank)) {
        case "suite" -> suite = rest;
        case "seconds" -> seconds = Double.parseDouble(rest);
        case "struck" -> hasStruck = true;
        case "test" -> test = rest;
        case "detected" -> {
          kind = Kind.DETECTED;
          detail = rest;
        }
        case "failed" -> {
          kind = Kind.ACCIDENT;
          detail = rest;
          failures.add(suite + ": " + rest);
        }
        case "broken" -> {
          kind = Kind.BROKEN;
          detail = rest;
        }
        case "hang" -> kind = Kind.HANG;
        case "end" -> kind = kind == Kind.JVM_DIED ? Kind.SURVIVED : kind;
        default -> throw new IllegalArgumentException(line);
      }
    }
    if (kind == Kind.JVM_DIED) {
      failures.add(suite + ": the JVM ended");
    } else if (kind == Kind.HANG) {
      failures.add(suite + ": hangs");
    }
    if (!hasStruck && kind != Kind.BROKEN) {
      kind = Kind.NOT_ENTERED;
    }
    return new Outcome(bug, kind, suite, test, detail, seconds, failures);
  }

  /** The test that caught it, with what chooses its part. */
  String catcher() {
    String shown = suite.replace("djinn.crash.seeds=", "seeds=").replace("djinn.crash.", "");
    int hash = shown.indexOf('#');
    int blank = shown.indexOf(' ');
    String type = shown.substring(0, hash >= 0 ? hash : blank >= 0 ? blank : shown.length());
    String part = blank >= 0 ? shown.substring(blank) : "";
    String method = test.isEmpty() ? "" : "." + test.replaceAll("\\(.*", "");
    String end = kind == Kind.DETECTED ? "" : " (" + kind.name().toLowerCase(Locale.ROOT) + ")";
    return "`" + type + method + part + "`" + end;
  }

  String line() {
    return bug
        + ": "
        + kind
        + " after "
        + suite
        + " "
        + detail
        + "\n  mvn -B -ntp -pl storage,build-parallel,native-tests test -Dtest=PlantedBugsTest"
        + " -Dsurefire.failIfNoSpecifiedTests=false -Ddjinn.planted="
        + bug.replaceAll("[^A-Za-z0-9]+", "-");
  }

  String json() {
    return String.format(
        Locale.ROOT,
        "  {\"bug\": %s, \"outcome\": \"%s\", \"suite\": %s, \"test\": %s, \"seconds\": %.2f, \"detail\": %s}",
        quoted(bug),
        kind,
        quoted(suite),
        quoted(test),
        seconds,
        quoted(detail));
  }

  private static String quoted(String text) {
    return '"'
        + text.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\p{Cntrl}", " ")
        + '"';
  }
}
