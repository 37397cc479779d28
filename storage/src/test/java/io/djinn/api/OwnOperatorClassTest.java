package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.UnknownOperatorClassException;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.testkit.TestSeed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Operator classes of a program's own, with keys in another order than their values. */
class OwnOperatorClassTest {
  private static final EndingOps ENDINGS = new EndingOps();
  private static final DescendingOps NUMBERS = new DescendingOps();
  private static final DjinnOptions OWN = DjinnTest.TINY.withOperatorClasses(ENDINGS, NUMBERS);

  private static final List<String> LETTERS = List.of("a", "b", "\u00e9", "\ud83d\ude00");

  @TempDir private Path directory;

  private record Row(String text, Long number) {}

  private static List<Long> find(Djinn db, GinIndex index, List<GinIndex.Condition> conditions) {
    List<Long> tids = new ArrayList<>();
    try (Snapshot snapshot = db.snapshot();
        TidCursor cursor = index.search(snapshot, conditions, null)) {
      while (cursor.next()) {
        assertTrue(!cursor.needsRecheck());
        tids.add(cursor.tid());
      }
    }
    return tids;
  }

  private static GinIndex.Condition ends(String text) {
    return new GinIndex.Condition(0, ENDINGS.query("$=", text));
  }

  private static GinIndex.Condition number(String operator, Long operand) {
    return new GinIndex.Condition(1, NUMBERS.query(operator, operand));
  }

