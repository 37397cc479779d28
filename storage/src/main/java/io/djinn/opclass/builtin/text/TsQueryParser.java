package io.djinn.opclass.builtin.text;

import java.util.Arrays;

/**
 * Reads queries as people write them: with operators, or as one would type into a search engine.
 *
 * <p>What an operand becomes is left to a {@link Words}: the word itself, or what a configuration
 * makes of it. Parentheses are kept on a stack, so depth has no limit; as in PostgreSQL no more
 * than {@value #MAX_PENDING} operators may wait for their right operand within one pair.
 */
final class TsQueryParser {
  /** Takes each operand as it is. */
  static final Words AS_IS =
      (word, isPrefix, weights, query) -> query.operand(word, isPrefix, weights);

  private static final int MAX_PENDING = 32;
  private static final int MAX_DISTANCE = TsVector.MAX_POSITION + 1;

  /** Marks an open parenthesis among the operators that wait. */
  private static final byte OPEN = 6;

  /** Turns a word into one operand of the query, which may be an expression or a stop word. */
  interface Words {
    void add(String word, boolean isPrefix, int weights, TsQueryBuilder query);
  }

  private final String text;
  private final Words words;
  private final LexemeScanner scanner;
  private final TsQueryBuilder query = new TsQueryBuilder();

  // Operators that wait for their right operand.
  private byte[] waiting = new byte[MAX_PENDING];
  private int[] distances = new int[MAX_PENDING];
  private int waitingCount;
  private int waitingInside;
  private int open;

  private TsQueryParser(String text, Words words, LexemeScanner scanner) {
    this.text = text;
    this.words = words;
    this.scanner = scanner;
  }

  /** A query with operators. */
  static TsQuery parse(String text, Words words) {
    TsQueryParser parser = new TsQueryParser(text, words, LexemeScanner.ofQuery(text));
    parser.readExpression();
    return parser.query.build();
  }

  /** A query as typed into a search engine; there is none that is wrong. */
  static TsQuery parseWeb(String text, Words words) {
    TsQueryParser parser = new TsQueryParser(text, words, LexemeScanner.ofWebQuery(text));
    parser.readWeb();
    return parser.query.build();
  }

  /** A query of one operand. */
  static TsQuery parseOne(String text, Words words) {
    LexemeScanner.requireText(text);
    TsQueryBuilder query = new TsQueryBuilder();
    if (!text.isEmpty()) {
      words.add(text, false, 0, query);
    }
    return query.build();
  }

  private void skipSpace() {
    while (LexemeScanner.isSpace(scanner.peek())) {
      skip();
    }
  }

  private void skip() {
    scanner.moveTo(scanner.at() + 1);
  }

  private void readExpression() {
    boolean isFirst = true;
    while (true) {
      // An operand.
      skipSpace();
      int c = scanner.peek();
      if (c == '!') {
        skip();
        push(TsQuery.NOT, 0);
        isFirst = false;
        continue;
      }
      if (c == '(') {
        skip();
        open();
        isFirst = false;
        continue;
      }
      if (c == ':') {
        throw scanner.syntaxError();
      }
      if (!scanner.next()) {
        if (isFirst) {
          return;
        }
        throw new IllegalArgumentException("no operand in tsquery: \"" + scanner.shown() + "\"");
      }
      isFirst = false;
      addWord();
      if (!readOperator()) {
        return;
      }
    }
  }

  private void addWord() {
    String word = scanner.word();
    boolean isPrefix = false;
    int weights = 0;
    if (scanner.peek() == ':') {
      while (true) {
        skip();
        int c = scanner.peek();
        int weight = c < 0 || c >= 128 ? -1 : "DCBA".indexOf(Character.toUpperCase((char) c));
        if (c == '*') {
          isPrefix = true;
        } else if (weight >= 0) {
          weights |= 1 << weight;
        } else {
          break;
        }
      }
    }
    words.add(word, isPrefix, weights, query);
  }

  /** Reads up to the next operand; false at the end of the query. */
  private boolean readOperator() {
    while (true) {
      skipSpace();
      int c = scanner.peek();
      switch (c) {
        case '&' -> {
          skip();
          push(TsQuery.AND, 0);
          return true;
        }
        case '|' -> {
          skip();
          push(TsQuery.OR, 0);
          return true;
        }
        case '<' -> {
          push(TsQuery.PHRASE, readDistance());
          return true;
        }
        case ')' -> {
          skip();
          close();
        }
        case -1 -> {
          if (open > 0) {
            throw scanner.syntaxError();
          }
          finish();
          return false;
        }
        default -> throw scanner.syntaxError();
      }
    }
  }

