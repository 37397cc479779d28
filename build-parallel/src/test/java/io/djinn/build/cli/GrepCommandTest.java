package io.djinn.build.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.djinn.build.cli.grep.RawText;
import io.djinn.testkit.TestSeed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code djinn grep} beside the {@code grep} of the machine. */
class GrepCommandTest {
  private static final int PATTERNS = 200;
  private static final int GREP_BUFFER = 96 << 10;

  @TempDir private Path directory;

  private static CommandRun run(List<Object> words) throws IOException, InterruptedException {
    Path out = Files.createTempFile("grep", "out");
    Path err = Files.createTempFile("grep", "err");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(words.stream().map(Object::toString).toList())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      builder.environment().put("LC_ALL", "C.UTF-8");
      int exit = builder.start().waitFor();
      byte[] bytes = Files.readAllBytes(out);
      return new CommandRun(
          exit, RawText.decode(bytes, 0, bytes.length), new String(Files.readAllBytes(err), UTF_8));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  private static void requireGrep() throws InterruptedException {
    boolean isGnu;
    try {
      isGnu = run(List.of("grep", "--version")).out().contains("GNU grep");
    } catch (IOException e) {
      isGnu = false;
    }
    if (!isGnu && System.getProperty("djinn.require", "").contains("grep")) {
      throw new IllegalStateException("there is no GNU grep, and -Ddjinn.require names it");
    }
    assumeTrue(isGnu, "SKIPPED: there is no GNU grep to compare with");
  }

  private static CommandRun grep(Object... words) throws IOException, InterruptedException {
    List<Object> all = new ArrayList<>(List.of("grep", "-rIE"));
    all.addAll(Arrays.asList(words));
    return run(all);
  }

  private static List<String> sorted(String out) {
    List<String> lines = new ArrayList<>(Arrays.asList(out.split("\n", -1)));
    lines.sort(null);
    return lines;
  }

  private static void assertSame(CommandRun expected, CommandRun found, String what) {
    List<String> missing = sorted(expected.out());
    List<String> wrong = sorted(found.out());
    if (!missing.equals(wrong)) {
      sorted(found.out()).forEach(missing::remove);
      sorted(expected.out()).forEach(wrong::remove);
      assertEquals(missing.toString(), wrong.toString(), what);
    }
    assertEquals(expected.exit(), found.exit(), what + ": exit");
  }

  private static Path sources() {
    Path up = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(up.resolve("storage/src"))) {
      up = up.getParent();
    }
    return up.resolve("storage/src");
  }

  @Test
  void twoHundredPatternsGiveTheLinesOfGrepOverTheSources() throws Exception {
    requireGrep();
    GrepPatterns patterns =
        new GrepPatterns(sources(), TestSeed.forTest(getClass().getSimpleName()));
    Path db = directory.resolve("db");
    int found = 0;
    int decided = 0;
    for (int i = 0; i < PATTERNS; i++) {
      String pattern = patterns.next(i);

      CommandRun expected = grep("-n", "--", pattern, sources());
      CommandRun run = CommandRun.of("grep", "--db", db, "--explain", "--", pattern, sources());

      assertSame(expected, run, pattern);
      found += run.exit() == Failures.OK ? 1 : 0;
      long files = explained(run, "files");
      decided += explained(run, "searched") < files / 2 ? 1 : 0;
    }
    assertTrue(found > PATTERNS / 3, found + " of " + PATTERNS + " patterns found anything");
    assertTrue(decided > PATTERNS / 5, "the index helped " + decided + " of " + PATTERNS);
  }

