package io.djinn.build.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.djinn.testkit.SharedFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged command, in JVMs of its own that get no flags. */
class DjinnJarIT {
  private static final int TERMINATED = 143;

  @TempDir private Path directory;
  private Path jar;

  @BeforeEach
  void findJar() {
    jar = Path.of(System.getProperty("djinn.jar", "target/djinn.jar"));
    assumeTrue(Files.exists(jar), "SKIPPED: " + jar + " was not packaged");
  }

  private ProcessBuilder command(Object... arguments) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.add("-jar");
    words.add(jar.toString());
    for (Object argument : arguments) {
      words.add(argument.toString());
    }
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().remove("JDK_JAVA_OPTIONS");
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    return builder;
  }

  private CommandRun run(Object... arguments) throws IOException, InterruptedException {
    Path out = Files.createTempFile(directory, "out", null);
    Path err = Files.createTempFile(directory, "err", null);
    Process process =
        command(arguments).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    int exit = process.waitFor();
    return new CommandRun(exit, Files.readString(out), Files.readString(err));
  }

  /** Of newer JDKs the notice about Unsafe is let through, and nothing else. */
  private static void requireSilent(CommandRun run) {
    for (String line : run.err().lines().toList()) {
      assertTrue(Runtime.version().feature() > 17 && line.startsWith("WARNING: "), run.err());
    }
  }

  @Test
  void helpVersionAndUsageErrorsSayNothingElse() throws Exception {
    run("--help").ok();
    run("build", "--help").ok();
    run("--version").ok();
    CommandRun mistake = run("lst");
    assertEquals(Failures.USAGE, mistake.exit());
    assertFalse(mistake.err().contains("WARNING"), mistake.err());
    assertFalse(mistake.err().contains("SLF4J"), mistake.err());
  }

  @Test
  void manifestGivesWhatTheEngineNeeds() throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      Attributes manifest = file.getManifest().getMainAttributes();

      assertEquals(DjinnMain.class.getName(), manifest.getValue("Main-Class"));
      assertEquals("io.djinn.build", manifest.getValue("Automatic-Module-Name"));
      assertEquals("ALL-UNNAMED", manifest.getValue("Enable-Native-Access"));
      assertEquals(packages("--add-exports"), words(manifest.getValue("Add-Exports")));
      assertEquals(packages("--add-opens"), words(manifest.getValue("Add-Opens")));
      assertTrue(
          file.stream()
              .noneMatch(entry -> entry.getName().matches("META-INF/[^/]*\\.(SF|RSA|DSA)")));
    }
  }

  private static TreeSet<String> packages(String flag) {
    TreeSet<String> packages = new TreeSet<>();
    Pattern.compile(flag + " (\\S+)=ALL-UNNAMED")
        .matcher(System.getProperty("djinn.jvm.flags"))
        .results()
        .forEach(match -> packages.add(match.group(1)));
    return packages;
  }

  private static TreeSet<String> words(String text) {
    return new TreeSet<>(List.of(text.split(" ")));
  }

  @Test
  void goldenArrayQueriesPassOverBuiltIndexes() throws Exception {
    Path file = SharedFiles.golden("array.jsonl");

    CommandRun run =
        run("golden", "--data", file.resolve("../../data").normalize(), "--json", file);

    requireSilent(run);
    assertEquals(Failures.OK, run.exit(), run.out());
    assertEquals("475", run.lastObject().get("passed"));
  }

  @Test
  void terminatedBuildLeavesTheStoreAsItWas() throws Exception {
    Path rows = directory.resolve("rows.jsonl");
    writeRows(rows, 60_000);
    Path db = directory.resolve("db");
    Process build =
        command(
                "build",
                "--db",
                db,
                "--index",
                "i",
                "--input",
                rows,
                "--column",
                "$:array_ops/int4",
                "--workers",
                1,
                "--maintenance-work-mem",
                "2MB",
                "--trace")
            .start();
    try (BufferedReader trace = build.errorReader(StandardCharsets.UTF_8)) {
      String line = trace.readLine();
      while (line != null && !line.startsWith("run-written ")) {
        line = trace.readLine();
      }
      assertTrue(line != null, "the build ended without a run");
      build.toHandle().destroy();
      while (trace.readLine() != null) {
        // Read to its end, so that the process never waits for a reader.
      }
    }

    assertEquals(TERMINATED, build.waitFor());
    try (var left = Files.list(db.resolve("tmp"))) {
      assertEquals(0, left.count());
    }
    CommandRun list = run("list", "--db", db, "--json");
    requireSilent(list);
    assertEquals("", list.out());
    assertEquals(Failures.OK, run("check", "--db", db).exit());
  }

  private static void writeRows(Path file, int count) throws IOException {
    SplittableRandom random = new SplittableRandom(18);
    try (var out = Files.newBufferedWriter(file)) {
      for (int row = 0; row < count; row++) {
        StringBuilder line = new StringBuilder("[");
        for (int i = 0; i < 60; i++) {
          line.append(i == 0 ? "" : ",").append(random.nextInt(100_000));
        }
        out.write(line.append("]\n").toString());
      }
    }
  }
}
