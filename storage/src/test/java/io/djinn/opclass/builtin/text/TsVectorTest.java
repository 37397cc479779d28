package io.djinn.opclass.builtin.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.testkit.TestSeed;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TsVectorTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          a fat cat              | 'a' 'cat' 'fat'
          b:2,1 a:3A b:2C,7b     | 'a':3A 'b':1,2C,7B
          'it''s' 'a b':1 a\\ b:2 | 'a b':1,2 'it''s'
          \\\\x 'q\\'r'            | '\\\\x' 'q''r'
          a:1*,2d :b             | ':b' 'a':1A,2
          a:99999,3 b:16383,99999| 'a':3,16383 'b':16383
          a:4294967297           | 'a':1
          é:1 z:1 日:1            | 'z':1 'é':1 '日':1
          """)
  void literalsAreReadAndPrintedAsPostgresDoes(String text, String printed) {
    TsVector document = TsVector.parse(text);
    assertEquals(printed, document.toString());
    assertEquals(document, TsVector.parse(printed));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      textBlock =
          """
          a:      | syntax error in tsvector: "a:"
          a:1,    | syntax error in tsvector: "a:1,"
          a:1AB   | syntax error in tsvector: "a:1AB"
          a:x     | syntax error in tsvector: "a:x"
          a:0     | wrong position info in tsvector: "a:0"
          'a      | syntax error in tsvector: "'a"
          ''      | syntax error in tsvector: "''"
          a\\     | there is no escaped character: "a\\"
          """)
  void otherTextIsRefusedNamingIt(String text, String message) {
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> TsVector.parse(text)).getMessage());
  }

  @Test
  void documentsMadeOneAfterTheOtherHoldTheirOwnWordsInTheOrderOfTheirBytes() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("TsVectorTest"));
    TextSearch simple = TextSearch.config("simple");
    for (int i = 0; i < 300; i++) {
      TreeSet<String> words = new TreeSet<>();
      StringBuilder text = new StringBuilder();
      int count = i % 50 == 0 ? 20_000 : random.nextInt(60);
      for (int n = 0; n < count; n++) {
        String word =
            "wörter".substring(0, 1 + random.nextInt(6))
                + Integer.toString(random.nextInt(1 + count), 36)
                + "é日".substring(random.nextInt(3));
        words.add(word);
        text.append(word).append(' ');
      }
      TsVector document = simple.toTsVector(text.toString());
      List<String> found = IntStream.range(0, document.size()).mapToObj(document::lexeme).toList();
      // Of these characters UTF-16 has the order of the bytes.
      assertEquals(List.copyOf(words), found);
    }
  }

  @Test
  void whatPostgresTextCanNotHoldIsRefused() {
    for (String text : new String[] {"a\0b", "a\uD800", "\uDC00b", "\uD800\uD800"}) {
      assertThrows(IllegalArgumentException.class, () -> TsVector.parse(text));
      assertThrows(IllegalArgumentException.class, () -> TsQuery.parse(text));
      assertThrows(
          IllegalArgumentException.class, () -> TextSearch.config("english").toTsVector(text));
    }
  }

  @Test
  void aLexemeHasAsManyPositionsAsPostgresKeeps() {
    String positions =
        IntStream.rangeClosed(1, 300).mapToObj(Integer::toString).collect(Collectors.joining(","));
    assertEquals(256, TsVector.parse("a:" + positions).positionCount(0));
    assertEquals(255, TextSearch.config("simple").toTsVector("a ".repeat(300)).positionCount(0));
    TsVector both = TsVector.parse("a:1").concat(TsVector.parse("a:" + positions));
    assertEquals(256, both.positionCount(0));
  }

  @Test
  void positionsBeyondTheLastCountAsTheLast() {
    TsVector document = TextSearch.config("simple").toTsVector("x ".repeat(16_390) + "y z y");
    assertEquals(
        "'y':16383 'z':16383", document.toString().substring(document.toString().indexOf("'y'")));
  }

  @Test
  void limitsAreThoseOfPostgres() {
    assertEquals(1, TsVector.parse("a".repeat(2046)).size());
    String message =
        assertThrows(IllegalArgumentException.class, () -> TsVector.parse("a".repeat(2047)))
            .getMessage();
    assertEquals("word is too long (2047 bytes, max 2046 bytes)", message);
    assertEquals(
        "'b':1", TextSearch.config("simple").toTsVector("é".repeat(1024) + " b").toString());
    String many =
        IntStream.range(0, 200_000).mapToObj(i -> "w" + i).collect(Collectors.joining(" "));
    String tooLong =
        assertThrows(
                IllegalArgumentException.class, () -> TextSearch.config("simple").toTsVector(many))
            .getMessage();
    assertTrue(
        tooLong.matches("string is too long for tsvector \\(\\d+ bytes, max 1048575 bytes\\)"),
        tooLong);
  }

  @Test
  void over65535LexemesFitWhereTheirBytesDo() {
    String many =
        IntStream.range(0, 100_000).mapToObj(Integer::toString).collect(Collectors.joining(" "));
    assertEquals(100_000, TsVector.parse(many).size());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      textBlock =
          """
          a:1 b:4   | a:1 c:2B     | 'a':1,5 'b':4 'c':6B
          a         | a:3          | 'a':3
          a:16380   | b:1,5,9      | 'a':16380 'b':16381,16383
          b:2       | a            | 'a' 'b':2
          """)
  void concatenationShiftsTheRightSide(String left, String right, String both) {
    assertEquals(both, TsVector.parse(left).concat(TsVector.parse(right)).toString());
  }

  @Test
  void weightsAreSetOnPositionsOnly() {
    assertEquals("'a':1B,2B 'b'", TsVector.parse("a:1,2A b").setWeight('B').toString());
    assertThrows(IllegalArgumentException.class, () -> TsVector.EMPTY.setWeight('E'));
  }

  @Test
  void lowerCaseThatGrowsStaysWithinLimits() {
    TsVector grown = TextSearch.config("simple").toTsVector("Ⱥ".repeat(1000) + " b");
    assertEquals("'b':2", grown.toString());
    assertEquals("'i̇'", TsVector.parse("i̇").toString());
    assertEquals("'istanbul':1", TextSearch.config("simple").toTsVector("İSTANBUL").toString());
  }
}
