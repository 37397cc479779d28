package io.djinn.build.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.GinIndex;
import io.djinn.api.GinSpec;
import io.djinn.api.WriteBatch;
import io.djinn.opclass.builtin.ArrayOps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandsTest {
  private static final List<String> ROWS =
      List.of(
          "{\"a\":[\"x\",\"y\"],\"n\":[1]}",
          "{\"a\":[\"x\"],\"n\":[1,2]}",
          "{\"a\":[],\"n\":[]}",
          "{\"a\":null}",
          "{\"a\":[\"y\",null,\"y\"],\"n\":[3]}");

  @TempDir private Path directory;
  private Path db;
  private Path rows;

  @BeforeEach
  void writeRows() throws IOException {
    db = directory.resolve("db");
    rows = Files.write(directory.resolve("rows.jsonl"), ROWS);
  }

  private void create() {
    CommandRun.of("create", "--db", db, "--index", "i", "--input", rows, "--column", "a:array_ops")
        .ok();
  }

  private CommandRun query(Object... more) {
    Object[] words = new Object[5 + more.length];
    System.arraycopy(new Object[] {"query", "--db", db, "--index", "i"}, 0, words, 0, 5);
    System.arraycopy(more, 0, words, 5, more.length);
    return CommandRun.of(words);
  }

  @Test
  void rowsInsertedAreFoundWithTheirNumbers() {
    create();
    assertEquals("", query("@>", "[\"x\"]").ok().out());

    CommandRun.of("insert", "--db", db, "--index", "i").ok();

    assertEquals(
        List.of("1\t" + ROWS.get(0), "2\t" + ROWS.get(1)), query("@>", "[\"x\"]").ok().lines());
    assertEquals(List.of("1", "5"), query("@>", "[\"y\"]", "--ids").ok().lines());
    assertEquals(List.of("3"), query("=", "[]", "--ids").ok().lines());
    assertEquals(List.of("4"), query("@>", "[]", "--count").ok().lines());
    assertEquals(List.of("1"), query("&&", "[\"x\",\"y\"]", "--ids", "--limit", 1).ok().lines());
  }

  @Test
  void operatorsAndQueriesGoThroughWhateverTheyBeginWith() throws IOException {
    Files.write(rows, List.of("{\"t\":\"a fox\",\"n\":-5}", "{\"t\":\"a dog\",\"n\":5}"));
    for (String column : List.of("t:tsvector_ops/english", "n:int4_ops")) {
      String index = column.substring(0, 1);
      CommandRun.of("build", "--db", db, "--index", index, "--input", rows, "--column", column)
          .ok();
    }
    assertEquals(
        List.of("1"),
        CommandRun.of("query", "--db", db, "--index", "t", "--ids", "@@", "\"'fox'\"")
            .ok()
            .lines());
    assertEquals(
        List.of("1"),
        CommandRun.of("query", "--db", db, "--index", "n", "--ids", "--", "=", "-5").ok().lines());
  }

  @Test
  void aQueryThatTakesTooManyStepsIsNoFaultOfTheStore() {
    CommandRun.of("build", "--db", db, "--index", "i", "--input", rows, "--column", "$:jsonb_ops")
        .ok();
    CommandRun run = query("@?", "{\"query\":\"$.** ? (@ starts with \\\"q\\\")\",\"maxSteps\":1}");
    assertEquals(Failures.USAGE, run.exit(), run.out());
    assertTrue(run.err().contains("1 steps"), run.err());
  }

  @Test
  void insertGoesOnBehindTheLastRowIndexed() throws IOException {
    create();
    CommandRun first = CommandRun.of("insert", "--db", db, "--index", "i", "--json").ok();
    assertEquals("5", first.lastObject().get("rows"));
    Files.writeString(rows, "{\"a\":[\"z\"]}\n", StandardOpenOption.APPEND);

    CommandRun second =
        CommandRun.of("insert", "--db", db, "--index", "i", "--json", "--batch", 2).ok();

    assertEquals("1", second.lastObject().get("rows"));
    assertEquals("6", second.lastObject().get("lastRow"));
    assertEquals(List.of("6"), query("@>", "[\"z\"]", "--ids").ok().lines());
    assertEquals(
        "0",
        CommandRun.of("insert", "--db", db, "--index", "i", "--json")
            .ok()
            .lastObject()
            .get("rows"));
  }

  @Test
  void readingOnlyChangesNothingOnTheDisk() throws IOException {
    create();
    CommandRun.of("insert", "--db", db, "--index", "i").ok();
    try (Stream<Path> counted = Files.walk(db.resolve("sources"))) {
      for (Path path : counted.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
    Map<String, String> before = tree();

    assertEquals(
        List.of("1\t" + ROWS.get(0), "2\t" + ROWS.get(1)),
        query("@>", "[\"x\"]", "--read-only").ok().lines());
    CommandRun.of("check", "--db", db, "--rows", "--read-only").ok();
    CommandRun.of("stats", "--db", db, "--read-only").ok();
    CommandRun.of("list", "--db", db, "--read-only").ok();
    CommandRun.of("inspect", "page", "0", "--db", db, "--read-only").ok();

    assertEquals(before, tree());
  }

  /** Names below the store with sizes, times and contents. */
  private Map<String, String> tree() throws IOException {
    Map<String, String> tree = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(db)) {
      for (Path path : paths.toList()) {
        tree.put(
            db.relativize(path).toString(),
            Files.getLastModifiedTime(path)
                + (Files.isRegularFile(path)
                    ? " " + Arrays.hashCode(Files.readAllBytes(path))
                    : ""));
      }
    }
    return tree;
  }

  @Test
  void givenRowsAreInsertedAndDeleted() {
    create();
    CommandRun.of("insert", "--db", db, "--index", "i", "--rows", "5,1-2").ok();
    assertEquals(List.of("1", "2", "5"), query("@>", "[]", "--ids").ok().lines());

    CommandRun.of("delete", "--db", db, "--index", "i", "--rows", "2").ok();

    assertEquals(List.of("1", "5"), query("@>", "[]", "--ids").ok().lines());
    Map<String, String> compared =
        CommandRun.of("check", "--db", db, "--rows", "--json").ok().objects().get(0);
    assertEquals("2", compared.get("rows"));
    assertEquals("3", compared.get("absentRows"));
  }

  @Test
  void rowsBehindOneThatIsHalfWrittenAreInsertedWhenItIsWhole() throws IOException {
    create();
    CommandRun.of("insert", "--db", db, "--index", "i").ok();
    Files.writeString(rows, "{\"a\":[\"z\"", StandardOpenOption.APPEND);
    CommandRun.of("delete", "--db", db, "--index", "i", "--rows", "2").ok();
    CommandRun.of("vacuum", "--db", db, "--index", "i", "--rows", "1").ok();
    Files.writeString(rows, "]}\n{\"a\":[\"z\"]}\n", StandardOpenOption.APPEND);

    CommandRun.of("insert", "--db", db, "--index", "i").ok();

    assertEquals(List.of("6", "7"), query("@>", "[\"z\"]", "--ids").ok().lines());
    CommandRun.of("check", "--db", db, "--rows").ok();
  }

  @Test
  void aSourceThatHasChangedOtherwiseThanByGrowingIsRefusedByName() throws IOException {
    create();
    CommandRun.of("insert", "--db", db, "--index", "i").ok();
    Files.write(rows, ROWS.subList(0, 4));

    for (String command : List.of("insert", "vacuum")) {
      CommandRun run = CommandRun.of(command, "--db", db, "--index", "i");
      assertEquals(Failures.USAGE, run.exit(), run.err());
      assertTrue(run.err().contains("rows.jsonl is not what the index was built from"), run.err());
    }
    CommandRun delete = CommandRun.of("delete", "--db", db, "--index", "i", "--rows", "1");
    assertEquals(Failures.USAGE, delete.exit(), delete.err());
  }

  @Test
  void deletingTakesTheOldValuesFromTheSource() {
    create();
    CommandRun.of("insert", "--db", db, "--index", "i").ok();

    Map<String, String> deleted =
        CommandRun.of("delete", "--db", db, "--index", "i", "--rows", "1-4", "--json")
            .ok()
            .lastObject();

    assertEquals("4", deleted.get("rows"));
    assertEquals(List.of("5"), query("@>", "[]", "--ids").ok().lines());
    CommandRun.of("flush", "--db", db, "--index", "i").ok();
    Map<String, String> stats = CommandRun.of("stats", "--db", db, "--json").ok().lastObject();
    // y and a null element, of row 5.
    assertEquals("2", stats.get("keys"));
    assertEquals("2", stats.get("tids"));
    CommandRun.of("insert", "--db", db, "--index", "i", "--rows", "1-4").ok();
    CommandRun.of("check", "--db", db, "--rows").ok();
    assertEquals(List.of("1", "2"), query("@>", "[\"x\"]", "--ids").ok().lines());
  }

  @Test
  void vacuumRemovesTheRowsGiven() throws IOException {
    create();
    CommandRun.of("insert", "--db", db, "--index", "i").ok();

    Map<String, String> first =
        CommandRun.of("vacuum", "--db", db, "--index", "i", "--rows", "1,3-4", "--json")
            .ok()
            .lastObject();

    assertEquals("vacuumed", first.get("type"));
    // Row 1 has two keys; an empty array and a null row are keys too.
    assertEquals("4", first.get("tidsRemoved"));
    assertEquals("2", first.get("keysRemoved"));
    assertEquals("7", first.get("tidsTested"));
    for (String field : List.of("index", "keysWalked", "pagesFreed", "rowsMoved", "seconds")) {
      assertTrue(first.containsKey(field), field);
    }
    assertEquals(List.of("2", "5"), query("@>", "[]", "--ids").ok().lines());
    CommandRun.of("check", "--db", db, "--rows").ok();

    Path file = Files.writeString(directory.resolve("dead.txt"), "2\n\n 3-4,5 \n");
    CommandRun second = CommandRun.of("vacuum", "--db", db, "--index", "i", "--rows-file", file);

    assertTrue(second.ok().out().startsWith("index i: 3 TIDs tested, 3 removed"), second.out());
    assertEquals(List.of("0"), query("@>", "[]", "--count").ok().lines());
    assertEquals("0", CommandRun.of("stats", "--db", db, "--json").ok().lastObject().get("keys"));
    CommandRun.of("check", "--db", db, "--rows").ok();
  }

  @Test
  void vacuumWithoutRowsRemovesWhatIsNoRow() {
    create();
    CommandRun.of("insert", "--db", db, "--index", "i").ok();
    try (Djinn store = Djinn.open(db, DjinnOptions.defaults());
        WriteBatch batch = store.begin()) {
      store.gin("i").insert(batch, 900_000, List.of("x", "stray"));
      batch.commit();
    }
    assertEquals(Failures.NO, CommandRun.of("check", "--db", db, "--rows").exit());

    Map<String, String> report =
        CommandRun.of("vacuum", "--db", db, "--index", "i", "--json").ok().lastObject();

    assertEquals("2", report.get("tidsRemoved"));
    CommandRun.of("check", "--db", db, "--rows").ok();
    assertEquals(List.of("1", "2"), query("@>", "[\"x\"]", "--ids").ok().lines());
  }

  @Test
  void vacuumTakesTidsOfAnIndexWithoutASource() {
    try (Djinn store = Djinn.open(db, DjinnOptions.defaults())) {
      GinIndex index = store.createGin("own", GinSpec.column("v", ArrayOps.ofStrings()));
      try (WriteBatch batch = store.begin()) {
        for (long tid = 0; tid < 10; tid++) {
          index.insert(batch, tid, List.of("x"));
        }
        batch.commit();
      }
    }

    Map<String, String> report =
        CommandRun.of("vacuum", "--db", db, "--index", "own", "--tids", "0,7-9", "--json")
            .ok()
            .lastObject();

    assertEquals("4", report.get("tidsRemoved"));
    CommandRun unbound = CommandRun.of("vacuum", "--db", db, "--index", "own");
    assertEquals(Failures.USAGE, unbound.exit(), unbound.err());
    assertTrue(unbound.err().contains("give --tids"), unbound.err());
  }

  @Test
  void whatVacuumCanNotTakeForDeadIsNamed() throws IOException {
    create();
    Path file = Files.writeString(directory.resolve("dead.txt"), "1\nx\n");
    Map<String, List<Object>> mistakes =
        Map.of(
            "row 6: the source " + rows,
            List.of("--rows", "6"),
            "'0' is no row",
            List.of("--rows", "0"),
            "dead.txt, line 2: 'x' is no row",
            List.of("--rows-file", file),
            "missing: no such file",
            List.of("--rows-file", directory.resolve("missing")),
            "'9-1' is no TID",
            List.of("--tids", "9-1"),
            "mutually exclusive",
            List.of("--rows", "1", "--tids", "1"));

    mistakes.forEach(
        (message, words) -> {
          List<Object> all = new ArrayList<>(List.of("vacuum", "--db", db, "--index", "i"));
          all.addAll(words);
          CommandRun run = CommandRun.of(all.toArray());
          assertTrue(run.err().contains(message), run.err());
          assertEquals(Failures.USAGE, run.exit(), run.err());
        });
  }

  @Test
  void cancelledVacuumSaysSoByItsExitCodeAndIsDoneByTheNext() {
    create();
    CommandRun.of("insert", "--db", db, "--index", "i").ok();
    Cancellation cancellation = new Cancellation();
    cancellation.request();

    CommandRun run =
        CommandRun.of(cancellation, "vacuum", "--db", db, "--index", "i", "--rows", "1-5");

    assertEquals(Failures.INTERRUPTED, run.exit(), run.err());
    CommandRun.of("vacuum", "--db", db, "--index", "i", "--rows", "1-5").ok();
    assertEquals(List.of("0"), query("@>", "[]", "--count").ok().lines());
  }

  @Test
  void flushTellsTheRowsMoved() {
    create();
    CommandRun.of("insert", "--db", db, "--index", "i").ok();

    Map<String, String> flushed =
        CommandRun.of("flush", "--db", db, "--index", "i", "--json").ok().lastObject();

    assertEquals("flushed", flushed.get("type"));
    assertTrue(Long.parseLong(flushed.get("rows")) >= 0);
    assertTrue(Long.parseLong(flushed.get("pages")) >= 0);
    Map<String, String> stats = CommandRun.of("stats", "--db", db, "--json").ok().lastObject();
    assertEquals("0", stats.get("pendingRows"));
    assertEquals("0", stats.get("pendingPages"));
    assertEquals(
        "index i: 0 rows moved, 0 pages freed",
        CommandRun.of("flush", "--db", db, "--index", "i").ok().lines().get(0));
  }

  @Test
  void whereTakesConditionsOnSeveralColumns() {
    CommandRun.of(
            "build",
            "--db",
            db,
            "--index",
            "i",
            "--input",
            rows,
            "--column",
            "a:array_ops/text",
            "--column",
            "n:array_ops/int4")
        .ok();

    CommandRun found =
        query(
            "--ids",
            "--where",
            "{\"column\":\"a\",\"op\":\"@>\",\"query\":[\"x\"]}",
            "--where",
            "{\"column\":\"n\",\"op\":\"@>\",\"query\":[2]}");

    assertEquals(List.of("2"), found.ok().lines());
    CommandRun unclear = query("@>", "[\"x\"]");
    assertEquals(Failures.USAGE, unclear.exit());
    assertTrue(unclear.err().contains("--where"), unclear.err());
  }

  @Test
  void aBitmapOfBoundedMemoryGivesTheSameRows() {
    create();
    CommandRun.of("insert", "--db", db, "--index", "i").ok();
    assertEquals(
        List.of("1", "5"), query("@>", "[\"y\"]", "--ids", "--bitmap-memory", "64kB").ok().lines());
    assertEquals(
        List.of("1"), query("=", "[\"x\",\"y\"]", "--ids", "--bitmap-memory", "64kB").ok().lines());
    Map<String, String> result =
        query("@>", "[]", "--count", "--explain", "--json", "--bitmap-memory", "64kB")
            .ok()
            .lastObject();
    assertEquals("4", result.get("count"));
    assertEquals("0", result.get("lossyBlocks"));
    CommandRun small = query("@>", "[]", "--bitmap-memory", "1kB");
    assertEquals(Failures.USAGE, small.exit());
    assertTrue(small.err().contains("memoryLimit of 1024 bytes: must be 65536"), small.err());
  }

  @Test
  void aSampledAnswerSaysSo() {
    create();
    CommandRun.of("insert", "--db", db, "--index", "i").ok();
    Map<String, String> whole =
        query("@>", "[\"x\"]", "--count", "--json", "--sampling-limit", 100).ok().lastObject();
    assertEquals("2", whole.get("count"));
    assertEquals("false", whole.get("sampled"));
    CommandRun some = query("@>", "[\"x\"]", "--ids", "--sampling-limit", 1).ok();
    assertTrue(some.out().contains("sampled: rows were left out"), some.out());
    assertEquals(
        "true",
        query("@>", "[\"x\"]", "--json", "--sampling-limit", 1).ok().lastObject().get("sampled"));
    for (String bad : List.of("0", "-1", "2147483648")) {
      CommandRun refused = query("@>", "[\"x\"]", "--sampling-limit", bad);
      assertEquals(Failures.USAGE, refused.exit());
      assertTrue(refused.err().contains("must be 1 to 2147483647"), refused.err());
    }
    CommandRun both = query("@>", "[\"x\"]", "--sampling-limit", 5, "--bitmap-memory", "1MB");
    assertEquals(Failures.USAGE, both.exit());
  }

  @Test
  void jsonPutsOneObjectALineOnStandardOutput() {
    List<Map<String, String>> created =
        CommandRun.of(
                "create",
                "--db",
                db,
                "--index",
                "i",
                "--input",
                rows,
                "--column",
                "a:array_ops/text",
                "--json")
            .ok()
            .objects();
    assertEquals("created", created.get(0).get("type"));
    CommandRun.of("insert", "--db", db, "--index", "i", "--json").ok().objects();

    List<Map<String, String>> found = query("@>", "[\"x\"]", "--json", "--explain").ok().objects();

    assertEquals(3, found.size());
    assertEquals(Map.of("type", "row", "row", "1", "text", ROWS.get(0)), found.get(0));
    Map<String, String> result = found.get(2);
    assertEquals("2", result.get("count"));
    for (String counter :
        List.of(
            "streams",
            "entryPages",
            "postingPages",
            "segmentsDecoded",
            "segmentsSkipped",
            "candidates",
            "fetched",
            "rechecked")) {
      assertTrue(Long.parseLong(result.get(counter)) >= 0, counter);
    }
    CommandRun.of("flush", "--db", db, "--index", "i").ok();
    Map<String, String> listed = CommandRun.of("list", "--db", db, "--json").ok().lastObject();
    assertEquals("i", listed.get("name"));
    assertEquals("[\"a:array_ops/text\"]", listed.get("columns"));
    Map<String, String> stats = CommandRun.of("stats", "--db", db, "--json").ok().lastObject();
    // x, y, a null element, the empty array, the null row.
    assertEquals("5", stats.get("keys"));
    for (String count :
        List.of(
            "totalPages",
            "entryPages",
            "postingPages",
            "keys",
            "tids",
            "pendingPages",
            "pendingRows",
            "pendingBytes",
            "formatVersion")) {
      assertTrue(stats.containsKey(count), count);
    }
    assertEquals(
        "0", CommandRun.of("check", "--db", db, "--json").ok().lastObject().get("problems"));
    CommandRun.of("drop", "--db", db, "--index", "i", "--json").ok().objects();
    assertEquals("", CommandRun.of("list", "--db", db, "--json").ok().out());
  }

  @Test
  void buildReportsInItsLastLine() {
    Map<String, String> report =
        CommandRun.of(
                "build",
                "--db",
                db,
                "--index",
                "i",
                "--input",
                rows,
                "--column",
                "a:array_ops",
                "--workers",
                1,
                "--maintenance-work-mem",
                "4MB",
                "--json")
            .ok()
            .lastObject();

    for (String field :
        List.of(
            "seconds",
            "cpuSeconds",
            "accountedPeak",
            "spilledBytes",
            "indexBytes",
            "records",
            "scanWorkSeconds",
            "leadWorkSeconds",
            "participants")) {
      assertTrue(report.containsKey(field), field);
    }
    assertEquals("2", report.get("participants"));
    assertTrue(Long.parseLong(report.get("accountedPeak")) <= 4 << 20);
    assertEquals(List.of("1", "5"), query("@>", "[\"y\"]", "--ids").ok().lines());
    CommandRun.of("check", "--db", db, "--rows").ok();
    assertEquals(
        "inserted 0 rows into index i",
        CommandRun.of("insert", "--db", db, "--index", "i").ok().lines().get(0));
  }

  @Test
  void severalIndexesAreBuiltInOneScan() {
    List<Map<String, String>> lines =
        CommandRun.of(
                "build",
                "--db",
                db,
                "--index",
                "i",
                "--input",
                rows,
                "--column",
                "a:array_ops",
                "--also",
                "numbers=n:array_ops/int4",
                "--also",
                "both=a:array_ops",
                "--also",
                "both=n:array_ops/int4",
                "--fast-update",
                "off",
                "--json")
            .ok()
            .objects();

    assertEquals(
        List.of("i", "numbers", "both"),
        lines.stream()
            .filter(line -> line.get("type").equals("built"))
            .map(line -> line.get("index"))
            .toList());
    Map<String, String> report = lines.get(lines.size() - 1);
    assertEquals("i,numbers,both", report.get("index"));
    assertEquals("5", report.get("rows"));
    long bytes = 0;
    long tids = 0;
    for (Map<String, String> line : lines) {
      if (line.get("type").equals("built")) {
        bytes += Long.parseLong(line.get("indexBytes"));
        tids += Long.parseLong(line.get("tids"));
      }
    }
    assertEquals(Long.toString(bytes), report.get("indexBytes"));
    assertEquals(Long.toString(tids), report.get("tids"));
    assertEquals(List.of("1", "5"), query("@>", "[\"y\"]", "--ids").ok().lines());
    assertEquals(
        List.of("1", "2"),
        CommandRun.of("query", "--db", db, "--index", "numbers", "@>", "[1]", "--ids")
            .ok()
            .lines());
    CommandRun.of("check", "--db", db, "--rows").ok();
    assertEquals(3, CommandRun.of("list", "--db", db, "--json").ok().lines().size());
    assertEquals(
        "inserted 0 rows into index both",
        CommandRun.of("insert", "--db", db, "--index", "both").ok().lines().get(0));
  }

  @Test
  void aTraceIsOnStandardErrorAndFiguresOfEachPhaseAreLines() throws IOException {
    Path temp = directory.resolve("temp");
    CommandRun run =
        CommandRun.of(
            "build",
            "--db",
            db,
            "--index",
            "i",
            "--input",
            rows,
            "--column",
            "a:array_ops",
            "--workers",
            1,
            "--maintenance-work-mem",
            "4MB",
            "--temp-directory",
            temp,
            "--trace",
            "--json");

    assertEquals(Failures.OK, run.exit(), run.err());
    List<String> trace = run.err().lines().toList();
    assertTrue(trace.get(0).startsWith("plan participant=caller workers=1 reason="), run.err());
    assertEquals(2, trace.stream().filter(line -> line.startsWith("end ")).count(), run.err());
    List<Map<String, String>> lines = run.objects();
    for (String participant : List.of("0", "1")) {
      assertEquals(
          List.of("scan", "combine", "load", "complete"),
          lines.stream()
              .filter(line -> "phase".equals(line.get("type")))
              .filter(line -> participant.equals(line.get("participant")))
              .map(line -> line.get("phase"))
              .toList());
    }
    for (String field : List.of("ratio", "logBytes", "ringStalls", "syncWaitSeconds")) {
      assertTrue(run.lastObject().containsKey(field), field);
    }
    try (Stream<Path> stores = Files.list(temp)) {
      assertTrue(stores.allMatch(path -> path.getFileName().toString().startsWith("djinn-")));
    }
  }

  @Test
  void aBuildPutsItsPagesIntoTheLogWhereThatIsAskedFor() throws IOException {
    Map<String, Long> logBytes = new TreeMap<>();
    for (String logging : List.of("minimal", "full", "FULL")) {
      Map<String, String> report =
          CommandRun.of(
                  "build",
                  "--db",
                  db,
                  "--index",
                  logging,
                  "--input",
                  rows,
                  "--column",
                  "a:array_ops",
                  "--logging",
                  logging,
                  "--json")
              .ok()
              .lastObject();
      logBytes.put(logging, Long.parseLong(report.get("logBytes")));
    }
    assertTrue(logBytes.get("full") > logBytes.get("minimal"), logBytes.toString());
    assertTrue(logBytes.get("FULL") > logBytes.get("minimal"), logBytes.toString());
    CommandRun.of("check", "--db", db, "--rows").ok();
  }

  @Test
  void reindexBuildsAnIndexAnewFromAllRowsOfItsSource() throws IOException {
    create();
    CommandRun.of("insert", "--db", db, "--index", "i").ok();
    CommandRun.of("delete", "--db", db, "--index", "i", "--rows", "5").ok();
    Files.writeString(rows, "{\"a\":[\"y\"]}\n", StandardOpenOption.APPEND);

    Map<String, String> report =
        CommandRun.of("reindex", "--db", db, "--index", "i", "--workers", 1, "--json")
            .ok()
            .lastObject();

    assertEquals("6", report.get("rows"));
    assertEquals("2", report.get("participants"));
    assertEquals(List.of("1", "5", "6"), query("@>", "[\"y\"]", "--ids").ok().lines());
    CommandRun.of("check", "--db", db, "--rows").ok();
    assertEquals(
        "inserted 0 rows into index i",
        CommandRun.of("insert", "--db", db, "--index", "i").ok().lines().get(0));
    assertEquals(2, CommandRun.of("reindex", "--db", db, "--index", "j").exit());

    CommandRun traced =
        CommandRun.of("reindex", "--db", db, "--index", "i", "--workers", 1, "--trace");
    assertEquals(0, traced.exit(), traced.err());
    assertEquals(
        2, traced.err().lines().filter(line -> line.startsWith("end ")).count(), traced.err());
  }

  @Test
  void checkNamesWhatAnIndexHasBeyondItsRowsAndWhatItLacks() {
    create();
    CommandRun.of("insert", "--db", db, "--index", "i").ok();
    try (Djinn store = Djinn.open(db, DjinnOptions.defaults());
        WriteBatch batch = store.begin()) {
      GinIndex index = store.gin("i");
      index.insert(batch, 0, List.of("extra"));
      index.delete(batch, 1, List.of("x"));
      index.insert(batch, 1, List.of("other"));
      index.delete(batch, 2, List.of());
      index.insert(batch, 900_000, List.of("x"));
      batch.commit();
    }

    CommandRun check = CommandRun.of("check", "--db", db, "--rows");

    assertEquals(Failures.NO, check.exit(), check.err());
    String out = check.out();
    assertTrue(out.contains("row 1: column 0, key \"extra\" is in the index"), out);
    assertTrue(out.contains("row 2: column 0, key \"x\" is in the row, but not"), out);
    assertTrue(out.contains("row 2: column 0, key \"other\" is in the index"), out);
    assertTrue(out.contains("1 rows are not in the index, the first ones [3]"), out);
    assertTrue(out.contains("TID 900000, which is no row"), out);
  }

  @Test
  void inspectPutsEveryPageAndTheLogIntoWords() {
    create();
    CommandRun.of("insert", "--db", db, "--index", "i").ok();
    long pages =
        Long.parseLong(
            CommandRun.of("stats", "--db", db, "--json").ok().objects().get(0).get("pages"));
    StringBuilder words = new StringBuilder();
    for (long page = 0; page < pages; page++) {
      words.append(CommandRun.of("inspect", "page", page, "--db", db).ok().out());
    }

    for (String part : List.of("space", "catalog", "gin meta", "entry leaf", "key \"x\"")) {
      assertTrue(words.toString().contains(part), words.toString());
    }
    assertTrue(CommandRun.of("inspect", "wal", "--db", db).ok().out().contains("control: "));
  }

  @Test
  void cancelledBuildLeavesNothingAndSaysSoByItsExitCode() throws IOException {
    Cancellation cancellation = new Cancellation();
    cancellation.request();

    CommandRun run =
        CommandRun.of(
            cancellation,
            "build",
            "--db",
            db,
            "--index",
            "i",
            "--input",
            rows,
            "--column",
            "a:array_ops");

    assertEquals(Failures.INTERRUPTED, run.exit(), run.err());
    assertEquals("", CommandRun.of("list", "--db", db, "--json").ok().out());
    assertEquals(
        "",
        CommandRun.of("check", "--db", db, "--json").ok().objects().stream()
            .filter(o -> o.get("type").equals("problem"))
            .map(Object::toString)
            .reduce("", String::concat));
    try (var left = Files.list(db.resolve("tmp"))) {
      assertEquals(0, left.count());
    }
  }

  @Test
  void helpAndVersionAreSilentOnStandardError() {
    for (String command :
        List.of(
            "build", "create", "insert", "delete", "vacuum", "flush", "query", "drop", "list",
            "stats", "check")) {
      assertTrue(CommandRun.of(command, "--help").ok().out().contains("Usage: djinn " + command));
    }
    assertTrue(CommandRun.of("--help").ok().out().contains("golden"));
    assertTrue(CommandRun.of("--version").ok().out().startsWith("djinn "));
    assertFalse(CommandRun.of().out().contains("Exception"));
  }
}