  @Test
  void endingsAndNumbersOfTwoColumnsAreFoundAlsoAfterReopening() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("OwnOperatorClassTest"));
    TreeMap<Long, Row> rows = new TreeMap<>();
    for (int round = 0; round < 3; round++) {
      try (Djinn db = Djinn.open(directory, OWN)) {
        GinIndex index =
            round == 0
                ? db.createGin("own", GinSpec.column("text", ENDINGS).andColumn("number", NUMBERS))
                : db.gin("own");
        change(random, db, index, rows);
        ask(random, db, index, rows);
        index.flush();
        ask(random, db, index, rows);
        assertEquals(List.of(), db.verify());
      }
    }
  }

  private static void change(
      SplittableRandom random, Djinn db, GinIndex index, TreeMap<Long, Row> rows) {
    for (int i = 0; i < 600; i++) {
      try (WriteBatch batch = db.begin()) {
        long tid = random.nextInt(5_000);
        Row old = rows.remove(tid);
        if (old != null) {
          index.delete(batch, tid, old.text(), old.number());
        } else {
          Row row = new Row(text(random), random.nextInt(8) == 0 ? null : number(random));
          index.insert(batch, tid, row.text(), row.number());
          rows.put(tid, row);
        }
        batch.commit();
      }
    }
  }

  private static String text(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(5); i > 0; i--) {
      text.append(LETTERS.get(random.nextInt(LETTERS.size())));
    }
    return random.nextInt(12) == 0 ? null : text.toString();
  }

  private static Long number(SplittableRandom random) {
    return random.nextInt(30) == 0
        ? (random.nextBoolean() ? Long.MIN_VALUE : Long.MAX_VALUE)
        : random.nextLong(-50, 50);
  }

  private static void ask(
      SplittableRandom random, Djinn db, GinIndex index, TreeMap<Long, Row> rows) {
    for (int i = 0; i < 150; i++) {
      List<GinIndex.Condition> conditions = new ArrayList<>();
      if (random.nextInt(3) > 0) {
        GinQuery query = ENDINGS.query(random.nextBoolean() ? "$=" : "=", text(random));
        conditions.add(new GinIndex.Condition(0, query));
      }
      while (conditions.isEmpty() || random.nextInt(3) == 0) {
        List<String> operators = NUMBERS.operators();
        conditions.add(number(operators.get(random.nextInt(operators.size())), number(random)));
      }
      List<Long> expected = new ArrayList<>();
      rows.forEach(
          (tid, row) -> {
            boolean matches = true;
            for (GinIndex.Condition condition : conditions) {
              Object value = condition.column() == 0 ? row.text() : row.number();
              matches &= condition.query().matches(value);
            }
            if (matches) {
              expected.add(tid);
            }
          });
      assertEquals(expected, find(db, index, conditions), conditions::toString);
    }
  }

  @Test
  void keysOfTheTreeStandInTheOrderTheClassGivesThem() {
    try (Djinn db = Djinn.open(directory, OWN)) {
      GinIndex index =
          db.createGin("own", GinSpec.column("text", ENDINGS).andColumn("number", NUMBERS));
      try (WriteBatch batch = db.begin()) {
        index.insert(batch, 1, "anagram", -7L);
        index.insert(batch, 2, "program", 3L);
        index.insert(batch, 3, "programs", 12L);
        batch.commit();
      }
      assertEquals(List.of(1L, 2L), find(db, index, List.of(ends("gram"))));
      assertEquals(List.of(2L), find(db, index, List.of(ends("gram"), number(">", -7L))));
      assertEquals(List.of(1L, 2L, 3L), find(db, index, List.of(ends(""))));
      assertEquals(List.of(1L, 2L), find(db, index, List.of(number("<=", 3L))));
    }
  }

  @Test
  void anIndexWhoseClassIsMissingCanOnlyBeDropped() {
    try (Djinn db = Djinn.open(directory, OWN)) {
      GinIndex index = db.createGin("own", GinSpec.column("text", ENDINGS));
      db.createGin("tags", GinSpec.column("tags", ArrayOps.ofStrings()));
      try (WriteBatch batch = db.begin()) {
        for (int tid = 0; tid < 2_000; tid++) {
          index.insert(batch, tid, "text " + tid);
        }
        batch.commit();
      }
    }
    try (Djinn db = Djinn.open(directory, DjinnTest.TINY)) {
      String message =
          assertThrows(UnknownOperatorClassException.class, () -> db.gin("own")).getMessage();
      assertTrue(message.contains("index \"own\", column text:ending_ops"), message);
      assertTrue(message.contains("unknown operator class \"ending_ops\""), message);
      assertTrue(message.contains("DjinnOptions.withOperatorClasses"), message);
      assertEquals(2, db.indexes().size());
      assertEquals(List.of(), db.verify());
      assertEquals(0, db.gin("tags").flush().rows());
    }
    try (Djinn db = Djinn.open(directory, OWN)) {
      assertEquals(1, find(db, db.gin("own"), List.of(ends(" 1999"))).size());
    }
    try (Djinn db = Djinn.open(directory, DjinnTest.TINY)) {
      db.drop("own");
      db.awaitDropped();
      assertEquals(1, db.indexes().size());
      assertEquals(List.of(), db.verify());
      assertThrows(IllegalArgumentException.class, () -> db.gin("own"));
    }
  }

  @Test
  void aClassThatWouldNotBeFoundAgainIsRefused() {
    try (Djinn db = Djinn.open(directory, DjinnTest.TINY)) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> db.createGin("own", GinSpec.column("text", ENDINGS)))
              .getMessage();
      assertTrue(message.contains(EndingOps.class.getName()), message);
      assertTrue(message.contains("withOperatorClasses"), message);
      assertEquals(List.of(), db.indexes());
    }
  }

  @Test
  void aClassIsGivenOnceAndUnderANameOfItsOwn() {
    EndingOps other = new EndingOps();
    assertThrows(
        IllegalArgumentException.class, () -> DjinnTest.TINY.withOperatorClasses(ENDINGS, other));
    DescendingOps shipped = new DescendingOps("array_ops", "text");
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> DjinnTest.TINY.withOperatorClasses(shipped))
            .getMessage();
    assertTrue(message.contains("ArrayOpsProvider"), message);
    DescendingOps unwritable = new DescendingOps("a:b", "");
    assertThrows(
        IllegalArgumentException.class, () -> DjinnTest.TINY.withOperatorClasses(unwritable));
    assertEquals(
        List.of(ArrayOps.ofInts()),
        DjinnTest.TINY.withOperatorClasses(ArrayOps.ofInts()).operatorClasses());
  }

  @Test
  void aColumnIsParsedWithTheClassesGiven() {
    GinSpec spec =
        GinSpec.parse(List.of("text:ending_ops", "tags:array_ops"), List.of(ENDINGS, NUMBERS));
    assertEquals(ENDINGS, spec.columns().get(0).operatorClass());
    assertEquals("array_ops/text", spec.columns().get(1).operatorClass().spelling());
    assertThrows(
        IllegalArgumentException.class, () -> GinSpec.parse(List.of("text:ending_ops"), List.of()));
  }

  /** What the guide shows is what is tested here. */
  @Test
  void theGuideShowsTheExampleAsItIs() throws IOException {
    Path root = Path.of(System.getProperty("djinn.root"));
    String guide = Files.readString(root.resolve("storage/README.md"), StandardCharsets.UTF_8);
    guide = guide.substring(guide.indexOf("### An operator class of your own"));
    guide = guide.substring(0, guide.indexOf("\n## "));
    String source =
        Files.readString(
            root.resolve("storage/src/test/java/io/djinn/api/EndingOps.java"),
            StandardCharsets.UTF_8);
    Matcher blocks =
        Pattern.compile("^```java\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE).matcher(guide);
    int pieces = 0;
    while (blocks.find()) {
      for (String piece : blocks.group(1).split("\n…\n")) {
        assertTrue(source.contains(piece.strip()), () -> "not in EndingOps: " + piece);
        pieces++;
      }
    }
    assertEquals(3, pieces);
  }
}
