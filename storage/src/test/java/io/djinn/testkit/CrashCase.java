package io.djinn.testkit;

import java.util.Properties;

/**
 * Which crashes are tried: all, or the one that the command of a failure names with system
 * properties.
 *
 * @param kind of crash, empty for every one
 * @param workload its name, empty for every one
 * @param position operation the crash comes before, negative for every one
 * @param mode what the power cut leaves, empty for every one
 * @param image number of the image of that mode, negative for every one
 */
public record CrashCase(String kind, String workload, long position, String mode, int image) {
  /** Every crash. */
  public static final CrashCase ALL = new CrashCase("", "", -1, "", -1);

  private static final String PREFIX = "djinn.crash.";

  /** The kinds of crash. */
  public enum Kind {
    /** The power is cut during a workload. */
    CUT,
    /** The same, and the newest state of the store is damaged besides. */
    DAMAGED,
    /** The process is killed, and the power cut while the next one opens the store. */
    KILLED
  }

  /** The crashes of this run of the tests. */
  public static CrashCase selected() {
    return of(System.getProperties());
  }

  /** The crashes that properties name. */
  public static CrashCase of(Properties properties) {
    return new CrashCase(
        properties.getProperty(PREFIX + "kind", ""),
        properties.getProperty(PREFIX + "workload", ""),
        Long.parseLong(properties.getProperty(PREFIX + "position", "-1")),
        properties.getProperty(PREFIX + "mode", ""),
        Integer.parseInt(properties.getProperty(PREFIX + "image", "-1")));
  }

  /** Whether nothing is left out. */
  public boolean isAll() {
    return equals(ALL);
  }

  boolean takes(Kind candidate, String name) {
    return (kind.isEmpty() || kind.equals(candidate.name()))
        && (workload.isEmpty() || workload.equals(name));
  }

  boolean takes(long candidate) {
    return position < 0 || position == candidate;
  }

  boolean takes(CrashMode candidate, int number) {
    return (mode.isEmpty() || mode.equals(candidate.name())) && (image < 0 || image == number);
  }

  /** The properties of one case, as arguments of a command. */
  static String arguments(Kind kind, String workload, long position, CrashMode mode, int image) {
    StringBuilder words = new StringBuilder();
    argument(words, "kind", kind);
    argument(words, "workload", workload);
    argument(words, "position", position);
    if (mode != null) {
      argument(words, "mode", mode);
      argument(words, "image", image);
    }
    return words.toString();
  }

  private static void argument(StringBuilder words, String name, Object value) {
    words.append(" -D").append(PREFIX).append(name).append('=').append(value);
  }
}
