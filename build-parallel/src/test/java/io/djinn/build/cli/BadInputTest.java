package io.djinn.build.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each mistake of a user gives one message that names it, no stack trace, and its exit code. */
class BadInputTest {
  @TempDir private Path directory;

  private Path db() {
    return directory.resolve("db");
  }

  private Path rows(String... lines) throws IOException {
    return Files.write(directory.resolve("rows.jsonl"), List.of(lines));
  }

  private CommandRun create(String name, Path rows, String column) {
    return CommandRun.of(
        "create", "--db", db(), "--index", name, "--input", rows, "--column", column);
  }

  private void index(String... lines) throws IOException {
    create("i", rows(lines), "a:array_ops/text").ok();
  }

  private CommandRun insert() {
    return CommandRun.of("insert", "--db", db(), "--index", "i");
  }

  private static void refused(int exit, CommandRun run, String... parts) {
    assertEquals(exit, run.exit(), run.out() + run.err());
    assertEquals("", run.out());
    assertTrue(run.err().startsWith("djinn: "), run.err());
    assertFalse(run.err().contains("\tat "), run.err());
    assertFalse(run.err().contains("Exception"), run.err());
    for (String part : parts) {
      assertTrue(run.err().contains(part), run.err());
    }
  }

  private static void mistake(CommandRun run, String... parts) {
    refused(Failures.USAGE, run, parts);
  }

  @Test
  void malformedJsonNamesFileLineAndColumn() throws IOException {
    Path rows = rows("{\"a\":[\"x\"]}", "{\"a\":[\"x\",}");
    create("i", rows, "a:array_ops").ok();

    mistake(insert(), "rows.jsonl, line 2, column 11", "malformed JSON");
    mistake(
        CommandRun.of(
            "build", "--db", db(), "--index", "b", "--input", rows, "--column", "a:array_ops"),
        "rows.jsonl, line 2, column 11",
        "malformed JSON");
    assertEquals(1, CommandRun.of("list", "--db", db(), "--json").ok().lines().size());
  }

  @Test
  void whatCanNotBeBuiltBesideAnIndexIsNamedAndNothingIsBuilt() throws IOException {
    Path rows = rows("{\"a\":[\"x\"]}", "{\"a\":[\"y\"]}");

    mistake(also(rows, "b"), "--also b:");
    mistake(also(rows, "1=a:array_ops"), "index name \"1\"");
    mistake(also(rows, "i=a:array_ops"), "index name \"i\" is given twice");
    mistake(also(rows, "b=c:array_ops"), "column c", "rows.jsonl");
    mistake(also(rows, "b=a:no_ops"), "no_ops");
    assertEquals("", CommandRun.of("list", "--db", db(), "--json").ok().out());
  }

  private CommandRun also(Path rows, String column) {
    return CommandRun.of(
        "build",
        "--db",
        db(),
        "--index",
        "i",
        "--input",
        rows,
        "--column",
        "a:array_ops",
        "--also",
        column);
  }

  @Test
  void fieldNoRowHasIsNamed() throws IOException {
    mistake(create("i", rows("{\"a\":[]}"), "b:array_ops"), "column b", "rows.jsonl");
  }

  @Test
  void fieldOfAnotherTypeNamesTheTypesTaken() throws IOException {
    index("{\"a\":[\"x\"]}", "{\"a\":{\"b\":1}}");

    mistake(insert(), "rows.jsonl, line 2", "\"a\"", "array");
  }

  @Test
  void keyOverTheLimitNamesColumnSizeAndLimit() throws IOException {
    index("{\"a\":[\"" + "x".repeat(5000) + "\"]}");

    mistake(insert(), "column \"a\"", "5000 bytes", "limit of ");
    mistake(
        CommandRun.of(
            "build",
            "--db",
            db(),
            "--index",
            "b",
            "--input",
            directory.resolve("rows.jsonl"),
            "--column",
            "a:array_ops"),
        "column \"a\"",
        "5000 bytes",
        "limit of ");
  }

  @Test
  void unknownIndexColumnOperatorAndClassNameTheValidOnes() throws IOException {
    index("{\"a\":[\"x\"]}");
    insert().ok();

    mistake(CommandRun.of("query", "--db", db(), "--index", "j", "@>", "[]"), "\"j\"", "[i]");
    mistake(
        CommandRun.of(
            "query",
            "--db",
            db(),
            "--index",
            "i",
            "--where",
            "{\"column\":\"b\",\"op\":\"@>\",\"query\":[]}"),
        "column b",
        "a:array_ops/text");
    mistake(
        CommandRun.of("query", "--db", db(), "--index", "i", "~", "[]"), "\"~\"", "&&, @>, <@, =");
    mistake(create("k", rows("{\"a\":[]}"), "a:arrray_ops"), "\"arrray_ops\"", "array_ops");
    mistake(create("k", rows("{\"a\":[]}"), "a:array_ops/int3"), "int3", "text, int4, int8");
    mistake(create("k", rows("{\"a\":[]}"), "a"), "operator class");
  }

