package io.djinn.opclass.builtin.text;

import io.djinn.opclass.TextSearchFunctions;
import io.djinn.opclass.builtin.text.parser.TextParser;
import java.util.ArrayList;
import java.util.List;

/** The functions of text search as a service. */
public final class TextSearchService implements TextSearchFunctions {
  private static final String STEMMER = "_stem";

  @Override
  public List<Token> tokens(String text) {
    return TextParser.parse(text).stream()
        .map(token -> new Token(token.type().alias(), token.text()))
        .toList();
  }

  @Override
  public List<Lexeme> lexemes(String config, String text) {
    TsVector document = TextSearch.config(config).toTsVector(text);
    List<Lexeme> lexemes = new ArrayList<>();
    for (int i = 0; i < document.size(); i++) {
      List<Integer> positions = new ArrayList<>();
      for (int n = 0; n < document.positionCount(i); n++) {
        positions.add(document.position(i, n));
      }
      lexemes.add(new Lexeme(document.lexeme(i), positions));
    }
    return lexemes;
  }

  /** Dictionaries are named as configurations, a stemmer with {@code _stem} behind. */
  @Override
  public List<String> lexize(String dictionary, String word) {
    String config =
        dictionary.endsWith(STEMMER)
            ? dictionary.substring(0, dictionary.length() - STEMMER.length())
            : dictionary;
    return TextSearch.config(config).lexize(word);
  }

  @Override
  public String tsquery(String function, String config, String text) {
    TsQuery query =
        switch (function) {
          case "tsquery" -> TsQuery.parse(text);
          case "to_tsquery" -> TextSearch.config(config).toTsQuery(text);
          case "plainto_tsquery" -> TextSearch.config(config).plainToTsQuery(text);
          case "phraseto_tsquery" -> TextSearch.config(config).phraseToTsQuery(text);
          case "websearch_to_tsquery" -> TextSearch.config(config).webSearchToTsQuery(text);
          default -> throw new IllegalArgumentException("no function \"" + function + "\"");
        };
    return query.toString();
  }
}
