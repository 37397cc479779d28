package io.djinn.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.WriteBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

class WritesRunTest {
  private static final long PENDING_LIST_LIMIT = 64 << 10;
  private static final long SEED = 7;

  @TempDir Path directory;

  private WritesPlan plan() {
    return new WritesPlan(directory, SEED, 1, 10, 1, 200, 2, 200, 100, PENDING_LIST_LIMIT);
  }

  @ParameterizedTest
  @EnumSource(WritesPart.class)
  void eachPartMeasuresAndFindsItsRowsRightAndLeavesNoFile(WritesPart part) throws Exception {
    Figures figures = WritesProbe.run(part, WritesPlan.parse(plan().arguments()));
    assertEquals(part.toString(), figures.text("part"));
    for (String name : names(part)) {
      assertTrue(figures.number(name) > 0, name + " in " + figures.toJson());
    }
    // Whatever this machine is like, each bound has its figures.
    WritesBounds.broken(part, figures);
    try (var left = Files.list(directory)) {
      assertEquals(List.of(), left.toList());
    }
  }

  private static List<String> names(WritesPart part) {
    return switch (part) {
      case DURABLE ->
          List.of(
              "rawPerSecond",
              "rowsPerSecond1Thread",
              "rowsPerSecond4Threads",
              "rowsPerSecond16Threads",
              "rowsPerSecondInBatches",
              "logBytesPerCommit",
              "blockMicros");
      case ASYNC -> List.of("rowsPerSecondOf10Keys", "rowsPerSecondOf100Keys");
      case QUERIES -> List.of("emptyAbsentMicros", "fullAnyOf3Micros", "ratio");
      case CONSTANT ->
          List.of("insertP50Micros", "insertP999Micros", "rawP999Micros", "pendingSamples");
    };
  }

  @Test
  void theCommandWritesALineAPart() throws Exception {
    Path json = directory.resolve("figures.json");
    int status =
        new CommandLine(new PerfMain())
            .execute(
                "writes",
                "--parts=async,constant",
                "--rounds=1",
                "--phase-millis=10",
                "--seconds=1",
                "--rate=50",
                "--base-rows=10",
                "--different-rows=20",
                "--directory=" + directory,
                "--json=" + json);
    List<Figures> lines = Files.readAllLines(json).stream().map(WritesRunTest::parsed).toList();
    assertEquals(2, lines.size());
    assertEquals("async", lines.get(0).text("part"));
    assertEquals("constant", lines.get(1).text("part"));
    assertEquals(50, lines.get(1).number("perSecond"));
    // A loaded machine may be out of the bounds: then, and only then, the command says so.
    assertEquals(WritesBounds.broken(WritesPart.CONSTANT, lines.get(1)).isEmpty() ? 0 : 1, status);
  }

  private static Figures parsed(String line) {
    try {
      return Figures.parse(line);
    } catch (IOException e) {
      throw new AssertionError(line, e);
    }
  }

  @ParameterizedTest
  @CsvSource({"--parts=all", "--parts=constant", "--rounds=0", "--load=101", "--pending-limit=1"})
  void anOptionThatMakesNoSenseIsRefused(String option) {
    assertEquals(2, new CommandLine(new PerfMain()).execute("writes", option));
  }

  @ParameterizedTest
  @CsvSource({
    "DURABLE, shareOfRaw, 0.74",
    "DURABLE, timesOneThread, 7.9",
    "QUERIES, ratio, 2.1",
    "QUERIES, leastPendingBytes, 249",
    "CONSTANT, reachedPerSecond, 899",
    "CONSTANT, insertP999Micros, 2001",
    "CONSTANT, mostPendingBytes, 1101",
    "CONSTANT, mergeMaxMicros, 50001"
  })
  void aFigureOutOfItsBoundIsNamed(WritesPart part, String name, double value) {
    Figures figures =
        new Figures()
            .put("shareOfRaw", 0.75)
            .put("timesOneThread", 8.0)
            .put("ratio", 2.0)
            .put("pendingListLimit", 1000)
            .put("leastPendingBytes", 250)
            .put("perSecond", 1000.0)
            .put("reachedPerSecond", 900.0)
            .put("insertP50Micros", 100.0)
            .put("insertP999Micros", 2000.0)
            .put("rawP999Micros", 1000.0)
            .put("mergeMaxMicros", 50000.0)
            .put("mostPendingBytes", 1100)
            .put("logBytesPerCommit", 100);
    assertEquals(List.of(), WritesBounds.broken(part, figures));
    assertEquals(1, WritesBounds.broken(part, figures.put(name, value)).size());
  }