  private int readDistance() {
    skip();
    long distance = 1;
    if (scanner.peek() == '-') {
      skip();
    } else {
      if (!LexemeScanner.isDigit(scanner.peek())) {
        throw scanner.syntaxError();
      }
      distance = 0;
      while (LexemeScanner.isDigit(scanner.peek())) {
        distance = Math.min(10 * distance + scanner.peek() - '0', Integer.MAX_VALUE);
        skip();
      }
      if (distance > MAX_DISTANCE) {
        throw new IllegalArgumentException(
            "distance in phrase operator must be an integer value between zero and "
                + MAX_DISTANCE
                + " inclusive: \""
                + scanner.shown()
                + "\"");
      }
    }
    if (scanner.peek() != '>') {
      throw scanner.syntaxError();
    }
    skip();
    if (scanner.peek() < 0) {
      throw scanner.syntaxError();
    }
    return (int) distance;
  }

  private static int priority(byte kind) {
    return switch (kind) {
      case TsQuery.NOT -> 4;
      case TsQuery.PHRASE -> 3;
      case TsQuery.AND -> 2;
      default -> 1;
    };
  }

  /** An operator: those before it that bind closer have all their operands now. */
  private void push(byte kind, int distance) {
    int priority = priority(kind);
    while (waitingInside > 0) {
      int before = priority(waiting[waitingCount - 1]);
      if (kind == TsQuery.NOT ? priority >= before : priority > before) {
        break;
      }
      pop();
    }
    if (waitingInside == MAX_PENDING) {
      throw new IllegalArgumentException(
          "tsquery stack too small: over "
              + MAX_PENDING
              + " operators wait for their operand in \""
              + scanner.shown()
              + "\"");
    }
    wait(kind, distance);
    waitingInside++;
  }

  private void wait(byte kind, int value) {
    if (waitingCount == waiting.length) {
      waiting = Arrays.copyOf(waiting, 2 * waitingCount);
      distances = Arrays.copyOf(distances, 2 * waitingCount);
    }
    waiting[waitingCount] = kind;
    distances[waitingCount++] = value;
  }

  private void pop() {
    waitingCount--;
    waitingInside--;
    query.operator(waiting[waitingCount], distances[waitingCount]);
  }

  private void finish() {
    while (waitingInside > 0) {
      pop();
    }
  }

  private void open() {
    wait(OPEN, waitingInside);
    waitingInside = 0;
    open++;
  }

  private void close() {
    if (open == 0) {
      throw scanner.syntaxError();
    }
    finish();
    open--;
    waitingCount--;
    waitingInside = distances[waitingCount];
  }

  private void readWeb() {
    boolean isFirst = true;
    while (true) {
      // An operand.
      int c = scanner.peek();
      if (c == '-') {
        skip();
        push(TsQuery.NOT, 0);
        isFirst = false;
        continue;
      }
      if (LexemeScanner.isSpace(c) || LexemeScanner.isOperator(c)) {
        skip();
        isFirst &= LexemeScanner.isSpace(c);
        continue;
      }
      if (c == '"') {
        int from = scanner.at() + 1;
        int to = text.indexOf('"', from);
        scanner.moveTo(to < 0 ? text.length() : to + 1);
        words.add(text.substring(from, to < 0 ? text.length() : to), false, 0, query);
      } else if (scanner.next()) {
        words.add(scanner.word(), false, 0, query);
      } else {
        if (!isFirst) {
          query.stopWord();
        }
        break;
      }
      isFirst = false;
      c = scanner.peek();
      while (LexemeScanner.isSpace(c) || LexemeScanner.isOperator(c)) {
        skip();
        c = scanner.peek();
      }
      if (c < 0) {
        break;
      }
      if (isOr()) {
        scanner.moveTo(scanner.at() + 2);
        push(TsQuery.OR, 0);
      } else {
        push(TsQuery.AND, 0);
      }
    }
    finish();
  }

  /** Whether the word {@code or} is here and something follows it. */
  private boolean isOr() {
    int at = scanner.at();
    if (!text.regionMatches(true, at, "or", 0, 2) || text.charAt(at) >= 128) {
      return false;
    }
    int next = at + 2;
    if (next >= text.length()) {
      return false;
    }
    int c = text.codePointAt(next);
    if (c == '-' || c == '_' || isWordCharacter(c)) {
      return false;
    }
    for (int i = next + Character.charCount(c); i < text.length(); i++) {
      if (!LexemeScanner.isSpace(text.charAt(i))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isWordCharacter(int c) {
    return c < 128
        ? Character.isLetterOrDigit(c)
        : Character.isAlphabetic(c) || Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER;
  }
}