  /** How often, {@code -Ddjinn.grep.patterns} says. */
  @Test
  void randomPatternsGiveTheLinesOfGrepOverRandomBytes() throws Exception {
    requireGrep();
    int count = Integer.getInteger("djinn.grep.patterns", PATTERNS);
    long seed = TestSeed.forTest(getClass().getSimpleName());
    Path tree = Files.createDirectories(directory.resolve("tree"));
    new GrepFiles(seed).write(tree);
    GrepPatterns patterns = new GrepPatterns(tree, seed);
    Path db = directory.resolve("db");
    int found = 0;
    for (int i = 0; i < count; i++) {
      String pattern = patterns.next(i);
      List<Object> ours = new ArrayList<>(List.of("grep", "--db", db));
      // Without -n the lines that are no text are seen by their count.
      String option = List.of("-n", "-c", "-ni").get(i % 3);
      ours.addAll(option.equals("-n") ? List.of() : List.of(option.replace("n", "")));
      ours.addAll(List.of("--", pattern, tree));

      CommandRun run = CommandRun.of(ours.toArray());

      assertSame(grep(option, "--", pattern, tree), run, option + " '" + pattern + "'");
      found += run.exit() == Failures.OK ? 1 : 0;
    }
    assertTrue(found > count / 3, found + " of " + count + " patterns found anything");
  }

  /** Each byte above ASCII in a file of its own, whose lines are told apart by their count. */
  @Test
  void bytesThatAreNoTextMatchAndBoundWordsAsForGrep() throws Exception {
    requireGrep();
    Path tree = Files.createDirectories(directory.resolve("tree"));
    for (int b = 0x80; b <= 0xFF; b++) {
      String c = Character.toString((char) b);
      bytes(tree.resolve("f" + b), "a" + c + "b\n" + c + "\n-" + c + "- é\nab\n", "ISO-8859-1");
      bytes(tree.resolve("g" + b), "text\na" + c + c + "\nmore text", "ISO-8859-1");
    }
    Path db = directory.resolve("db");
    for (String pattern :
        List.of(
            ".",
            "^.*$",
            "a.",
            "a[^x]",
            "[^a]b",
            "\\W$",
            "^\\W",
            "\\S\\S",
            "\\s",
            "a\\b",
            "a\\B",
            "a\\>",
            "\\<b",
            "\\Bb",
            "^\\B",
            "^\\b$",
            "-\\b-?",
            "-\\B",
            "[[:alpha:]]$",
            "a?$",
            "(a|\\B)-?\\b",
            "text")) {
      for (String option : List.of("-c", "-n")) {
        List<Object> ours = new ArrayList<>(List.of("grep", "--db", db));
        ours.addAll(option.equals("-n") ? List.of() : List.of(option));
        ours.addAll(List.of("--", pattern, tree));
        assertSame(
            grep(option, "--", pattern, tree),
            CommandRun.of(ours.toArray()),
            option + " " + pattern);
      }
    }
  }

  @Test
  void oddPatternsGiveWhatGrepGivesOrAreRefused() throws Exception {
    requireGrep();
    Path tree = Files.createDirectories(directory.resolve("tree"));
    write(tree.resolve("f"), "a\n", "b\n", "\n", "aa\n", "ab-c\n", "{\n", "a{1\n", "*a ^a $\n");
    write(tree.resolve("g"), "(a)\n", "-c\n", "--count\n", "]}\n", "\\\n", "a{1,x}\n", "t n d\n");
    Path db = directory.resolve("db");
    for (String pattern :
        List.of(
            "",
            "-c",
            "--count",
            "--",
            "-",
            "a|",
            "|a",
            "()",
            "(|b)",
            "a||b",
            "a**",
            "a+*",
            "a*?",
            "a{2}{1}",
            "a{,2}b",
            "a{,}b",
            "a{1",
            "a{",
            "{",
            "{a",
            "a{1,x}",
            "a)",
            ")",
            "a\nb",
            "a\n",
            "\n",
            "(a)\\1",
            "(a)\\1|b",
            "(a)\\1\n(b)",
            "[\\]",
            "[]\\]",
            "[^]a]",
            "[a-]",
            "[--a]",
            "a^b",
            "a$b",
            "(^a)",
            "(a$)",
            "x*^a",
            "\\`a",
            "a\\'",
            "\\<a\\>",
            "\\{",
            "\\}",
            "a}",
            "]",
            "\\-",
            "\\/",
            "\\ ",
            "[[.a.]-b]",
            "[[=a=]]",
            "\\*a",
            "\\^")) {
      assertSame(
          grep("-n", "--", pattern, tree),
          CommandRun.of("grep", "--db", db, "--", pattern, tree),
          pattern);
    }
    for (String pattern :
        List.of(
            "(a",
            "[a",
            "[",
            "[^",
            "\\1",
            "(a)\\2",
            "a\\",
            "[[:foo:]]",
            "[:alpha:]",
            "[z-a]",
            "[a-c-e]",
            "a{2,1}",
            "a{}",
            "(a\nb)",
            "[a\nb]",
            "a{32768}")) {
      CommandRun run = CommandRun.of("grep", "--db", db, "--", pattern, tree);
      assertSame(grep("-n", "--", pattern, tree), run, pattern);
      assertEquals(Failures.USAGE, run.exit(), pattern);
      assertTrue(run.err().startsWith("djinn: invalid regular expression: "), run.err());
    }
  }

