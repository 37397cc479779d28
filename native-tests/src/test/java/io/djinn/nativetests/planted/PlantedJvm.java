package io.djinn.nativetests.planted;

import io.djinn.testkit.ForkedJvm;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** Starts the JVMs that bugs are planted in, with the tests of the other modules to choose from. */
final class PlantedJvm {
  /** Seconds after which a JVM is killed that its own watch has not ended. */
  private static final long MOST_SECONDS = 1_800;

  /** Runs are the same each time but for real threads. */
  private static final String SEED = "1";

  private static final List<String> TESTED = List.of("storage", "build-parallel");

  private PlantedJvm() {}

  /** Writes a jar that says which class gets hold of the JVM's instrumentation. */
  static Path writeAgent(Path directory) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Premain-Class", PlantedRun.class.getName());
    Path jar = directory.resolve("agent.jar");
    try (OutputStream out = Files.newOutputStream(jar)) {
      new JarOutputStream(out, manifest).close();
    }
    return jar;
  }

  static Outcome run(Path agent, Path directory, PlantedBug bug) throws Exception {
    return run(agent, directory, bug.name(), List.of(bug.id()));
  }

  /** Runs the suites of some bugs with the engine as it is. */
  static Outcome runWithout(Path agent, Path directory, List<PlantedBug> bugs) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(PlantedRun.NO_BUG));
    bugs.forEach(bug -> arguments.add(bug.id()));
    return run(agent, directory, PlantedRun.NO_BUG, arguments);
  }

  private static Outcome run(Path agent, Path directory, String bug, List<String> arguments)
      throws Exception {
    Path own = Files.createDirectories(directory.resolve(arguments.get(0)));
    Path report = own.resolve("report.txt");
    Files.deleteIfExists(report);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx512m", "-ea"));
    command.addAll(List.of(System.getProperty("djinn.jvm.flags", "").trim().split(" +")));
    command.add("-javaagent:" + agent);
    command.add("-Ddjinn.seed=" + SEED);
    for (String property : List.of("djinn.root", "djinn.shared", "djinn.jvm.flags")) {
      command.add("-D" + property + "=" + System.getProperty(property, ""));
    }
    command.addAll(List.of("-cp", classPath(), PlantedRun.class.getName(), report.toString()));
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command)
            .directory(own.toFile())
            .redirectErrorStream(true)
            .redirectOutput(own.resolve("output.txt").toFile())
            .start();
    try {
      if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException(bug + ": the JVM does not end, see " + own);
      }
    } finally {
      process.destroyForcibly();
    }
    if (!Files.exists(report)) {
      throw new IllegalStateException(bug + ": the JVM did not start, see " + own);
    }
    return Outcome.of(bug, Files.readAllLines(report));
  }

  /** This module's class path, with the test classes of the others in front. */
  private static String classPath() {
    StringBuilder path = new StringBuilder();
    for (String module : TESTED) {
      Path classes = Path.of("..", module, "target", "test-classes").toAbsolutePath().normalize();
      if (!Files.isDirectory(classes)) {
        throw new IllegalStateException(classes + " is missing: build " + module + " first");
      }
      path.append(classes).append(java.io.File.pathSeparator);
    }
    return path + ForkedJvm.classPath();
  }
}
