package io.djinn.opclass.builtin.hstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.testkit.TestSeed;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HstoreTextTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "a=>1|\"a\"=>\"1\"",
        "  a =>\t1 , |\"a\"=>\"1\"",
        "a=>null, b=>NuLl, c=>\"null\"|\"a\"=>NULL, \"b\"=>NULL, \"c\"=>\"null\"",
        "null=>1|\"null\"=>\"1\"",
        "\"a b\"=>\"c,d=>e\"|\"a b\"=>\"c,d=>e\"",
        "\"a\\\"b\\\\\"=>\"\"|\"a\\\"b\\\\\"=>\"\"",
        "a\\=b=>c\\,d|\"a=b\"=>\"c,d\"",
        "\\ a=>1|\" a\"=>\"1\"",
        "a=>b=>c|\"a\"=>\"b=>c\"",
        "a=>,|\"a\"=>\",\"",
        "a,b=>1|\"a,b\"=>\"1\"",
        "a=>1,,b=>2,|\"a\"=>\"1\", \",b\"=>\"2\"",
        "a=>1, a=>2, a=>null|\"a\"=>\"1\"",
        "bb=>1, é=>2, c=>3|\"c\"=>\"3\", \"bb\"=>\"1\", \"é\"=>\"2\"",
        "a=>b\"c|\"a\"=>\"b\\\"c\"",
        "^^|^^",
        "^   ^|^^",
      })
  void textIsReadAndPrinted(String text, String printed) {
    assertEquals(printed, HstoreText.print(HstoreText.parse(text)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "a=",
        "a=>",
        "=>1",
        "a=b",
        "a= >1",
        "a=>1 b=>2",
        "\"a",
        "\"a\\",
        "a\\",
        "a=>\"b",
        "\"a\"b=>1",
        ",",
        "a=>\"b\"c"
      })
  void otherTextIsRefusedByPlace(String text) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> HstoreText.parse(text)).getMessage();
    assertTrue(message.contains(" at character "), message);
  }

  @Test
  void whatIsPrintedIsReadBack() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("HstoreTextTest.random"));
    for (int round = 0; round < 5_000; round++) {
      Map<String, String> pairs = new HashMap<>();
      for (int n = random.nextInt(4); n > 0; n--) {
        pairs.put(word(random), random.nextInt(4) == 0 ? null : word(random));
      }
      assertEquals(pairs, HstoreText.parse(HstoreText.print(pairs)));
    }
  }

  private static String word(SplittableRandom random) {
    String alphabet = "ab \"\\=>,nulé\n";
    StringBuilder word = new StringBuilder();
    for (int n = random.nextInt(5); n > 0; n--) {
      word.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return word.toString();
  }
}
