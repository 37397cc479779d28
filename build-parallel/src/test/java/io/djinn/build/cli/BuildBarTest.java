package io.djinn.build.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.build.BuildPhase;
import io.djinn.build.BuildProgress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a terminal would have shown last of each bar. */
class BuildBarTest {
  private static BuildProgress at(BuildPhase phase, long done, long total, long spilled) {
    return new BuildProgress(phase, done, total, 2, 0, 0, spilled, 0, 0, 0);
  }

  private static List<String> shown(BuildProgress... moments) {
    PrintStream before = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try (BuildBar bar = new BuildBar()) {
      for (BuildProgress moment : moments) {
        bar.progress(moment);
      }
    } finally {
      System.setErr(before);
    }
    Map<String, String> last = new LinkedHashMap<>();
    for (String line : bytes.toString(StandardCharsets.UTF_8).split("[\r\n]+")) {
      if (!line.isBlank()) {
        last.put(line.substring(0, line.indexOf(' ')), line);
      }
    }
    return List.copyOf(last.values());
  }

  @Test
  void eachPhaseWithWorkHasABar() {
    List<String> bars =
        shown(
            at(BuildPhase.START, 0, 0, 0),
            at(BuildPhase.SCAN, 0, 200, 0),
            at(BuildPhase.SCAN, 150, 200, 3 << 20),
            at(BuildPhase.LOAD, 0, 8 << 20, 3 << 20),
            at(BuildPhase.LOAD, 2 << 20, 8 << 20, 3 << 20),
            at(BuildPhase.COMPLETE, 0, 0, 3 << 20));
    assertEquals(2, bars.size(), bars.toString());
    assertTrue(bars.get(0).startsWith("scan"), bars.get(0));
    assertTrue(bars.get(0).contains("100%"), bars.get(0));
    assertTrue(bars.get(0).contains("200/200"), bars.get(0));
    assertTrue(bars.get(1).startsWith("load"), bars.get(1));
    assertTrue(bars.get(1).contains("8/8 MB"), bars.get(1));
  }

  /** A build that ends in the middle leaves its bar where it was. */
  @Test
  void aBarThatIsClosedSaysHowFarThePhaseCame() {
    List<String> bars =
        shown(at(BuildPhase.SCAN, 0, 200, 0), at(BuildPhase.SCAN, 50, 200, 3_000_000));
    assertEquals(1, bars.size(), bars.toString());
    assertTrue(bars.get(0).contains(" 25%"), bars.get(0));
    assertTrue(bars.get(0).contains(ByteSize.format(3_000_000) + " spilled"), bars.get(0));
  }

  @Test
  void aBuildWithoutWorkShowsNothing() {
    assertTrue(shown(at(BuildPhase.SCAN, 0, 0, 0), at(BuildPhase.COMPLETE, 0, 0, 0)).isEmpty());
    assertFalse(shown(at(BuildPhase.SCAN, 0, 1, 0)).isEmpty());
  }
}
