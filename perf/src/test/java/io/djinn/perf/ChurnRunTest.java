package io.djinn.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ChurnRunTest {
  @TempDir Path directory;

  @Test
  void theCommandChurnsAndTheFileKeepsItsSize() throws Exception {
    Path json = directory.resolve("figures.json");
    int status =
        new CommandLine(new PerfMain())
            .execute(
                "churn",
                "--cycles=5",
                "--rows=200",
                "--base-rows=300",
                "--directory=" + directory,
                "--json=" + json);
    List<String> lines = Files.readAllLines(json);
    assertEquals(1, lines.size());
    Figures figures = Figures.parse(lines.get(0));
    assertEquals(5, figures.number("cycles"));
    assertTrue(figures.number("keys") > 0);
    assertEquals(
        figures.number("lastFileBytes") / figures.number("firstFileBytes"),
        figures.number("growth"));
    assertEquals(0, status, lines.get(0));
    try (var left = Files.list(directory)) {
      assertEquals(List.of(json), left.toList());
    }
  }
}
