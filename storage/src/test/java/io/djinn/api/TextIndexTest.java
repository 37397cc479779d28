package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.djinn.opclass.GinQuery;
import io.djinn.opclass.builtin.text.TextSearch;
import io.djinn.opclass.builtin.text.TsVector;
import io.djinn.opclass.builtin.text.TsVectorOps;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.TestSeed;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Documents in an index are found by the lexemes they have and have not. */
class TextIndexTest {
  private static final TsVectorOps ENGLISH = TsVectorOps.english();

  private static final DjinnOptions PAGES_OF_4_KIB =
      DjinnTest.TINY.withPageSizeBytes(4096).withFrameMemoryBytes(256 * 4096);

  @Test
  void documentsAreFoundByTheirLexemes() {
    try (SimVfs disk = new SimVfs(1 << 20);
        Djinn db = Djinn.open(new SimEnv(disk, 1), DjinnTest.TINY)) {
      GinIndex index = db.createGin("i", GinSpec.column("title+extract", ENGLISH));
      try (WriteBatch writes = db.begin()) {
        index.insert(writes, 1, ENGLISH.join("Cats", "running with the dogs"));
        index.insert(writes, 2, "A cat sleeps");
        index.insert(writes, 3, "the");
        index.insert(writes, 4, (Object) null);
        writes.commit();
      }
      assertEquals(List.of(), db.verify());
      assertEquals(List.of(1L, 2L), find(db, index, "cats"));
      assertEquals(List.of(1L), find(db, index, "cat & run"));
      assertEquals(List.of(2L, 3L), find(db, index, "!dogs"));
      assertEquals(List.of(2L, 3L), find(db, index, "sleep | !cat"));
      assertEquals(List.of(), find(db, index, "the"));
    }
  }

  /** A document of few lexemes, many of which begin alike; some without positions. */
  private static TsVector document(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(9); i > 0; i--) {
      text.append(lexeme(random));
      for (int j = random.nextInt(4); j > 0; j--) {
        text.append(text.charAt(text.length() - 1) == '\'' ? ':' : ',')
            .append(1 + random.nextInt(12))
            .append("ABCD".charAt(random.nextInt(4)));
      }
      text.append(' ');
    }
    return TsVector.parse(text.toString());
  }

  private static String lexeme(SplittableRandom random) {
    int length = 1 + random.nextInt(3);
    StringBuilder lexeme = new StringBuilder("'");
    for (int i = 0; i < length; i++) {
      lexeme.append((char) ('a' + random.nextInt(3)));
    }
    return lexeme.append('\'').toString();
  }

  private static String query(SplittableRandom random, int depth) {
    int kind = depth == 0 ? 0 : random.nextInt(6);
    if (kind < 2) {
      String[] suffixes = {"", ":*", ":*A", ":BC", ":*BD", ":*"};
      return lexeme(random) + suffixes[random.nextInt(suffixes.length)];
    }
    if (kind == 2) {
      return "!(" + query(random, depth - 1) + ")";
    }
    String[] operators = {" & ", " | ", " <-> ", " <2> ", " <0> ", " <-> "};
    return "("
        + query(random, depth - 1)
        + operators[random.nextInt(operators.length)]
        + query(random, depth - 1)
        + ")";
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void phrasesWeightsAndPrefixesAreDecidedWithoutDocuments(boolean fastUpdate) {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("TextIndexTest"));
    TsVectorOps literals = TsVectorOps.ofLiterals();
    try (SimVfs disk = new SimVfs(8 << 20);
        Djinn db = Djinn.open(new SimEnv(disk, 1), PAGES_OF_4_KIB)) {
      GinIndex index = db.createGin("i", GinSpec.column("v", literals).withFastUpdate(fastUpdate));
      TreeMap<Long, TsVector> rows = new TreeMap<>();
      for (int round = 0; round < 3; round++) {
        try (WriteBatch writes = db.begin()) {
          for (int i = 0; i < 300; i++) {
            long tid = random.nextInt(500);
            TsVector before = rows.remove(tid);
            if (before != null) {
              index.delete(writes, tid, before);
            }
            rows.put(tid, document(random));
            index.insert(writes, tid, rows.get(tid));
          }
          writes.commit();
        }
        for (int i = 0; i < 150; i++) {
          GinQuery query = literals.query("@@", query(random, random.nextInt(4)));
          List<Long> wanted =
              rows.keySet().stream().filter(tid -> query.matches(rows.get(tid))).toList();
          List<Long> found = new ArrayList<>();
          try (Snapshot snapshot = db.snapshot();
              TidCursor cursor = index.search(snapshot, query)) {
            while (cursor.next()) {
              assertFalse(cursor.needsRecheck(), query::toString);
              found.add(cursor.tid());
            }
          }
          assertEquals(wanted, found, query::toString);
        }
        if (round == 1) {
          index.flush();
        }
      }
    }
  }

  private static List<Long> find(Djinn db, GinIndex index, String query) {
    List<Long> found = new ArrayList<>();
    try (Snapshot snapshot = db.snapshot();
        TidCursor cursor =
            index.search(
                snapshot, ENGLISH.matches(TextSearch.config("english").toTsQuery(query)))) {
      while (cursor.next()) {
        found.add(cursor.tid());
      }
    }
    return found;
  }
}
