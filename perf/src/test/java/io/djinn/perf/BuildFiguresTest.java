package io.djinn.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class BuildFiguresTest {
  private static Figures build(double seconds, double cpuSeconds) {
    return new Figures()
        .put("seconds", seconds)
        .put("cpuSeconds", cpuSeconds)
        .put("processCpuSeconds", cpuSeconds + 1)
        .put("lonelyShare", 0.04)
        .put("indexBytes", 300L)
        .put("tids", 100L);
  }

  @Test
  void theCeilingIsWhatTwoBuildsThatShareNothingReachUntilTheLaterOneEnds() {
    Figures ratios =
        BuildRatios.of(
            build(9, 8),
            build(6, 10),
            build(10, 9),
            build(11, 10),
            build(12.5, 12.5),
            build(15, 20).put("indexBytes", 600L));
    assertEquals(1.5, ratios.number("speedUp"));
    assertEquals(1.6, ratios.number("ceiling"));
    assertEquals(1.5 / 1.6, ratios.number("shareOfCeiling"));
    assertEquals(1.25, ratios.number("cpuRatio"));
    assertEquals(11 / 9.0, ratios.number("processCpuRatio"));
    assertEquals(1.25, ratios.number("togetherCpuRatio"));
    assertEquals(10 / 12.0, ratios.number("busyShare"));
    assertEquals(3, ratios.number("bytesPerTid"));
    assertEquals(2.5, ratios.number("luceneTimes"));
    assertEquals(0.5, ratios.number("luceneBytesShare"));
  }

  @Test
  void withoutLuceneThereAreNoRatiosToIt() {
    Figures one = build(1, 1);
    assertFalse(BuildRatios.of(one, one, one, one, one, null).has("luceneTimes"));
  }

  @Test
  void aBuildWithOtherCountsThanTheFirstOneEndsTheRun() {
    Figures first = new Figures().put("keys", 7L).put("tids", 9L);
    SettingRun.requireSameCounts("lucene", first, first);
    for (String count : List.of("keys", "tids")) {
      Figures other = new Figures().putAll(first).put(count, 8L);
      IllegalStateException e =
          assertThrows(
              IllegalStateException.class,
              () -> SettingRun.requireSameCounts("lucene", first, other));
      assertTrue(e.getMessage().startsWith("lucene: " + count + ": found 8"), e.getMessage());
    }
  }

  @Test
  void eachBoundIsMetAtItsLimitAndMissedBeyond() {
    Figures atLimits =
        new Figures()
            .put("serialSeconds", 8.0)
            .put("speedUp", 1.8)
            .put("shareOfCeiling", 0.93)
            .put("cpuRatio", 1.1)
            .put("lonelyShare", 0.05)
            .put("mostAccountedShare", 1.0)
            .put("mostRssAnonOverMiB", 32.0)
            .put("luceneTimes", 2.5)
            .put("luceneBytesShare", 1.0)
            .put("postgresTimes", 8.0);
    List<BuildBound> bounds = BuildBound.of(BuildSetting.ARRAYS, 8, atLimits);
    assertEquals(atLimits.names().size(), bounds.size());
    for (BuildBound bound : bounds) {
      assertTrue(bound.isMet(), bound.text());
      assertFalse(bound.isBroken(), bound.text());
      double beyond = bound.value() * (bound.isLeast() ? 0.999 : 1.001);
      Figures missed = new Figures().putAll(atLimits).put(bound.figure(), beyond);
      List<BuildBound> broken =
          BuildBound.of(BuildSetting.ARRAYS, 8, missed).stream().filter(b -> !b.isMet()).toList();
      assertEquals(1, broken.size(), bound.text());
      assertEquals(bound.figure(), broken.get(0).figure());
      assertEquals(!bound.isAim(), broken.get(0).isBroken());
      assertTrue(broken.get(0).text().endsWith("MISSED"), broken.get(0).text());
    }
  }

  @Test
  void luceneIsToBeBeatenByMoreOnTheArrays() {
    Figures figures = new Figures().put("luceneTimes", 1.4);
    assertTrue(BuildBound.of(BuildSetting.ARRAYS, 8, figures).get(0).isBroken());
    assertFalse(BuildBound.of(BuildSetting.PATHS, 8, figures).get(0).isBroken());
  }

  @Test
  void aTableGrowsUntilItsSerialBuildTakesLongEnough() {
    TableSize size = new TableSize(1, 10);
    assertEquals(new TableSize(5, 10), size.grown(2, null, 0, 8));
    assertEquals(new TableSize(3, 10), size.grown(7.99, null, 0, 20));
    assertEquals(new TableSize(2, 10), size.grown(9, null, 0, 8));
    assertEquals(new TableSize(1000, 10), size.grown(0, null, 0, 8));
    TableSize five = new TableSize(5, 10);
    // Of 3.25 s, 1 s is there whatever the copies; each one adds 0.45 s.
    assertEquals(new TableSize(18, 10), five.grown(3.25, size, 1.45, 8.18));
    // Noise, less time for more copies: half of their average, 0.2 s each.
    assertEquals(new TableSize(21, 10), five.grown(2, size, 2.25, 4.7));
    // More time than its share: the share.
    assertEquals(new TableSize(11, 10), five.grown(4, size, 0.1, 7.9));
    assertThrows(IllegalArgumentException.class, () -> new TableSize(0, 1));
    assertThrows(IllegalArgumentException.class, () -> new TableSize(1001, 1));
    assertThrows(IllegalArgumentException.class, () -> new TableSize(1, 0));
  }

  @Test
  void whatPsqlPrintsIsReadAsBuilds() {
    List<String> lines = List.of("180006|500", "100.5", "103.0|4096", "200.0", "201.25|8192");
    List<Figures> builds = PostgresPeer.parse(lines, 500, List.of(0, 1));
    assertEquals(2.5, builds.get(0).number("seconds"));
    assertEquals(4096, builds.get(0).number("indexBytes"));
    assertEquals(0, builds.get(0).number("workers"));
    assertEquals(1.25, builds.get(1).number("seconds"));
    assertEquals(8192, builds.get(1).number("indexBytes"));
    assertEquals(180006, builds.get(1).number("serverVersion"));
    assertThrows(IllegalStateException.class, () -> PostgresPeer.parse(lines, 501, List.of(0, 1)));
    assertThrows(
        IllegalStateException.class,
        () -> PostgresPeer.parse(lines.subList(0, 4), 500, List.of(0, 1)));
  }
}
