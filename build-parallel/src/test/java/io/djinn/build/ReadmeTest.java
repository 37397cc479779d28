package io.djinn.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.testkit.ForkedJvm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What README.md tells a program to do works as it stands there. */
class ReadmeTest {
  private static final Pattern FLAG = Pattern.compile("--add-\\S+ \\S+");

  @TempDir private Path directory;

  /** How another JVM ended, and what it printed on both streams. */
  private record Outcome(int status, String output, String errors) {}

  @Test
  void theExamplePrintsWhatItIsSaidToPrint() throws Exception {
    Path classes = compile(block("java"));
    Outcome outcome = run(List.of(block("jvm").split(" ")), classes);
    assertEquals(0, outcome.status, outcome.errors);
    assertEquals(block("text"), outcome.output.strip());
  }

  @Test
  void withoutTheJvmLineOpeningThrowsTheExceptionThatGivesIt() throws Exception {
    Path classes = compile(block("java"));
    List<String> flags =
        FLAG.matcher(block("jvm")).results().map(m -> m.group()).collect(Collectors.toList());
    assertThrowsTheLine(run(List.of(), classes));
    for (String missing : flags) {
      List<String> others = new ArrayList<>();
      flags.stream()
          .filter(flag -> !flag.equals(missing))
          .forEach(flag -> others.addAll(List.of(flag.split(" "))));
      assertThrowsTheLine(run(others, classes));
    }
  }

  private void assertThrowsTheLine(Outcome outcome) throws IOException {
    assertEquals(1, outcome.status, outcome.errors);
    assertTrue(
        outcome.errors.contains("io.djinn.error.JvmFlagsException"), "not thrown: " + outcome);
    assertTrue(
        outcome.errors.lines().anyMatch(block("jvm")::equals), "line not given: " + outcome.errors);
  }

  @Test
  void theTestsRunWithTheSameJvmLine() throws IOException {
    assertEquals(System.getProperty("djinn.jvm.flags"), block("jvm"));
  }

  /** The only block of a language, without its fences. */
  private static String block(String language) throws IOException {
    String readme =
        Files.readString(
            Path.of(System.getProperty("djinn.root")).resolve("README.md"), StandardCharsets.UTF_8);
    Matcher matcher =
        Pattern.compile("^```" + language + "\n(.*?)\n```$", Pattern.DOTALL | Pattern.MULTILINE)
            .matcher(readme);
    assertTrue(matcher.find(), "README.md has no block of " + language);
    String found = matcher.group(1);
    assertTrue(!matcher.find(), "README.md has two blocks of " + language);
    return found;
  }

  private Path compile(String source) throws IOException {
    Path file = directory.resolve("Tags.java");
    Files.writeString(file, source, StandardCharsets.UTF_8);
    Path classes = Files.createDirectories(directory.resolve("classes"));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    int status =
        compiler.run(
            null,
            null,
            errors,
            "--release",
            "17",
            "-proc:none",
            "-cp",
            ForkedJvm.classPath(),
            "-d",
            classes.toString(),
            file.toString());
    assertEquals(0, status, errors.toString(StandardCharsets.UTF_8));
    return classes;
  }

  private Outcome run(List<String> flags, Path classes) throws Exception {
    Path store = Files.createTempDirectory(directory, "store");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(
        List.of(
            "-cp",
            classes + System.getProperty("path.separator") + ForkedJvm.classPath(),
            "Tags",
            store.toString()));
    Path output = Files.createTempFile(directory, "run", ".out");
    Path errors = Files.createTempFile(directory, "run", ".err");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile())
            .start();
    int status = process.waitFor();
    return new Outcome(
        status,
        Files.readString(output, StandardCharsets.UTF_8),
        Files.readString(errors, StandardCharsets.UTF_8));
  }
}
