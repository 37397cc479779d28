package io.djinn.opclass.builtin.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TsQueryTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      textBlock =
          """
          a&b                    # 'a' & 'b'
          a # b & !c             # 'a' # 'b' & !'c'
          (a # b) & c            # ( 'a' # 'b' ) & 'c'
          a <-> (b <-> c)        # 'a' <-> ( 'b' <-> 'c' )
          (a <-> b) <3> c        # 'a' <-> 'b' <3> 'c'
          !(a & b)               # !( 'a' & 'b' )
          !!a                    # !!'a'
          a:*bA & 'x y':d        # 'a':*AB & 'x y':D
          'it''s' & a\\\\b         # 'it''s' & 'a\\\\b'
          """)
  void queriesPrintAsPostgresPrintsThem(String line) {
    String[] parts = line.split("  +# ");
    String wanted = parts[1].replace('#', '|');
    TsQuery query = TsQuery.parse(parts[0].replace('#', '|'));
    assertEquals(wanted, query.toString());
    assertEquals(query, TsQuery.parse(wanted));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '~',
      textBlock =
          """
          a &      ~ no operand in tsquery: "a &"
          a b      ~ syntax error in tsquery: "a b"
          (a       ~ syntax error in tsquery: "(a"
          a)       ~ syntax error in tsquery: "a)"
          & a      ~ syntax error in tsquery: "& a"
          :a       ~ syntax error in tsquery: ":a"
          ''       ~ syntax error in tsquery: "''"
          a <x> b  ~ syntax error in tsquery: "a <x> b"
          """)
  void otherTextIsRefusedNamingIt(String text, String message) {
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> TsQuery.parse(text)).getMessage());
  }

  @Test
  void limitsAreThoseOfPostgres() {
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> TsQuery.parse("a <16385> b"))
            .getMessage()
            .contains("between zero and 16384"));
    assertEquals("'a' <16384> 'b'", TsQuery.parse("a <16384> b").toString());
    assertThrows(IllegalArgumentException.class, () -> TsQuery.parse("a".repeat(2047)));
    assertThrows(IllegalArgumentException.class, () -> TsQuery.parse("!".repeat(33) + "a"));
    assertEquals("!".repeat(32) + "'a'", TsQuery.parse("!".repeat(32) + "a").toString());
  }

  @Test
  void aQueryMayBeAsDeepAsItIsLong() {
    int depth = 100_000;
    String nested = "(a|!".repeat(depth) + "b" + ")".repeat(depth);
    TsQuery query = TsQuery.parse(nested);
    assertTrue(query.matches(TsVector.parse("a")));
    assertEquals(query.size(), TsQuery.parse(query.toString()).size());
    TsQuery chain = TextSearch.config("simple").plainToTsQuery("a b ".repeat(depth));
    assertTrue(chain.matches(TsVector.parse("a b")));
    assertFalse(chain.matches(TsVector.parse("a")));
    TsQuery phrases = TsQuery.parse("(a<->".repeat(depth / 10) + "b" + ")".repeat(depth / 10));
    assertFalse(phrases.matches(TsVector.parse("a:1,2 b:3")));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '~',
      textBlock =
          """
          english ~ q  ~ the & cats               ~ 'cat'
          english ~ q  ~ cats <-> of <-> the <-> dogs ~ 'cat' <3> 'dog'
          english ~ q  ~ the <-> dogs             ~ 'dog'
          english ~ q  ~ !the                     ~
          english ~ q  ~ new-york:*A              ~ 'new-york':*A <-> 'new':*A <-> 'york':*A
          simple  ~ q  ~ pg_class                 ~ 'pg' <-> 'class'
          english ~ p  ~ The Cats' dogs           ~ 'cat' & 'dog'
          english ~ ph ~ cats of the dogs         ~ 'cat' <3> 'dog'
          english ~ ph ~ of the                   ~
          simple  ~ w  ~ a "b c" or -d            ~ 'a' & 'b' <-> 'c' | !'d'
          simple  ~ w  ~ or or or                 ~ 'or' | 'or'
          simple  ~ w  ~ a -                      ~ 'a'
          simple  ~ w  ~ a) & (b "c               ~ 'a' & 'b' & 'c'
          """)
  void functionsMakeQueriesAsPostgresDoes(
      String config, String function, String text, String printed) {
    TextSearch search = TextSearch.config(config);
    TsQuery query =
        switch (function) {
          case "q" -> search.toTsQuery(text);
          case "p" -> search.plainToTsQuery(text);
          case "ph" -> search.phraseToTsQuery(text);
          default -> search.webSearchToTsQuery(text);
        };
    assertEquals(printed == null ? "" : printed, query.toString());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '~',
      textBlock =
          """
          a:1 b:2     ~ a <-> b                     ~ true
          a:1 b:3     ~ a <-> b                     ~ false
          a:1 b:1     ~ a <0> b                     ~ true
          a b         ~ a <-> b                     ~ false
          a b         ~ !(a <-> b)                  ~ true
          a           ~ a:A                         ~ true
          a:1         ~ a:A                         ~ false
          a:1A b:2    ~ a:A <-> b:D                 ~ true
          a:1 b:2     ~ !a <-> b                    ~ false
          a:1 b:2,5   ~ !a <-> b                    ~ true
          a:1 b:2 c:3 ~ a <-> (b & c)               ~ false
          a:1 b:2 c:2 ~ a <-> (b & c)               ~ true
          a:1 b:2 c:3 ~ a <-> (x | b <-> c)         ~ true
          ab:1 ac:2   ~ a:* <-> ac                  ~ true
          ab:1 ac     ~ a:* <-> ab                  ~ false
          a:1 b:3     ~ !x <-> a                    ~ true
          a:1         ~ !x <-> !y                   ~ true
          """)
  void phrasesAndWeightsMatchAsInPostgres(String document, String query, boolean matches) {
    assertEquals(matches, TsQuery.parse(query).matches(TsVector.parse(document)));
  }

  @Test
  void theEmptyQueryMatchesNothing() {
    assertFalse(TsQuery.parse("").matches(TsVector.parse("a")));
    assertTrue(TextSearch.config("english").toTsQuery("the").isEmpty());
  }
}