  /** The first line shown changes what comes behind it. */
  @Test
  void filesThatAreGoneWhenTheirTurnComesAreNamedAndTheOthersAreSearched() throws Exception {
    Path tree = Files.createDirectories(directory.resolve("tree"));
    for (String name : List.of("a", "b-gone", "c-pipe", "d-link", "e-directory", "f")) {
      write(tree.resolve(name), "alpha\n");
    }
    StringWriter err = new StringWriter();
    StringWriter out =
        new StringWriter() {
          @Override
          public void write(String text, int from, int length) {
            if (getBuffer().isEmpty()) {
              disturb(tree);
            }
            super.write(text, from, length);
          }
        };

    int exit =
        DjinnCommand.commandLine(new Cancellation(), new PrintWriter(out), new PrintWriter(err))
            .execute("grep", "--workers", "0", "alpha", tree.toString());

    assertEquals(
        List.of(tree + "/a:1:alpha", tree + "/f:1:alpha"), out.toString().lines().toList());
    assertEquals(
        List.of(
            "djinn: " + tree + "/b-gone: no such file or directory",
            "djinn: " + tree + "/c-pipe: is no regular file any more",
            "djinn: " + tree + "/d-link: is no regular file any more",
            "djinn: " + tree + "/e-directory: is no regular file any more"),
        err.toString().lines().toList());
    assertEquals(Failures.USAGE, exit);
  }