  @Test
  void queryThatIsNoJsonOrOfAnotherTypeIsRefused() throws IOException {
    index("{\"a\":[\"x\"]}");

    mistake(CommandRun.of("query", "--db", db(), "--index", "i", "@>", "[x"), "[x", "JSON");
    mistake(CommandRun.of("query", "--db", db(), "--index", "i", "@>", "5"), "@>");
    mistake(CommandRun.of("query", "--db", db(), "--index", "i", "@>"), "@>");
    mistake(CommandRun.of("query", "--db", db(), "--index", "i"), "nothing is asked");
    mistake(CommandRun.of("query", "--db", db(), "--index", "i", "--where", "{\"x\":1}"), "\"x\"");
  }

  @Test
  void loggingThatIsNoneNamesTheKindsThereAre() throws IOException {
    Path rows = rows("{\"a\":[\"x\"]}");
    for (String logging : List.of("some", "")) {
      mistake(
          CommandRun.of(
              "build",
              "--db",
              db(),
              "--index",
              "i",
              "--input",
              rows,
              "--column",
              "a:array_ops",
              "--logging",
              logging),
          "'" + logging + "'",
          "minimal or full");
    }
    assertFalse(Files.exists(db()));
  }

  @Test
  void nameInUseIsRefused() throws IOException {
    index("{\"a\":[\"x\"]}");

    mistake(create("i", rows("{\"a\":[\"x\"]}"), "a:array_ops"), "\"i\"", "in use");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1a", "a b", "a/b", "ä"})
  void badNameIsRefusedBeforeAnythingIsMade(String name) throws IOException {
    mistake(create(name, rows("{\"a\":[\"x\"]}"), "a:array_ops"), "\"" + name + "\"", "A-Za-z");
    assertFalse(Files.exists(db()));
  }

  @Test
  void sourceThatChangedIsNamed() throws IOException {
    index("{\"a\":[\"x\"]}", "{\"a\":[\"y\"]}");
    insert().ok();
    rows("{\"a\":[\"z\"]}", "{\"a\":[\"y\"]}");

    mistake(insert(), "rows.jsonl", "changed");
    mistake(CommandRun.of("query", "--db", db(), "--index", "i", "@>", "[]"), "changed");
    Files.delete(directory.resolve("rows.jsonl"));
    mistake(insert(), "rows.jsonl", "no such file");
  }

  @Test
  void rowsTheSourceLacksAreRefused() throws IOException {
    index("{\"a\":[\"x\"]}");

    mistake(CommandRun.of("insert", "--db", db(), "--index", "i", "--rows", "2"), "row 2", "1 row");
    mistake(CommandRun.of("delete", "--db", db(), "--index", "i", "--rows", "1-9"), "row 9");
    mistake(CommandRun.of("delete", "--db", db(), "--index", "i", "--rows", "0"), "'0'");
  }

  @Test
  void inputThatIsNoFileIsRefusedBeforeAnythingIsMade() {
    mistake(create("i", directory.resolve("none.jsonl"), "a:array_ops"), "none.jsonl");
    mistake(create("i", directory, "a:array_ops"), "directory");
    assertFalse(Files.exists(db()));
  }

  @Test
  void directoryInUseIsRefused() throws IOException {
    index("{\"a\":[\"x\"]}");
    try (Djinn open = Djinn.open(db(), DjinnOptions.defaults())) {
      assertEquals(1, open.indexes().size());

      refused(Failures.STORE, insert(), "open already");
      refused(Failures.STORE, CommandRun.of("inspect", "wal", "--db", db()), "open already");
    }
  }

  @Test
  void directoryThatIsNoStoreIsRefusedAndLeftAsItIs() throws IOException {
    Path other = Files.createDirectory(directory.resolve("other"));
    Path file = Files.writeString(other.resolve("letter.txt"), "dear");

    mistake(CommandRun.of("list", "--db", other), "no Djinn store");
    mistake(CommandRun.of("list", "--db", directory.resolve("none")), "none", "no such directory");
    mistake(CommandRun.of("list", "--db", file), "no directory");
    mistake(CommandRun.of("inspect", "wal", "--db", other), "no Djinn store");
    mistake(
        CommandRun.of(
            "create",
            "--db",
            other,
            "--index",
            "i",
            "--input",
            rows("{\"a\":[]}"),
            "--column",
            "a:array_ops"),
        "no Djinn store",
        "letter.txt");
    assertEquals(List.of(file), files(other));
  }

  private static List<Path> files(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.toList();
    }
  }

