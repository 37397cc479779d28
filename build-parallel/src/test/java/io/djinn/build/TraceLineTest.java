package io.djinn.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.build.plan.BuildOptions;
import io.djinn.file.OsEnv;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.source.ColumnPath;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceLineTest {
  private static final Pattern LINE =
      Pattern.compile("([a-z-]+)((?: [a-zA-Z]+=(?:[a-z]+|[0-9.]+|\"(?:[^\"\\\\]|\\\\.)*\"))+)");
  private static final Pattern FIGURE =
      Pattern.compile(" ([a-zA-Z]+)=([a-z]+|[0-9.]+|\"(?:[^\"\\\\]|\\\\.)*\")");
  private static final Pattern DOCUMENTED =
      Pattern.compile("^\\| `([a-z-]+)` \\| ((?:`[a-zA-Z]+`(?:, )?)+) \\|", Pattern.MULTILINE);
  private static final List<String> LAST = List.of("user", "system", "elapsed");

  /** A line's name, and its figures in their order. */
  private record Parsed(String name, Map<String, String> figures) {
    static Parsed of(String line) {
      Matcher matcher = LINE.matcher(line);
      assertTrue(matcher.matches(), line);
      Map<String, String> figures = new LinkedHashMap<>();
      FIGURE
          .matcher(matcher.group(2))
          .results()
          .forEach(figure -> figures.put(figure.group(1), figure.group(2)));
      return new Parsed(matcher.group(1), figures);
    }

    long number(String figure) {
      return Long.parseLong(figures.get(figure));
    }

    double seconds(String figure) {
      return Double.parseDouble(figures.get(figure));
    }
  }

  /** Name of an event → its own figures, as README.md has them. */
  private static Map<String, List<String>> documented() throws IOException {
    Path readme =
        Path.of(System.getProperty("djinn.root")).resolve("build-parallel").resolve("README.md");
    Map<String, List<String>> events = new TreeMap<>();
    Matcher matcher = DOCUMENTED.matcher(Files.readString(readme, StandardCharsets.UTF_8));
    while (matcher.find()) {
      events.put(matcher.group(1), List.of(matcher.group(2).replace("`", "").trim().split(", ")));
    }
    return events;
  }

  /** The trace of a build that spills, and combines its runs before it loads them. */
  private static List<Parsed> trace(boolean threads, int workers) {
    TestRows rows = new TestRows();
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 12_000; i++) {
      int[] value = new int[60];
      for (int j = 0; j < value.length; j++) {
        value[j] = random.nextInt(30_000);
      }
      rows.add(i, value);
    }
    List<Parsed> lines = Collections.synchronizedList(new ArrayList<>());
    BuildListener listener =
        new BuildListener() {
          @Override
          public void event(BuildEvent event) {
            lines.add(Parsed.of(TraceLine.of(event)));
          }
        };
    SimVfs vfs = new SimVfs();
    BuildRequest request =
        new BuildRequest(
            "b",
            rows,
            List.of(new BuildColumn(ColumnPath.WHOLE_ROW, ArrayOps.ofInts())),
            2_000,
            new HungryLoaders(820 << 10),
            BuildOptions.defaults()
                .withParallelWorkers(workers)
                .withMaintenanceWorkMem((workers + 1) * (1L << 20)));
    new ParallelBuild(threads ? new OsEnv(vfs) : new SimEnv(vfs, 1), request, listener).run();
    return lines;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyLineIsAsTheGuideSays(boolean threads) throws IOException {
    Map<String, List<String>> documented = documented();
    Set<String> seen = new TreeSet<>();
    for (Parsed line : trace(threads, 2)) {
      seen.add(line.name());
      List<String> expected = new ArrayList<>(List.of("participant"));
      expected.addAll(documented.getOrDefault(line.name(), List.of()));
      expected.addAll(LAST);
      assertEquals(expected, List.copyOf(line.figures().keySet()), line.name());
      for (String figure : LAST) {
        assertTrue(line.seconds(figure) >= 0, line::toString);
      }
      assertTrue(
          line.seconds("user") + line.seconds("system") <= line.seconds("elapsed") + 0.1
              || !threads,
          line::toString);
    }
    Set<String> rest = new TreeSet<>(documented.keySet());
    rest.removeAll(seen);
    assertEquals(Set.of("left"), rest);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theEventsOfAThreadComeInTheirOrder(boolean threads) {
    Map<String, String> last = new HashMap<>();
    Map<String, Double> elapsed = new HashMap<>();
    Map<String, Long> handedOver = new HashMap<>();
    long combined = 0;
    for (Parsed line : trace(threads, 2)) {
      String thread = line.figures().get("participant");
      String before = last.getOrDefault(thread, "");
      assertTrue(line.seconds("elapsed") >= elapsed.getOrDefault(thread, 0.0), line::toString);
      elapsed.put(thread, line.seconds("elapsed"));
      assertTrue(!before.equals("end") || line.name().equals("phase"), line::toString);
      if (!thread.equals("caller")) {
        assertEquals(line.name().equals("begin"), before.isEmpty(), line::toString);
      }
      switch (line.name()) {
        case "run-written" -> {
          assertTrue(before.equals("run-sorted") || before.equals("merge-step"), line::toString);
          long blocks = line.figures().get("place").equals("memory") ? 1 << 17 : 64;
          assertTrue(
              line.number("storedBytes") <= line.number("rawBytes") + blocks, line::toString);
        }
        case "hand-over" -> {
          assertEquals("run-written", before);
          assertEquals(handedOver.getOrDefault(thread, 0L), line.number("run"));
          handedOver.put(thread, line.number("run") + 1);
        }
        case "range-loaded" -> assertEquals("merge-step", before);
        case "merge-step" -> {
          assertTrue(line.number("ways") >= 1 && line.number("bytes") >= 0, line::toString);
          combined += line.figures().get("phase").equals("combine") ? 1 : 0;
        }
        default -> {}
      }
      last.put(thread, line.name());
    }
    assertTrue(combined > 0);
    assertEquals(3, handedOver.size());
  }

  @Test
  void anyTextIsOneQuotedFigure() {
    for (String text : List.of("", "two words", "a \"b\" \\ c=d", "line\nend", "42", "Word")) {
      Parsed line =
          Parsed.of(TraceLine.of(new BuildEvent.Left(text, new ThreadTimes(1.23456, 0, 77))));
      assertEquals(
          '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace('\n', ' ') + '"',
          line.figures().get("reason"));
      assertEquals("1.235", line.figures().get("user"));
      assertEquals("77.000", line.figures().get("elapsed"));
    }
  }
}
