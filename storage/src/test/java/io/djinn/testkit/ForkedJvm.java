package io.djinn.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Another JVM that runs a main class with this one's class path and flags, tells what it does in
 * lines on its standard output, and can be killed.
 */
public final class ForkedJvm implements AutoCloseable {
  /** Where JVMs that die of themselves leave what they say of it; kept for whoever looks. */
  private static final Path ERRORS = Path.of("target", "jvm-errors").toAbsolutePath();

  private final Process process;
  private final BufferedReader output;

  private ForkedJvm(Process process) {
    this.process = process;
    output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** What a JVM is started with, besides the class path and flags of this one. */
  public static final class Launch {
    private final Class<?> main;
    private final List<String> wrapper = new ArrayList<>();
    private final List<String> flags = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();
    private String collector = "-XX:+UseSerialGC";
    private String compiler = "-XX:TieredStopAtLevel=1";
    private Path errors = ERRORS;
    private boolean isQuiet;

    private Launch(Class<?> main) {
      this.main = main;
    }

    /** Words before the command of the JVM, which run it. */
    public Launch within(String... command) {
      wrapper.addAll(List.of(command));
      return this;
    }

    public Launch flags(String... jvmFlags) {
      flags.addAll(List.of(jvmFlags));
      return this;
    }

    /** A garbage collector instead of the serial one. */
    public Launch collector(String flag) {
      collector = flag;
      return this;
    }

    /** All compilers instead of the quick one. */
    public Launch optimized() {
      compiler = "-XX:+TieredCompilation";
      return this;
    }

    /** Variables added to the environment. */
    public Launch environment(Map<String, String> variables) {
      environment.putAll(variables);
      return this;
    }

    /** Expects the JVM to die of itself: its error file goes here, its last words nowhere. */
    public Launch dying(Path errorDirectory) {
      errors = errorDirectory;
      isQuiet = true;
      return this;
    }

    public ForkedJvm start(String... arguments) throws IOException {
      Files.createDirectories(errors);
      List<String> command = new ArrayList<>(wrapper);
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of(compiler, collector, "-Xshare:auto", "-ea"));
      command.add("-XX:ErrorFile=" + errors.resolve("hs_err_pid%p.log"));
      String given = System.getProperty("djinn.jvm.flags", "").trim();
      if (!given.isEmpty()) {
        command.addAll(List.of(given.split(" +")));
      }
      command.addAll(flags);
      command.add("-cp");
      command.add(classPath());
      command.add(main.getName());
      command.addAll(List.of(arguments));
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().putAll(environment);
      builder.redirectError(
          isQuiet ? ProcessBuilder.Redirect.DISCARD : ProcessBuilder.Redirect.INHERIT);
      return new ForkedJvm(builder.start());
    }
  }

  public static Launch of(Class<?> main) {
    return new Launch(main);
  }

  public static ForkedJvm start(Class<?> main, String... arguments) throws IOException {
    return of(main).start(arguments);
  }

  /** Error files of JVMs that were not expected to die, of this run or an earlier one. */
  public static List<Path> errorFiles() {
    if (!Files.isDirectory(ERRORS)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(ERRORS)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The class path of the tests, also where the test runner hides it in a jar. */
  public static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  /** The next line the process printed; null after its end. */
  public String readLine() throws IOException {
    return output.readLine();
  }

  /** Gives the process a line on its standard input. */
  public void send(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  public long pid() {
    return process.pid();
  }

  /**
   * Ends the process as {@code kill -9} does and waits until it is gone; what it had printed can
   * still be read. May be called while another thread reads.
   */
  public void kill() {
    // Not through Process: that closes the streams and what is in the pipe is lost.
    process.toHandle().destroyForcibly();
    waitFor();
  }

  /**
   * Kills the process if it is still there after a time, without waiting for that here; its exit
   * status tells.
   */
  public ForkedJvm killAfter(long seconds) {
    Thread watchdog =
        new Thread(
            () -> {
              try {
                if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                  System.out.println("process " + pid() + " hangs: killed after " + seconds + " s");
                  process.toHandle().destroyForcibly();
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "watchdog of " + pid());
    watchdog.setDaemon(true);
    watchdog.start();
    return this;
  }

  /** Waits for the process to end and returns its exit status. */
  public int waitFor() {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return process.waitFor();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    kill();
    process.destroy();
  }
}
