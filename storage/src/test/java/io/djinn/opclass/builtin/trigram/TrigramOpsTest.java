package io.djinn.opclass.builtin.trigram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.djinn.error.InvalidRowException;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.KeySink;
import io.djinn.opclass.OperatorClasses;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The operator class as engines and callers see it. */
class TrigramOpsTest {
  private static final GinOperatorClass OPS = OperatorClasses.find("gin_trgm_ops", "");

  private static JsonParser json(String text) throws IOException {
    JsonParser parser = new JsonFactory().createParser(text);
    parser.nextToken();
    return parser;
  }

  private static List<String> extract(Object value) {
    Collected keys = new Collected();
    OPS.extract(value, keys);
    return keys.found;
  }

  private static List<String> extractJson(String text) throws IOException {
    Collected keys = new Collected();
    OPS.extract(json(text), keys);
    return keys.found;
  }

  private static final class Collected implements KeySink {
    private final List<String> found = new ArrayList<>();

    @Override
    public void key(byte[] bytes, int offset, int length) {
      found.add(new String(bytes, offset, length, StandardCharsets.ISO_8859_1));
    }

    @Override
    public void nullElement() {
      found.add("null element");
    }

    @Override
    public void emptyItem() {
      found.add("empty");
    }

    @Override
    public void nullItem() {
      found.add("null");
    }
  }

  @Test
  void keysAreTheDistinctTrigramsOfWords() throws IOException {
    List<String> expected = List.of("  a", "  b", " ab", " b ", "ab ");
    assertEquals(expected, extract("AB, ab-b"));
    assertEquals(expected, extractJson("\"AB, ab-b\""));
    assertEquals(List.of("empty"), extract("-_!"));
    assertEquals(List.of("empty"), extractJson("\"\""));
    assertEquals(List.of("null"), extract(null));
    assertEquals(List.of("null"), extractJson("null"));
  }

  @Test
  void caseIsMappedOneCharacterToOne() {
    assertEquals(extract("i"), extract("İ"));
    assertEquals(extract("straße"), extract("STRAßE"));
    assertFalse(extract("strasse").equals(extract("straße")));
    assertFalse(extract("fi").equals(extract("ﬁ")));
    assertEquals(extract("σ"), extract("Σ"));
    assertTrue(OPS.query("ILIKE", "%İ%").matches("xix"));
    assertFalse(OPS.query("ILIKE", "%ı%").matches("I"));
  }

  @Test
  void loneSurrogatesAreRefused() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> extract("ab\ud800c")).getMessage();
    assertTrue(message.contains("U+D800") && message.contains("character 3"), message);
    assertThrows(InvalidRowException.class, () -> extractJson("\"\\udc00\""));
    for (String operator : OPS.operators()) {
      assertThrows(IllegalArgumentException.class, () -> OPS.query(operator, "ab\udc00"), operator);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "true", "[]", "{\"a\":1}"})
  void otherJsonIsRefused(String text) {
    assertThrows(InvalidRowException.class, () -> extractJson(text));
    assertThrows(InvalidRowException.class, () -> OPS.read(json(text)));
    for (String operator : OPS.operators()) {
      assertThrows(
          IllegalArgumentException.class, () -> OPS.queryFromJson(operator, json(text)), operator);
    }
  }

  @Test
  void aNullOperandMatchesNothing() throws IOException {
    for (String operator : OPS.operators()) {
      GinQuery query = OPS.queryFromJson(operator, json("null"));
      assertEquals(GinQuery.Mode.NONE, query.mode());
      assertFalse(query.matches("abc"));
    }
  }

  @Test
  void noRowThatIsNullMatches() {
    for (String operator : OPS.operators()) {
      assertFalse(OPS.query(operator, "%").matches(null), operator);
    }
  }

  @Test
  void operandsOfJsonMayCarryALimit() throws IOException {
    assertFalse(OPS.queryFromJson("%", json("\"abcd\"")).matches("abxy"));
    assertTrue(
        OPS.queryFromJson("%", json("{\"query\":\"abcd\",\"threshold\":0.1}")).matches("abxy"));
    assertTrue(
        OPS.queryFromJson("~", json("{\"query\":\"b.\",\"maxSteps\":1000}")).matches("abxy"));
    for (String bad :
        new String[] {
          "{}",
          "{\"query\":1}",
          "{\"query\":\"a\",\"threshold\":\"x\"}",
          "{\"query\":\"a\",\"threshold\":2}",
          "{\"query\":\"a\",\"maxSteps\":5}"
        }) {
      assertThrows(IllegalArgumentException.class, () -> OPS.queryFromJson("%", json(bad)), bad);
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> OPS.queryFromJson("~", json("{\"query\":\"a\",\"maxSteps\":0}")));
  }

  @Test
  void whatIsNotTakenIsNamedWithWhatIs() {
    String operator =
        assertThrows(IllegalArgumentException.class, () -> OPS.query("@@", "a")).getMessage();
    assertTrue(operator.contains("@@") && operator.contains("ILIKE"), operator);
    String operand =
        assertThrows(IllegalArgumentException.class, () -> OPS.query("%", 5)).getMessage();
    assertTrue(operand.contains("SimilarText") && operand.contains("Integer"), operand);
    String like =
        assertThrows(IllegalArgumentException.class, () -> OPS.query("LIKE", "ab\\")).getMessage();
    assertTrue(like.contains("escape"), like);
  }
}