  @Test
  void storeOfAnotherFormatVersionIsRefused() throws IOException {
    index("{\"a\":[\"x\"]}");
    Path control = db().resolve("control");
    byte[] bytes = Files.readAllBytes(control);
    for (int slot : new int[] {0, 4096}) {
      ByteBuffer fields = ByteBuffer.wrap(bytes, slot, 512).slice().order(ByteOrder.LITTLE_ENDIAN);
      fields.putInt(8, 99).putInt(12, 0);
      CRC32C crc = new CRC32C();
      crc.update(fields.duplicate());
      fields.putInt(12, (int) crc.getValue());
    }
    Files.write(control, bytes);

    refused(Failures.STORE, insert(), "format version 99");
  }

  @Test
  void damagedStoreIsRefused() throws IOException {
    index("{\"a\":[\"x\"]}");
    insert().ok();
    Path pages = db().resolve("pages");
    byte[] bytes = Files.readAllBytes(pages);
    for (int page = 1; page < bytes.length / 8192; page++) {
      bytes[page * 8192 + 40] ^= 1;
    }
    Files.write(pages, bytes);

    refused(
        Failures.STORE,
        CommandRun.of("query", "--db", db(), "--index", "i", "@>", "[]"),
        "page ",
        "checksum");
  }

  @Test
  void tooLittleMemoryForTheWorkersAskedForGivesFewerAndSaysSo() throws IOException {
    CommandRun run =
        CommandRun.of(
            "build",
            "--db",
            db(),
            "--index",
            "i",
            "--input",
            rows("{\"a\":[\"x\"]}"),
            "--column",
            "a:array_ops",
            "--workers",
            8,
            "--maintenance-work-mem",
            "2MB",
            "--json");

    assertEquals("2", run.ok().lastObject().get("participants"));
    assertTrue(run.lastObject().get("plan").contains("8"), run.out());
  }

  @Test
  void placeThatCanNotBeWrittenIsNamed() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");

    refused(
        Failures.STORE,
        CommandRun.of(
            "create",
            "--db",
            file.resolve("db"),
            "--index",
            "i",
            "--input",
            rows("{\"a\":[]}"),
            "--column",
            "a:array_ops"),
        "file");
  }

  @ParameterizedTest
  @CsvSource({
    "--page-size, 3000, power of two",
    "--page-size, 100, 512 to 65536",
    "--page-size, 8 feet, '8 feet'",
    "--frame-memory, 1kB, frameMemory",
    "--log-segment-size, 2GB, 65536 to 1073741824",
    "--log-limit, 16MB, at least 4 segments",
    "--durability, often, 'often'",
    "--durability, group:99999999, 60000",
    "--fill-factor, 40, 50 to 100",
    "--parallel-workers, 2000, 0 to 1024",
    "--block-size, 1, 512",
    "--using, rum, known is gin",
    "--positions, maybe, 'maybe'",
    "--positions, on, gives payloads"
  })
  void optionOutOfBoundsNamesTheBounds(String option, String value, String part)
      throws IOException {
    mistake(
        CommandRun.of(
            "create",
            "--db",
            db(),
            "--index",
            "i",
            "--input",
            rows("{\"a\":[]}"),
            "--column",
            "a:array_ops",
            option,
            value),
        part);
  }

  @ParameterizedTest
  @CsvSource({
    "--workers, 2000, 0 to 1024",
    "--maintenance-work-mem, 1kB, 1048576",
    "--max-parallel-maintenance-workers, -1, 0 to 1024"
  })
  void optionOfABuildOutOfBoundsNamesTheBounds(String option, String value, String part)
      throws IOException {
    mistake(
        CommandRun.of(
            "build",
            "--db",
            db(),
            "--index",
            "i",
            "--input",
            rows("{\"a\":[]}"),
            "--column",
            "a:array_ops",
            option,
            value),
        part);
  }

  @Test
  void wordsThatAreNoCommandAreRefused() {
    mistake(CommandRun.of("creat"), "creat", "--help");
    mistake(CommandRun.of(), "missing command");
    mistake(CommandRun.of("inspect"), "page N, or wal");
    mistake(CommandRun.of("list"), "--db");
    mistake(CommandRun.of("list", "--db", directory, "--bogus"), "--bogus");
  }
}
