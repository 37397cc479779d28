package io.djinn.opclass;

import java.util.List;

/**
 * The functions of text search by the names PostgreSQL gives them, so that what calls them need not
 * know who implements them; found as a service by {@link OperatorClasses#textSearch}.
 *
 * <p>All throw {@link IllegalArgumentException} where a name is unknown or a text is not taken.
 */
public interface TextSearchFunctions {
  /**
   * A token of a text.
   *
   * @param type its type by alias, as {@code asciiword}
   */
  record Token(String type, String text) {}

  /**
   * A lexeme of a tsvector.
   *
   * @param positions ascending, from 1; none where they were stripped
   */
  record Lexeme(String text, List<Integer> positions) {
    public Lexeme {
      positions = List.copyOf(positions);
    }
  }

  /** {@code ts_parse('default', text)}: all tokens in order, blanks too. */
  List<Token> tokens(String text);

  /** {@code to_tsvector(config, text)}: lexemes by their bytes. */
  List<Lexeme> lexemes(String config, String text);

  /**
   * {@code ts_lexize(dictionary, word)}: none for a stop word, null for a word it does not know.
   */
  List<String> lexize(String dictionary, String word);

  /**
   * A tsquery in its text form.
   *
   * @param function {@code to_tsquery}, {@code plainto_tsquery}, {@code phraseto_tsquery}, {@code
   *     websearch_to_tsquery}, or {@code tsquery} for a plain cast
   * @param config null for a plain cast
   */
  String tsquery(String function, String config, String text);
}
