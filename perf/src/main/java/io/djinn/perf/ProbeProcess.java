package io.djinn.perf;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A child process that measures and prints its figures as its last line. */
final class ProbeProcess {
  private ProbeProcess() {}

  /**
   * Runs a main class in a JVM like this one.
   *
   * @param options of the JVM
   * @return the figures of its last line
   */
  static Figures run(List<String> options, Class<?> main, List<String> arguments)
      throws IOException, InterruptedException {
    Process child =
        new ProcessBuilder(JvmLine.of(options, main, arguments))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String last = null;
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        last = line;
      }
      int status = child.waitFor();
      if (status != 0 || last == null) {
        throw new IllegalStateException("the process of " + main + " ended with " + status);
      }
    } finally {
      child.destroyForcibly();
    }
    return Figures.parse(last);
  }
}
