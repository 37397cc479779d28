package io.djinn.nativetests.planted;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.instrument.Instrumentation;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * The JVM that a bug is planted in: runs the suites of the bug until one notices it, and writes
 * down what happened, a line each.
 */
public final class PlantedRun {
  /** In place of a bug: run the suites as the engine is. */
  static final String NO_BUG = "none";

  /** Seconds of processor time, and of any time, after which a bug's suites are said to hang. */
  private static final long MOST_CPU_SECONDS = 60;

  private static final long MOST_SECONDS = 300;

  private static final long NANOS = 1_000_000_000L;

  private static Instrumentation instrumentation;

  private PlantedRun() {}

  /** Runs before {@link #main}, from the agent jar. */
  public static void premain(String arguments, Instrumentation given) {
    instrumentation = given;
  }

  /** Arguments: where to write, the bug, and the bugs whose suites are run where there is none. */
  public static void main(String[] arguments) throws Exception {
    try (PrintWriter report =
        new PrintWriter(
            Files.newBufferedWriter(Path.of(arguments[0]), StandardCharsets.UTF_8), true)) {
      if (arguments[1].equals(NO_BUG)) {
        List<Suite> suites = new ArrayList<>();
        for (int at = 2; at < arguments.length; at++) {
          suites.addAll(PlantedBugs.byId(arguments[at]).suites());
        }
        runWithout(suites.stream().distinct().toList(), report);
      } else {
        runWith(PlantedBugs.byId(arguments[1]), report);
      }
      report.println("end");
    }
    // Threads of a store that a bug has broken may still wait.
    Runtime.getRuntime().halt(0);
  }

  private static void runWith(PlantedBug bug, PrintWriter report) throws Exception {
    Plants plants = new Plants();
    bug.planting().accept(plants);
    plants.plant(instrumentation, () -> report.println("struck"));
    startWatch(report);
    for (Suite suite : bug.suites()) {
      report.println("suite " + suite);
      long start = System.nanoTime();
      Failure failure = run(suite);
      report.printf("seconds %.2f%n", (System.nanoTime() - start) / 1e9);
      if (plants.broken() != null) {
        report.println("broken " + line(plants.broken()));
        return;
      }
      if (failure != null) {
        report.println("test " + failure.test());
        report.println((failure.isDetection() ? "detected " : "failed ") + line(failure.cause()));
        return;
      }
    }
  }

  /** Ends this JVM where a suite does not end; by processor time, for machines that are shared. */
  private static void startWatch(PrintWriter report) {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    Thread watch =
        new Thread(
            () -> {
              long start = System.nanoTime();
              while (system.getProcessCpuTime() < MOST_CPU_SECONDS * NANOS
                  && System.nanoTime() - start < MOST_SECONDS * NANOS) {
                LockSupport.parkNanos(NANOS / 10);
              }
              report.println("hang");
              Runtime.getRuntime().halt(1);
            },
            "planted-watch");
    watch.setDaemon(true);
    watch.start();
  }

  private static void runWithout(List<Suite> suites, PrintWriter report) throws Exception {
    for (Suite suite : suites) {
      report.println("suite " + suite);
      Failure failure = run(suite);
      if (failure != null) {
        report.println("failed " + failure.test() + ": " + line(failure.cause()));
      }
    }
  }

  private static String line(Throwable t) {
    String text = t.toString().replaceAll("\\s+", " ");
    return text.substring(0, Math.min(text.length(), 300));
  }

  private record Failure(String test, Throwable cause) {
    /** Whether an assertion or an error of the engine's own kinds says so, and not an accident. */
    boolean isDetection() {
      Throwable said = cause instanceof ExecutionException ? cause.getCause() : cause;
      return said instanceof AssertionError
          || said.getClass().getPackageName().equals("io.djinn.error");
    }
  }

  private static Failure run(Suite suite) throws Exception {
    suite.properties().forEach(System::setProperty);
    try {
      LauncherDiscoveryRequest request =
          LauncherDiscoveryRequestBuilder.request().selectors(selectors(suite)).build();
      Launcher launcher = LauncherFactory.create();
      FirstFailure first = new FirstFailure();
      launcher.execute(request, first);
      if (first.tests == 0) {
        throw new IOException("no test is selected by " + suite);
      }
      return first.failure;
    } finally {
      suite.properties().keySet().forEach(System::clearProperty);
    }
  }

  private static List<DiscoverySelector> selectors(Suite suite) throws ClassNotFoundException {
    Class<?> type = Class.forName(suite.className());
    if (suite.method().isEmpty()) {
      return List.of(DiscoverySelectors.selectClass(type));
    }
    List<DiscoverySelector> methods = new ArrayList<>();
    for (Method method : type.getDeclaredMethods()) {
      if (method.getName().equals(suite.method())) {
        methods.add(DiscoverySelectors.selectMethod(type, method));
      }
    }
    return methods;
  }

  /** Keeps the first failed test, and prints every one. */
  private static final class FirstFailure implements TestExecutionListener {
    private int tests;
    private Failure failure;

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      tests += test.isTest() ? 1 : 0;
      result
          .getThrowable()
          .ifPresent(
              t -> {
                System.out.println("FAILED " + test.getDisplayName());
                t.printStackTrace(System.out);
                boolean isBetter =
                    failure == null
                        || !failure.isDetection()
                            && new Failure(test.getDisplayName(), t).isDetection();
                failure = isBetter ? new Failure(test.getDisplayName(), t) : failure;
              });
    }
  }
}
