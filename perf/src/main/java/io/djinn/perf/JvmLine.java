package io.djinn.perf;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of child processes that run the engine. */
public final class JvmLine {
  private static final String RESOURCE = "jvm-flags";

  private JvmLine() {}

  /** The flags of the build's parent, silence included, each as one argument. */
  public static List<String> flags() {
    try (InputStream in = JvmLine.class.getResourceAsStream(RESOURCE)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
      return List.of(
          text.replace("--add-exports ", "--add-exports=")
              .replace("--add-opens ", "--add-opens=")
              .split("\\s+"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A JVM like this one, with this class path.
   *
   * @param options of the JVM, beside {@link #flags}
   */
  static List<String> of(List<String> options, Class<?> main, List<String> arguments) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(flags());
    line.addAll(options);
    line.add("-cp");
    line.add(System.getProperty("java.class.path"));
    line.add(main.getName());
    line.addAll(arguments);
    return line;
  }
}
