package io.djinn.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class FitRunTest {
  @TempDir Path directory;

  @Test
  void aQuickRunMeasuresEachBuildAndLeavesNothing() throws Exception {
    Path json = directory.resolve("fit.json");
    int status =
        new CommandLine(new PerfMain())
            .execute(
                "fit",
                "--quick",
                "--tables=distinct,paths",
                "--data=" + directory.resolve("nowhere"),
                "--directory=" + directory,
                "--json=" + json);
    assertEquals(0, status);
    List<String> builds = new ArrayList<>();
    List<String> predicted = new ArrayList<>();
    for (String line : Files.readAllLines(json)) {
      Figures figures = Figures.parse(line);
      if (figures.has("build")) {
        assertEquals("distinct", figures.text("setting"));
        assertEquals(figures.number("rows"), figures.number("keys"));
        builds.add(figures.text("build"));
      } else if (figures.has("predicted")) {
        assertTrue(figures.number("fitted") > 0 && figures.number("fromSample") > 0);
        predicted.add(figures.text("predicted"));
      }
    }
    assertEquals(3, builds.size());
    assertEquals(builds, predicted);
    Path again = directory.resolve("again.json");
    assertEquals(
        0,
        new CommandLine(new PerfMain())
            .execute("fit", "--quick", "--from=" + json, "--json=" + again));
    assertEquals(Files.readAllLines(json), Files.readAllLines(again));
    Files.delete(again);
    try (var left = Files.list(directory)) {
      assertEquals(List.of(json), left.toList());
    }
  }

  @Test
  void withoutAnyTableThereIsNothingToFit() throws Exception {
    StringWriter errors = new StringWriter();
    CommandLine command = new CommandLine(new PerfMain()).setErr(new PrintWriter(errors));
    assertEquals(2, command.execute("fit", "--tables=paths", "--data=nowhere"));
    assertTrue(errors.toString().startsWith("--tables paths: none is left"), errors.toString());
    errors.getBuffer().setLength(0);
    assertEquals(2, command.execute("fit", "--tables=books"));
    assertTrue(errors.toString().startsWith("--tables: no setting \"books\""), errors.toString());
    errors.getBuffer().setLength(0);
    Path empty = Files.createFile(directory.resolve("empty.json"));
    assertEquals(2, command.execute("fit", "--from=" + empty));
    assertTrue(errors.toString().startsWith("--from " + empty + ": no run"), errors.toString());
    errors.getBuffer().setLength(0);
    assertEquals(2, command.execute("fit", "--tables=books"));
    assertTrue(errors.toString().startsWith("--tables: no setting \"books\""), errors.toString());
  }
}
