package io.djinn.api;

import io.djinn.error.JvmFlagsException;

/** The flags the JVM must have been started with, and the check for them. */
final class JvmFlags {
  /** The line to add; README.md and the build give the same one. */
  static final String LINE =
      "--add-exports java.base/jdk.internal.misc=ALL-UNNAMED"
          + " --add-exports java.base/jdk.internal.ref=ALL-UNNAMED"
          + " --add-exports java.base/sun.nio.ch=ALL-UNNAMED"
          + " --add-opens java.base/java.lang.reflect=ALL-UNNAMED";

  private JvmFlags() {}

  /** Throws an exception that gives the whole line where one flag is missing. */
  static void check() {
    Module base = Object.class.getModule();
    Module own = JvmFlags.class.getModule();
    boolean isComplete =
        base.isExported("jdk.internal.misc", own)
            && base.isExported("jdk.internal.ref", own)
            && base.isExported("sun.nio.ch", own)
            && base.isOpen("java.lang.reflect", own);
    if (!isComplete) {
      throw new JvmFlagsException("Djinn needs the JVM flags\n" + LINE);
    }
  }
}
