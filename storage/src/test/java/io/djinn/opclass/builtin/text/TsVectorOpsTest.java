package io.djinn.opclass.builtin.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.djinn.error.InvalidRowException;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.KeyPayloads;
import io.djinn.opclass.KeySink;
import io.djinn.opclass.OperatorClasses;
import io.djinn.opclass.Ternary;
import io.djinn.testkit.TestSeed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;

class TsVectorOpsTest {
  private static final String[] LEXEMES = {"a", "b", "c", "ab", "abc", "d"};
  private static final int CASES = 50_000;

  /** The keys of one row, as an index would have them. */
  private static final class Row implements KeySink {
    final List<byte[]> keys = new ArrayList<>();
    final List<byte[]> payloads = new ArrayList<>();
    String item = "";

    @Override
    public void key(byte[] bytes, int offset, int length) {
      throw new AssertionError("a key without payload");
    }

    @Override
    public void key(byte[] bytes, int offset, int length, byte[] payload, int from, int count) {
      keys.add(Arrays.copyOfRange(bytes, offset, offset + length));
      payloads.add(Arrays.copyOfRange(payload, from, from + count));
    }

    @Override
    public void nullElement() {
      throw new AssertionError();
    }

    @Override
    public void emptyItem() {
      item = "empty";
    }

    @Override
    public void nullItem() {
      item = "null";
    }

    /** The row's payloads under a query key. */
    List<byte[]> under(GinQuery query, int key) {
      List<byte[]> found = new ArrayList<>();
      for (int i = 0; i < keys.size(); i++) {
        int order = Arrays.compareUnsigned(keys.get(i), query.key(key));
        boolean isIn =
            query.isRange(key)
                ? order >= 0 && Arrays.compareUnsigned(keys.get(i), query.end(key)) < 0
                : order == 0;
        if (isIn) {
          found.add(payloads.get(i));
        }
      }
      return found;
    }
  }

  private static String document(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (String lexeme : LEXEMES) {
      if (random.nextInt(5) < 3) {
        text.append(' ').append(lexeme);
        int positions = random.nextInt(5);
        for (int i = 0; i < positions; i++) {
          int position = random.nextInt(10) == 0 ? 16_381 + random.nextInt(3) : random.nextInt(9);
          text.append(i == 0 ? ':' : ',').append(position + 1);
          text.append(new String[] {"", "", "A", "B", "C"}[random.nextInt(5)]);
        }
      }
    }
    return text.toString();
  }

  private static String query(SplittableRandom random, int depth) {
    if (depth == 0 || random.nextInt(4) == 0) {
      return LEXEMES[random.nextInt(LEXEMES.length)]
          + new String[] {"", "", "", ":*", ":A", ":*BD", ":D"}[random.nextInt(7)];
    }
    if (random.nextInt(5) == 0) {
      return "!(" + query(random, depth - 1) + ")";
    }
    String[] operators = {" & ", " | ", " <-> ", " <2> ", " <0> ", " <16383> "};
    return "("
        + query(random, depth - 1)
        + operators[random.nextInt(operators.length)]
        + query(random, depth - 1)
        + ")";
  }

