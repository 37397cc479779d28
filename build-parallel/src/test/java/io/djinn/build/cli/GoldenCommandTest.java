package io.djinn.build.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.testkit.SharedFiles;
import io.djinn.testkit.Tier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoldenCommandTest {
  private static final String NONE =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  /** Of the text "1". */
  private static final String ONE =
      "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b";

  @TempDir private Path directory;
  private Path data;

  @BeforeEach
  void writeData() throws IOException {
    data = Files.createDirectory(directory.resolve("data"));
    Files.write(data.resolve("d.jsonl"), List.of("{\"a\":[1,2]}", "{\"a\":[2]}"));
  }

  private Path golden(String... lines) throws IOException {
    return Files.write(directory.resolve("g.jsonl"), List.of(lines));
  }

  private static String line(String opclass, String query, int count, String rows, String hash) {
    return "{\"data\":\"d.jsonl\",\"column\":\"a\",\"opclass\":\""
        + opclass
        + "\",\"element\":\"int4\",\"op\":\"@>\",\"query\":"
        + query
        + ",\"count\":"
        + count
        + ",\"rows_sha256\":\""
        + hash
        + "\",\"rows\":"
        + rows
        + "}";
  }

  private CommandRun run(Path file, Object... more) {
    Object[] words = new Object[5 + more.length];
    System.arraycopy(new Object[] {"golden", "--data", data, "--json", file}, 0, words, 0, 5);
    System.arraycopy(more, 0, words, 5, more.length);
    return CommandRun.of(words);
  }

  /** How the rows of a file's data come into its indexes. */
  private enum Way {
    BUILT("--load=build"),
    PENDING("--load=insert", "--fast-update=on", "--batch=700"),
    MERGED("--load=insert", "--fast-update=on", "--flush"),
    INSERTED("--load=insert", "--fast-update=off", "--batch=700");

    private final List<String> options;

    Way(String... options) {
      this.options = List.of(options);
    }
  }

  /** The indexes that the lines of each file ask for. */
  private static final Map<String, Integer> INDEXES =
      Map.ofEntries(
          Map.entry("array", 7),
          Map.entry("tsvector", 5),
          Map.entry("jsonb", 4),
          Map.entry("jsonb_path", 4),
          Map.entry("trgm", 8),
          Map.entry("hstore", 2),
          Map.entry("btree_gin", 9),
          Map.entry("multicolumn", 3),
          Map.entry("tokens", 0),
          Map.entry("lexemes", 0),
          Map.entry("stems", 0),
          Map.entry("trigrams", 0),
          Map.entry("similarity", 0));

  /** Most files once; in the proof tier all of them, their indexes made in every way. */
  private static List<Arguments> goldenFiles() {
    if (Tier.current() == Tier.QUICK) {
      return List.of(
          Arguments.of("tsvector", Way.BUILT),
          Arguments.of("multicolumn", Way.BUILT),
          Arguments.of("btree_gin", Way.PENDING),
          Arguments.of("hstore", Way.INSERTED),
          Arguments.of("array", Way.MERGED),
          Arguments.of("tokens", Way.BUILT),
          Arguments.of("lexemes", Way.BUILT),
          Arguments.of("stems", Way.BUILT),
          Arguments.of("trigrams", Way.BUILT),
          Arguments.of("similarity", Way.BUILT));
    }
    List<Arguments> all = new ArrayList<>();
    INDEXES.forEach(
        (name, indexes) -> {
          for (Way way : indexes == 0 ? new Way[] {Way.BUILT} : Way.values()) {
            // A list that was merged is a tree like one of inserts: once is enough.
            if (way != Way.MERGED || name.equals("array")) {
              all.add(Arguments.of(name, way));
            }
          }
        });
    return all;
  }

  @ParameterizedTest
  @MethodSource("goldenFiles")
  void allLinesAreAnsweredAsPostgresDoes(String name, Way way) throws IOException {
    Path file = SharedFiles.golden(name + ".jsonl");
    List<Object> words = new ArrayList<>(List.of("golden", "--data"));
    words.add(file.resolve("../../data").normalize());
    words.add("--json");
    words.addAll(way.options);
    words.add(file);
    CommandRun run = CommandRun.of(words.toArray());

    run.ok();
    List<Map<String, String>> objects = run.objects();
    assertEquals(
        (long) INDEXES.get(name),
        objects.stream().filter(o -> o.get("type").equals("index")).count());
    assertEquals(String.valueOf(Files.readAllLines(file).size()), run.lastObject().get("passed"));
    assertEquals("0", run.lastObject().get("failed"));
    assertEquals("0", run.lastObject().get("errors"));
    if (name.equals("array")) {
      assertEquals(
          "{\"array_ops\":{\"passed\":475,\"failed\":0,\"errors\":0}}",
          run.lastObject().get("byOpclass"));
    }
  }

  @Test
  void wrongAnswerIsShownBesideTheExpectedOne() throws IOException {
    CommandRun run =
        run(
            golden(
                line("array_ops", "[1]", 1, "[1]", ONE),
                line("array_ops", "[1]", 0, "[]", NONE),
                line("array_ops", "[1]", 1, "[1]", NONE)));

    assertEquals(Failures.NO, run.exit(), run.err());
    assertEquals("", run.err());
    List<Map<String, String>> failures =
        run.objects().stream().filter(o -> o.get("type").equals("failure")).toList();
    assertEquals(2, failures.size());
    assertEquals("2", failures.get(0).get("line"));
    assertEquals("query", failures.get(0).get("kind"));
    assertEquals("[1]", failures.get(0).get("query"));
    assertEquals("{\"count\":0,\"rows\":[]}", failures.get(0).get("expected"));
    assertEquals("{\"count\":1,\"rows\":[1]}", failures.get(0).get("actual"));
    assertEquals("1", run.lastObject().get("passed"));
    assertEquals("2", run.lastObject().get("failed"));
  }

  @Test
  void operatorClassThatIsNotThereIsAnErrorOfEachOfItsQueries() throws IOException {
    CommandRun run =
        run(
            golden(
                line("array_ops", "[1]", 1, "[1]", ONE),
                line("rum_ops", "[1]", 1, "[1]", ONE),
                line("rum_ops", "[2]", 1, "[1]", ONE)));

    assertEquals(Failures.NO, run.exit());
    assertEquals("2", run.lastObject().get("errors"));
    assertEquals(
        "{\"array_ops\":{\"passed\":1,\"failed\":0,\"errors\":0},"
            + "\"rum_ops\":{\"passed\":0,\"failed\":0,\"errors\":2}}",
        run.lastObject().get("byOpclass"));
    assertTrue(run.out().contains("unknown operator class"), run.out());
  }

  @Test
  void callThatThrowsIsAnErrorOfItsLine() throws IOException {
    String line =
        "{\"data\":\"d.jsonl\",\"row\":99,\"column\":\"a\",\"config\":\"simple\",\"lexemes\":[]}";

    CommandRun run = run(golden(line, line));

    assertEquals(Failures.NO, run.exit(), run.err());
    assertEquals("", run.err());
    assertEquals("2", run.lastObject().get("errors"));
    assertEquals(
        "{\"lexemes\":{\"passed\":0,\"failed\":0,\"errors\":2}}",
        run.lastObject().get("byOpclass"));
    Map<String, String> failure = run.objects().get(0);
    assertEquals("lexemes", failure.get("kind"));
    assertTrue(failure.get("error").contains("99"), failure.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"word\":\"a\",\"lexemes\":[],\"config\":\"english\"}",
        "{\"word\":\"a\"}",
        "{\"word\":5,\"lexemes\":[]}",
        "{\"word\":\"a\",\"lexemes\":\"a\"}",
        "{\"word\":\"a\",\"lexemes\":[{}]}",
        "{\"text\":\"a\",\"trigrams\":[]}",
        "[]"
      })
  void callsWithOtherFieldsAreRefusedByFileAndLine(String bad) throws IOException {
    CommandRun run = run(golden("{\"word\":\"a\",\"lexemes\":[]}", bad));

    assertEquals(Failures.USAGE, run.exit(), run.out());
    assertEquals("", run.out());
    assertTrue(run.err().contains("g.jsonl, line 2"), run.err());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"source\":{\"function\":\"tsquery\",\"text\":\"a\",\"x\":1}",
        "\"source\":{\"function\":\"tsquery\"}",
        "\"source\":5",
        "\"order\":\"up\"",
        "\"columns\":[\"a:array_ops\"]"
      })
  void queriesWithOtherFieldsAreRefusedByFileAndLine(String more) throws IOException {
    String good = line("array_ops", "[1]", 1, "[1]", ONE);

    CommandRun run = run(golden(good, good.replaceFirst("\\{", "{" + more + ",")));

    assertEquals(Failures.USAGE, run.exit(), run.out());
    assertTrue(run.err().contains("g.jsonl, line 2"), run.err());
  }

  @Test
  void andIntersectsConditionsOfSeveralColumns() throws IOException {
    Files.write(
        data.resolve("d.jsonl"),
        List.of("{\"a\":[\"x\"],\"b\":[\"y\"]}", "{\"a\":[\"x\"],\"b\":[\"z\"]}"));
    String conditions =
        "[{\"column\":\"a\",\"op\":\"@>\",\"query\":[\"x\"]},"
            + "{\"column\":\"b\",\"op\":\"&&\",\"query\":[\"y\"]}]";
    String line =
        "{\"data\":\"d.jsonl\",\"columns\":[\"a:array_ops\",\"b:array_ops\"],"
            + "\"opclass\":\"gin_multicolumn\",\"op\":\"and\",\"query\":"
            + conditions
            + ",\"count\":1,\"rows_sha256\":\""
            + ONE
            + "\",\"rows\":[1]}";

    run(golden(line)).ok();
  }

  @Test
  void onlyAndFailFastLimitWhatIsCompared() throws IOException {
    Path file =
        golden(
            line("array_ops", "[1]", 1, "[1]", ONE),
            line("rum_ops", "[1]", 1, "[1]", ONE),
            line("rum_ops", "[1]", 1, "[1]", ONE));

    assertEquals("1", run(file, "--only", "array_ops").ok().lastObject().get("passed"));
    assertEquals("1", run(file, "--fail-fast", 1).lastObject().get("errors"));
    CommandRun nothing = run(file, "--only", "none");
    assertEquals(Failures.NO, nothing.exit());
    assertEquals("summary", nothing.lastObject().get("type"));
  }

  @Test
  void badLinesAreRefusedByFileAndLine() throws IOException {
    String good = line("array_ops", "[1]", 1, "[1]", ONE);
    for (String bad :
        List.of("{", "5", good.replace("\"count\"", "\"cuont\""), good.replace("[1]", "\"x\""))) {
      CommandRun run = run(golden(good, bad));

      assertEquals(Failures.USAGE, run.exit(), run.out());
      assertEquals("", run.out());
      assertTrue(run.err().contains("g.jsonl, line 2"), run.err());
    }
    assertEquals(Failures.USAGE, run(directory.resolve("none.jsonl")).exit());
    assertEquals(Failures.USAGE, run(golden("{\"x\":1}")).exit());
    assertEquals(Failures.USAGE, run(golden()).exit());
    CommandRun noData = run(golden(good.replace("d.jsonl", "missing.jsonl")));
    assertEquals(Failures.USAGE, noData.exit());
    assertTrue(noData.err().contains("missing.jsonl.gz"), noData.err());
  }

  @Test
  void everythingIsWrittenToTheWorkDirectory() throws IOException {
    Path work = directory.resolve("work");
    Path file = golden(line("array_ops", "[1]", 1, "[1]", ONE));

    run(file, "--work", work).ok();

    assertTrue(Files.exists(work.resolve("store/control")));
    assertEquals(Failures.USAGE, run(file, "--work", work).exit());
    try (var files = Files.list(data)) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void peopleGetATableAndFailuresInWords() throws IOException {
    Path file = golden(line("array_ops", "[1]", 0, "[]", NONE));

    CommandRun run = CommandRun.of("golden", "--data", data, file);

    assertEquals(Failures.NO, run.exit());
    assertTrue(run.out().contains("g.jsonl, line 1: a:array_ops/int4 @> [1]: expected 0"));
  }
}
