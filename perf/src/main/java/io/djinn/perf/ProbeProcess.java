package io.djinn.perf;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A child process that measures and prints its figures as its last line. */
final class ProbeProcess implements AutoCloseable {
  private static final String READY = "ready";

  private final String name;
  private final Process child;
  private final BufferedReader output;

  private ProbeProcess(String name, Process child) {
    this.name = name;
    this.child = child;
    output =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8));
  }

  /**
   * Runs a main class in a JVM like this one, to its end.
   *
   * @param options of the JVM
   * @return the figures of its last line
   */
  static Figures run(List<String> options, Class<?> main, List<String> arguments)
      throws IOException, InterruptedException {
    try (ProbeProcess process = start(options, main, arguments)) {
      return process.figures();
    }
  }

  /** Starts a main class in a JVM like this one. */
  static ProbeProcess start(List<String> options, Class<?> main, List<String> arguments)
      throws IOException {
    return new ProbeProcess(
        main.getName(),
        new ProcessBuilder(JvmLine.of(options, main, arguments))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  /** In the child: says that it is warm, and waits until it is told to start. */
  static void awaitStart() throws IOException {
    System.out.println(READY);
    System.out.flush();
    if (System.in.read() < 0) {
      throw new IOException("the process that was to say when to start has ended");
    }
  }

  /** Waits until the child is warm. */
  void awaitReady() throws IOException, InterruptedException {
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.equals(READY)) {
        return;
      }
    }
    throw new IllegalStateException(name + " ended with " + child.waitFor() + " before its start");
  }

  /** Tells the child to start. */
  void begin() throws IOException {
    child.getOutputStream().write('\n');
    child.getOutputStream().flush();
  }

  /** Waits for the child's end; gives the figures of its last line. */
  Figures figures() throws IOException, InterruptedException {
    String last = null;
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      last = line;
    }
    int status = child.waitFor();
    if (status != 0 || last == null) {
      throw new IllegalStateException("the process of " + name + " ended with " + status);
    }
    return Figures.parse(last);
  }

  /** Ends the child where it has not ended, and waits until it writes nothing any more. */
  @Override
  public void close() throws IOException {
    child.destroyForcibly().onExit().join();
    output.close();
  }
}