  private static void disturb(Path tree) {
    try {
      for (String name : List.of("b-gone", "c-pipe", "d-link", "e-directory")) {
        Files.delete(tree.resolve(name));
      }
      shell(tree, "mkfifo c-pipe");
      Files.createSymbolicLink(tree.resolve("d-link"), tree.resolve("a"));
      Files.createDirectory(tree.resolve("e-directory"));
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long explained(CommandRun run, String counter) {
    return run.err()
        .lines()
        .filter(line -> line.startsWith(counter + " "))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow();
  }

  /** A tree with what files of people are like. */
  private Path awkwardTree() throws IOException, InterruptedException {
    Path tree = Files.createDirectories(directory.resolve("tree"));
    Path sub = Files.createDirectories(tree.resolve("sub/.hidden"));
    Files.createDirectories(tree.resolve("empty"));
    write(tree.resolve("empty file"));
    write(tree.resolve("newline"), "\n");
    write(tree.resolve("no-newline"), "one word", "\ntwo word");
    write(tree.resolve("crlf"), "word\r\n", "no\r\n", "two word\r\n");
    write(sub.resolve("hidden"), "word in hidden\n");
    write(tree.resolve("zero"), "word\n", "\0", "\nword\n");
    write(tree.resolve("zero-late"), "word\n".repeat(GREP_BUFFER / 5 + 10), "\0 word\n");
    write(
        tree.resolve("zero-in-third"),
        ("a".repeat(6000) + " word\n").repeat(40),
        "\0 word\n",
        "word\n".repeat(100));
    bytes(tree.resolve("latin"), "caf\u00e9 word\nword\ncaf\u00e9\n", "ISO-8859-1");
    bytes(tree.resolve("split"), "wo\u00e9rd\nwo\u00e9 rd word\nw\u00e9\n", "ISO-8859-1");
    write(tree.resolve("unicode"), "Ünïcode wörd ΣΑΣ σας 中文字 😀 word\n", "ÄÖÜ äöü\n", "naïve\n");
    Files.createSymbolicLink(tree.resolve("link-to-file"), tree.resolve("crlf"));
    Files.createSymbolicLink(tree.resolve("link-to-directory"), sub);
    Files.createSymbolicLink(tree.resolve("link-to-nothing"), tree.resolve("nothing"));
    Files.createSymbolicLink(tree.resolve("link-to-itself"), tree.resolve("link-to-itself"));
    Files.createSymbolicLink(sub.resolve("link-to-the-root"), tree);
    shell(tree, "mkfifo pipe; printf 'word\\n' > \"$(printf 'odd\\377name')\"");
    shell(tree, "printf 'word\\n' > \"$(printf 'n\\303\\244me \\360\\237\\230\\200')\"");
    // Larger than what is indexed, with the word at its end.
    write(tree.resolve("large"), "some text of the file\n".repeat(300_000), "rare word\n");
    return tree;
  }

  private static void write(Path file, String... parts) throws IOException {
    Files.writeString(file, String.join("", parts));
  }

  private static void bytes(Path file, String text, String charset) throws IOException {
    Files.write(file, text.getBytes(charset));
  }

  private static void shell(Path tree, String script) throws IOException, InterruptedException {
    assertEquals(
        0, new ProcessBuilder("sh", "-c", script).directory(tree.toFile()).start().waitFor());
  }

  @Test
  void awkwardFilesGiveWhatGrepGives() throws Exception {
    requireGrep();
    Path tree = awkwardTree();
    Path link = Files.createSymbolicLink(directory.resolve("link"), tree);
    Path db = directory.resolve("db");
    List<String> patterns =
        List.of(
            "word",
            "^word$",
            "",
            "^$",
            "w.rd",
            "wo.?rd",
            "wo..rd",
            "[^a-z]rd",
            "caf.",
            "café",
            "ö|中",
            "[[:space:]]word",
            "word.$",
            "\u00ef",
            "nothing at all",
            "rare",
            "😀 .",
            "o r?d");
    for (Path root : List.of(tree, link)) {
      for (String pattern : patterns) {
        for (List<Object> options :
            List.<List<Object>>of(List.of("-n"), List.of("-c"), List.of("-l"))) {
          List<Object> ours = new ArrayList<>(List.of("grep", "--db", db));
          ours.addAll(options.equals(List.of("-n")) ? List.of() : options);
          ours.addAll(List.of("--", pattern, root));
          assertSame(
              grep(options.get(0), "--", pattern, root),
              CommandRun.of(ours.toArray()),
              options + " '" + pattern + "'");
        }
      }
    }
    for (String pattern : List.of("WORD", "wÖRD", "σΑΣ", "ünï")) {
      assertSame(
          grep("-ni", "--", pattern, tree),
          CommandRun.of("grep", "-i", "--workers", 0, "--", pattern, tree + "/"),
          "-i " + pattern);
    }
  }

  /** In a tree of its own: grep's buffer stays long, and it then finds zeros earlier. */
  @Test
  void longLinesGiveWhatGrepGives() throws Exception {
    requireGrep();
    Path tree = Files.createDirectories(directory.resolve("tree"));
    String line = "x".repeat(300_000) + " word " + "y".repeat(200_000);
    write(tree.resolve("long"), "word\n", line, "\nword\n", line, "end");
    for (String pattern : List.of("word", "^word", "x word y", "end$", "[^xy]{7}")) {
      assertSame(
          grep("-n", "--", pattern, tree), CommandRun.of("grep", "--", pattern, tree), pattern);
    }
  }

  @Test
  void linesOfOddNamesComeOutAsTheirBytes() throws Exception {
    Path tree = awkwardTree();

    CommandRun text = CommandRun.of("grep", "-l", "word", tree);
    CommandRun json = CommandRun.of("grep", "-l", "--json", "word", tree);

    String odd = text.lines().stream().filter(line -> line.contains("odd")).findFirst().get();
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    try (RawWriter writer = new RawWriter(written)) {
      writer.write(odd + " ö 中 😀");
    }
    byte[] expected = (tree + "/odd?name ö 中 😀").getBytes(UTF_8);
    expected[tree.toString().length() + "/odd".length()] = (byte) 0xFF;
    assertEquals(Arrays.toString(expected), Arrays.toString(written.toByteArray()));
    Map<String, String> object =
        json.objects().stream().filter(o -> o.containsKey("pathBase64")).findFirst().get();
    assertEquals(tree + "/odd\ufffdname", object.get("path"));
  }

  @Test
  void changesBetweenSearchesAreSeen() throws Exception {
    Path tree = Files.createDirectories(directory.resolve("tree"));
    Path db = directory.resolve("db");
    write(tree.resolve("a"), "alpha\n");
    write(tree.resolve("b"), "bravo\n");
    Object[] alpha = {"grep", "--db", db, "alpha", tree};

    assertEquals(List.of(tree + "/a:1:alpha"), CommandRun.of(alpha).ok().lines());
    write(tree.resolve("b"), "alpha\n");
    write(tree.resolve("c"), "\nalpha too\n");
    assertEquals(
        List.of(tree + "/a:1:alpha", tree + "/b:1:alpha", tree + "/c:2:alpha too"),
        CommandRun.of(alpha).ok().lines());
    Files.delete(tree.resolve("a"));
    write(tree.resolve("b"), "gone!\n");
    assertEquals(List.of(tree + "/c:2:alpha too"), CommandRun.of(alpha).ok().lines());
    Files.delete(tree.resolve("c"));
    CommandRun none = CommandRun.of(alpha);
    assertEquals(Failures.NO, none.exit());
    assertEquals("", none.out() + none.err());
    CommandRun.of("check", "--db", db).ok();
  }

  @Test
  void storeBelowTheDirectoryIsNotSearched() throws Exception {
    Path tree = Files.createDirectories(directory.resolve("tree"));
    write(tree.resolve("a"), "alpha\n");

    for (int i = 0; i < 2; i++) {
      CommandRun run = CommandRun.of("grep", "-c", "--db", tree.resolve(".index"), "", tree);
      assertEquals(List.of(tree + "/a:1"), run.ok().lines());
    }
  }

  @Test
  void jsonHasMatchesAndTotals() throws Exception {
    Path tree = Files.createDirectories(directory.resolve("tree"));
    write(tree.resolve("a"), "alpha\nbravo \"q\"\n");
    write(tree.resolve("b"), "other\n");

    CommandRun run =
        CommandRun.of(
            "grep", "--json", "--explain", "--db", directory.resolve("db"), "bravo", tree);

    List<Map<String, String>> objects = run.ok().objects();
    assertEquals(
        Map.of("type", "match", "path", tree + "/a", "line", "2", "text", "bravo \"q\""),
        objects.get(0));
    assertEquals("1", objects.get(1).get("count"));
    assertEquals("2", objects.get(1).get("files"));
    assertEquals("1", objects.get(1).get("candidates"));
  }

  @Test
  void mistakesAreToldFromNoMatch() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "x\n");
    for (Object[] words :
        List.of(
            new Object[] {"grep", "(", directory},
            new Object[] {"grep", "x"},
            new Object[] {"grep", "x", directory.resolve("nothing")},
            new Object[] {"grep", "x", file},
            new Object[] {"grep", "-c", "-l", "x", directory},
            new Object[] {"grep", "--workers", -1, "x", directory})) {
      CommandRun run = CommandRun.of(words);
      assertEquals(Failures.USAGE, run.exit(), run.err());
      assertFalse(run.err().isEmpty());
      assertEquals("", run.out());
    }
  }

  @Test
  void unreadableFileIsNamedAndTheOthersAreSearched() throws Exception {
    Path tree = Files.createDirectories(directory.resolve("tree"));
    write(tree.resolve("a"), "alpha\n");
    Path closed = Files.writeString(tree.resolve("b"), "alpha\n");
    assertTrue(closed.toFile().setReadable(false, false));
    assumeFalse(Files.isReadable(closed), "SKIPPED: this user may read everything");

    CommandRun run = CommandRun.of("grep", "--db", directory.resolve("db"), "alpha", tree);

    assertEquals(List.of(tree + "/a:1:alpha"), run.lines());
    assertEquals("djinn: " + closed + ": permission denied\n", run.err());
    assertEquals(Failures.USAGE, run.exit());
    assertTrue(closed.toFile().setReadable(true, false));
    assertEquals(
        2,
        CommandRun.of("grep", "--db", directory.resolve("db"), "alpha", tree).ok().lines().size());
  }
}
