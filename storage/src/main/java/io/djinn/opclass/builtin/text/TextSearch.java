package io.djinn.opclass.builtin.text;

import io.djinn.opclass.builtin.FoundValue;
import java.util.List;

/**
 * A text search configuration: makes documents and queries of plain text, as PostgreSQL's {@code
 * to_tsvector} and its kin.
 *
 * <p>There are {@code simple}, which takes words as they are, in lower case, and {@code english},
 * which leaves out stop words and stems the others. Characters are sorted and folded as under
 * {@code C.UTF-8}. Immutable.
 */
public final class TextSearch {
  private static final TextSearch SIMPLE = new TextSearch("simple", false);
  private static final TextSearch ENGLISH = new TextSearch("english", true);
  private static final List<String> NAMES = List.of("english", "simple");

  /** What longer texts need is not kept by the thread. */
  private static final int KEPT_CHARACTERS = 32 << 10;

  private final String name;
  private final boolean isEnglish;
  private final ThreadLocal<Workspace> workspaces = ThreadLocal.withInitial(this::newWorkspace);

  /** What documents are made with. */
  private record Workspace(Lexizer lexizer, TsVectorBuilder document) {}

  private TextSearch(String name, boolean isEnglish) {
    this.name = name;
    this.isEnglish = isEnglish;
  }

  /**
   * The configuration of a name.
   *
   * @throws IllegalArgumentException naming those there are
   */
  public static TextSearch config(String name) {
    return switch (name) {
      case "simple" -> SIMPLE;
      case "english" -> ENGLISH;
      default ->
          throw new IllegalArgumentException(
              "no text search configuration \""
                  + FoundValue.cut(name)
                  + "\"; there are "
                  + names());
    };
  }

  /** Names of the configurations there are. */
  public static List<String> names() {
    return NAMES;
  }

  public String name() {
    return name;
  }

  /**
   * The document of a text.
   *
   * @throws IllegalArgumentException where it is no Unicode text, or the document is over {@link
   *     TsVector#MAX_BYTES}
   */
  public TsVector toTsVector(String text) {
    LexemeScanner.requireText(text);
    Workspace workspace = text.length() > KEPT_CHARACTERS ? newWorkspace() : workspaces.get();
    Lexizer lexizer = workspace.lexizer;
    TsVectorBuilder document = workspace.document;
    document.begin();
    for (lexizer.begin(text); lexizer.next(); ) {
      document.addParsed(lexizer.lexeme(), lexizer.length(), lexizer.position());
    }
    return document.build();
  }

  private Workspace newWorkspace() {
    return new Workspace(
        new Lexizer(isEnglish, isEnglish ? new StemCache() : null), new TsVectorBuilder(0));
  }

  /**
   * A query with operators; an operand that is several words is a phrase. {@code to_tsquery}.
   *
   * @throws IllegalArgumentException naming the text and what is wrong with it
   */
  public TsQuery toTsQuery(String text) {
    return TsQueryParser.parse(text, words(TsQuery.PHRASE));
  }

  /** All words of a text, in any order. {@code plainto_tsquery}. */
  public TsQuery plainToTsQuery(String text) {
    return TsQueryParser.parseOne(text, words(TsQuery.AND));
  }

  /** All words of a text, one after the other. {@code phraseto_tsquery}. */
  public TsQuery phraseToTsQuery(String text) {
    return TsQueryParser.parseOne(text, words(TsQuery.PHRASE));
  }

  /**
   * A query as typed into a search engine: quotes for phrases, {@code or}, {@code -} for not.
   * {@code websearch_to_tsquery}.
   */
  public TsQuery webSearchToTsQuery(String text) {
    return TsQueryParser.parseWeb(text, words(TsQuery.PHRASE));
  }

  /** The lexeme of one word, as a list that is empty for a stop word. {@code ts_lexize}. */
  public List<String> lexize(String word) {
    LexemeScanner.requireText(word);
    Lexizer lexizer = new Lexizer(isEnglish);
    return lexizer.lexizeWord(word) ? List.of(lexizer.lexemeText()) : List.of();
  }

  /**
   * Makes lexemes of operands.
   *
   * @param joiner of the lexemes of one operand
   */
  private TsQueryParser.Words words(byte joiner) {
    int distance = joiner == TsQuery.PHRASE ? 1 : 0;
    return (word, isPrefix, weights, query) -> {
      Lexizer lexizer = new Lexizer(isEnglish);
      int position = 0;
      int joined = 0;
      lexizer.begin(word);
      while (lexizer.next()) {
        boolean isSamePosition = joined > 0 && lexizer.position() == position;
        // Stop words between two lexemes hold their places, until distances are known.
        while (position > 0 && position + 1 < lexizer.position()) {
          query.stopWord();
          query.operator(joiner, distance);
          position++;
        }
        position = lexizer.position();
        query.operand(lexizer.lexemeText(), isPrefix, weights);
        if (isSamePosition) {
          // Beyond the last position all lexemes are at that one.
          query.operator(TsQuery.AND, 0);
        } else if (joined++ > 0) {
          query.operator(joiner, distance);
        }
      }
      if (joined == 0) {
        query.stopWord();
      }
    };
  }

  @Override
  public String toString() {
    return name;
  }
}