  @Test
  void theTailMayBeTheDisksOwn() {
    Figures figures =
        new Figures()
            .put("pendingListLimit", 1000)
            .put("perSecond", 1.0)
            .put("reachedPerSecond", 1.0)
            .put("insertP50Micros", 1.0)
            .put("insertP999Micros", 2000.0)
            .put("rawP999Micros", 1000.0)
            .put("mergeMaxMicros", 50000.0)
            .put("mostPendingBytes", 0)
            .put("logBytesPerCommit", 100);
    assertEquals(List.of(), WritesBounds.broken(WritesPart.CONSTANT, figures));
    figures.put("rawP999Micros", 999.0);
    assertEquals(1, WritesBounds.broken(WritesPart.CONSTANT, figures).size());
  }

  @Test
  void aStoreThatLacksOrHasARowTooManyIsFoundOut() {
    TrigramRows rows = new TrigramRows(WritesPlan.KEYS_PER_ROW, 30, SEED);
    try (Djinn db = Djinn.open(directory, DjinnOptions.defaults())) {
      TrigramStore store = TrigramStore.create(db, "trigrams", rows, true, PENDING_LIST_LIMIT);
      store.fill(70);
      store.check(db, SEED);
      change(store, rows, 35, false);
      assertThrows(IllegalStateException.class, () -> store.check(db, SEED));
      change(store, rows, 35, true);
      store.check(db, SEED);
      change(store, rows, 1000, true);
      assertThrows(IllegalStateException.class, () -> store.check(db, SEED));
    }
  }

  private static void change(TrigramStore store, TrigramRows rows, long tid, boolean isInsert) {
    try (WriteBatch batch = store.db().begin()) {
      if (isInsert) {
        store.index().insert(batch, tid, rows.row(tid));
      } else {
        store.index().delete(batch, tid, rows.row(tid));
      }
      batch.commit();
    }
  }

  @Test
  void aPauseIsFeltByAllThatArriveInIt() throws Exception {
    AtomicLong number = new AtomicLong();
    Histogram latencies = OpenLoop.histogram();
    long pauseNanos = 200_000_000;
    new OpenLoop(1, 1000)
        .run(
            500_000_000,
            () -> {
              if (number.getAndIncrement() == 100) {
                long end = System.nanoTime() + pauseNanos;
                while (System.nanoTime() < end) {
                  Thread.onSpinWait();
                }
              }
            },
            latencies);
    assertEquals(500, latencies.getTotalCount());
    // Half of the 200 that arrive in the pause wait for at least half of it.
    assertTrue(latencies.getMaxValue() >= pauseNanos);
    assertTrue(latencies.getCountBetweenValues(pauseNanos / 2, Long.MAX_VALUE) >= 100);
  }

  @Test
  void theLogGoesRoundInItsFile() throws IOException {
    Path file = directory.resolve("raw");
    try (RawAppends raw = new RawAppends(file)) {
      long size = Files.size(file);
      raw.append(1 << 20);
      assertTrue(raw.perSecond(1 << 20, 1) > 0);
      assertEquals(3, raw.blockNanos(3).length);
      for (int i = 0; i < 64; i++) {
        raw.append((1 << 20) - 1);
      }
      assertEquals(size, Files.size(file));
      assertThrows(IllegalArgumentException.class, () -> raw.append(0));
    }
    assertTrue(Files.notExists(file));
  }
}