  @Test
  void keysAndPayloadsDecideAsTheDocumentDoes() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("TsVectorOpsTest.keys"));
    for (int n = 0; n < CASES; n++) {
      String document = document(random);
      String text = query(random, random.nextInt(6));
      GinQuery query = TsVectorOps.ofLiterals().query("@@", text);
      Row row = new Row();
      TsVectorOps.ofLiterals().extract(document, row);
      int wanted = query.matches(document) ? Ternary.YES : Ternary.NO;
      byte[] presence = new byte[query.keyCount()];
      boolean any = false;
      for (int i = 0; i < presence.length; i++) {
        assertTrue(i == 0 || Arrays.compareUnsigned(query.key(i - 1), query.key(i)) <= 0);
        presence[i] = row.under(query, i).isEmpty() ? Ternary.NO : Ternary.YES;
        any |= presence[i] == Ternary.YES;
      }
      String what = document + " @@ " + text;
      if (!any && query.mode() == GinQuery.Mode.DEFAULT) {
        assertEquals(Ternary.NO, wanted, what);
      }
      int fromKeys = query.consistent(presence);
      assertTrue(fromKeys == wanted || (fromKeys == Ternary.MAYBE && query.needsRecheck()), what);
      assertEquals(wanted, query.consistent(presence, payloads(row, query)), what);
      for (int i = 0; i < presence.length; i++) {
        byte[] unsure = presence.clone();
        unsure[i] = Ternary.MAYBE;
        if (random.nextBoolean()) {
          unsure[random.nextInt(unsure.length)] = Ternary.MAYBE;
        }
        int decided = query.consistent(unsure);
        assertTrue(decided == Ternary.MAYBE || decided == wanted, what);
        decided = query.consistent(unsure, payloads(row, query));
        assertTrue(decided == Ternary.MAYBE || decided == wanted, what);
      }
    }
  }

  private static KeyPayloads payloads(Row row, GinQuery query) {
    return new KeyPayloads() {
      @Override
      public int count(int key) {
        return row.under(query, key).size();
      }

      @Override
      public void wrap(int key, int index, DirectBuffer view) {
        view.wrap(row.under(query, key).get(index));
      }
    };
  }

  @Test
  void aDeepQueryIsDecidedAsAShallowOne() {
    String deep = "(b|".repeat(60) + "!a" + ")".repeat(60);
    GinQuery query = TsVectorOps.ofLiterals().query("@@", deep);
    assertEquals(2, query.keyCount());
    assertEquals(Ternary.NO, query.consistent(new byte[] {Ternary.YES, Ternary.NO}));
    assertEquals(Ternary.YES, query.consistent(new byte[] {Ternary.MAYBE, Ternary.YES}));
    assertEquals(Ternary.MAYBE, query.consistent(new byte[] {Ternary.MAYBE, Ternary.NO}));
  }

  @Test
  void queriesWithoutARequiredLexemeGoThroughAllRows() {
    assertEquals(GinQuery.Mode.ALL, query("!a").mode());
    assertEquals(GinQuery.Mode.ALL, query("a | !b").mode());
    assertEquals(GinQuery.Mode.DEFAULT, query("a & !b").mode());
    assertEquals(GinQuery.Mode.DEFAULT, query("!a <-> b").mode());
    assertEquals(GinQuery.Mode.NONE, query("").mode());
    assertEquals(GinQuery.Mode.NONE, query(null).mode());
    assertEquals(Ternary.NO, query("").consistent(new byte[0]));
  }

  private static GinQuery query(String text) {
    return TsVectorOps.english().query("@@", text);
  }

  @Test
  void aPrefixIsARangeOfKeysBesideTheKeyItself() {
    GinQuery query = query("é:* | é | a:*");
    assertEquals(3, query.keyCount());
    assertTrue(query.isRange(0) && !query.isRange(1) && query.isRange(2));
    assertEquals("b", new String(query.end(0), StandardCharsets.UTF_8));
    assertEquals("ê", new String(query.end(2), StandardCharsets.UTF_8));
    assertThrows(IllegalStateException.class, () -> query.end(1));
  }

  @Test
  void documentsWithoutLexemesAndNullsAreItems() {
    for (TsVectorOps operatorClass : TsVectorOps.all()) {
      Row empty = new Row();
      operatorClass.extract("", empty);
      assertEquals("empty", empty.item);
      Row none = new Row();
      operatorClass.extract((Object) null, none);
      assertEquals("null", none.item);
    }
  }

  @Test
  void theClassIsFoundByItsNames() {
    assertEquals(TsVectorOps.ofLiterals(), OperatorClasses.find("tsvector_ops", ""));
    assertEquals(TsVectorOps.english(), OperatorClasses.find("tsvector_ops", "english"));
    assertEquals("tsvector_ops/simple", TsVectorOps.simple().spelling());
    assertTrue(TsVectorOps.english().hasPayloads());
  }

  @Test
  void otherValuesAreRefusedNamingThem() throws IOException {
    for (String json : List.of("1", "[\"a\"]", "{}", "true", "\"a:0\"", "\"\\ud800\"")) {
      try (JsonParser parser = new JsonFactory().createParser(json)) {
        parser.nextToken();
        assertThrows(
            InvalidRowException.class, () -> TsVectorOps.ofLiterals().extract(parser, new Row()));
      }
    }
    assertThrows(IllegalArgumentException.class, () -> TsVectorOps.english().extract(1, new Row()));
    assertThrows(IllegalArgumentException.class, () -> TsVectorOps.english().query("@>", "a"));
    assertThrows(IllegalArgumentException.class, () -> TsVectorOps.english().query("@@", 1));
    assertThrows(IllegalArgumentException.class, () -> TsVectorOps.ofLiterals().join("a", "b"));
  }

  @Test
  void twoFieldsAreJoinedWithTheirWeights() {
    TsVectorOps english = TsVectorOps.english();
    assertEquals(
        "'cat':1A,2B 'run':3B", english.join("The cats".substring(4), "cat runs").toString());
    assertEquals("'cat':2A", english.join("The cats", null).toString());
    assertNull(english.join(null, "cats"));
  }

  @Test
  void hostileTextsAreTakenOrRefused() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("TsVectorOpsTest.hostile"));
    String[] parts = {
      "a",
      "'",
      "''",
      "\\",
      ":",
      "1",
      "A",
      "*",
      ",",
      " ",
      "&",
      "|",
      "!",
      "(",
      ")",
      "<",
      "-",
      ">",
      "<->",
      "<2>",
      "\"",
      "or ",
      "é",
      "İ",
      "Ⱥ",
      "\uD800",
      "\uDC00",
      "\0",
      "😀",
      "the ",
      "\t",
      "99999999999999999999",
      "x".repeat(2046),
      "://",
      "a.b/",
      "@"
    };
    int refused = 0;
    for (int n = 0; n < CASES; n++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(12); i >= 0; i--) {
        text.append(parts[random.nextInt(parts.length)]);
      }
      String hostile = text.toString();
      for (TsVectorOps operatorClass : TsVectorOps.all()) {
        Row row = new Row();
        try {
          operatorClass.extract(hostile, row);
          assertTrue(row.keys.isEmpty() == row.item.equals("empty"));
        } catch (IllegalArgumentException e) {
          refused++;
          assertTrue(row.keys.isEmpty());
          assertTrue(e.getMessage().length() < 200, e.getMessage());
        }
      }
      try {
        TsQuery query = TextSearch.config("english").toTsQuery(hostile);
        assertEquals(query, TsQuery.parse(query.toString()));
        TextSearch.config("simple").webSearchToTsQuery(hostile);
      } catch (IllegalArgumentException e) {
        refused++;
        assertTrue(e.getMessage().length() < 200, e.getMessage());
      }
    }
    assertTrue(refused > 0);
  }
}
