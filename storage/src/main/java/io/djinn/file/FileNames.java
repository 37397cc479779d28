package io.djinn.file;

/**
 * The names a {@link Vfs} takes: a file name, or a directory and a file name with one {@code /}
 * between, of letters, digits, {@code . _ -}, and no part beginning with a dot.
 */
public final class FileNames {
  /** Locks the directory; opened by {@link Vfs#tryLock} and by nothing else. */
  public static final String LOCK = "LOCK";

  private static final int MAX_PART_LENGTH = 200;

  private FileNames() {}

  /** Returns the name, or throws {@link IllegalArgumentException} where it is not one. */
  public static String check(String name) {
    int slash = name.indexOf('/');
    checkPart(name, 0, slash < 0 ? name.length() : slash);
    if (slash >= 0) {
      checkPart(name, slash + 1, name.length());
    } else if (name.equals(LOCK)) {
      throw new IllegalArgumentException(LOCK + " is opened only to lock the directory");
    }
    return name;
  }

  /** Like {@link #check} for a directory, where "" is the root. */
  public static String checkDirectory(String name) {
    return name.isEmpty() ? name : check(name);
  }

  /** The directory part of a name; "" is the root. */
  public static String directoryOf(String name) {
    int slash = name.indexOf('/');
    return slash < 0 ? "" : name.substring(0, slash);
  }

  /** The last part of a name. */
  public static String lastPartOf(String name) {
    return name.substring(name.indexOf('/') + 1);
  }

  private static void checkPart(String name, int from, int to) {
    boolean valid = to > from && to - from <= MAX_PART_LENGTH && name.charAt(from) != '.';
    for (int i = from; valid && i < to; i++) {
      char c = name.charAt(i);
      valid =
          c >= 'a' && c <= 'z'
              || c >= 'A' && c <= 'Z'
              || c >= '0' && c <= '9'
              || c == '.'
              || c == '_'
              || c == '-';
    }
    if (!valid) {
      throw new IllegalArgumentException("file name \"" + name + "\"");
    }
  }
}
