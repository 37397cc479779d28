package io.djinn.opclass.builtin.text.parser;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts a text into tokens as PostgreSQL's default parser does: tries what a token may be, from the
 * longest guess to the shortest, by going back to places remembered.
 *
 * <p>Some tokens overlap: after a URL come its host and its path, after a hyphenated word its
 * parts.
 *
 * <p>The time is linear in the text. Where PostgreSQL tries a long guess again from each of its
 * parts, as a host from every label of {@code a_a_a_a…}, guesses that failed are remembered.
 *
 * <p>For one thread at a time; may begin again on another text.
 */
public final class TextParser {
  /** Guesses shorter than this are cheaper to try again than to remember. */
  private static final int LONG_GUESS = 256;

  private static final ParserTable TABLE = ParserTable.instance();
  private static final int BASE = TABLE.state("Base");
  private static final int COMMENT = TABLE.state("Comment");
  private static final int COMMENT_END_FIRST = TABLE.state("CommentEndFirst");
  private static final int COMMENT_END_SECOND = TABLE.state("CommentEndSecond");
  private static final int HOST = TABLE.state("Host");
  private static final int HOST_LABEL = TABLE.state("HostLabel");
  private static final int HOST_PART = TABLE.state("HostPart");
  private static final int FILE_FIRST = TABLE.state("FileFirst");

  private static final char[] NO_CHARACTERS = {};

  private final boolean isProbe;
  private final int longGuess;
  private char[] text = NO_CHARACTERS;
  private int limit;

  private int position;
  private int state;
  private int type;
  private int start;
  private int end;

  /** Between the tags of a script or a style, of which only tags are of interest. */
  private boolean isIgnoring;

  /** Just behind a URL, whose host is next. */
  private boolean isHostWanted;

  private boolean wasHostWanted;

  // Places remembered.
  private int[] places = new int[16];
  private int[] statesOfPlaces = new int[16];
  private int[] rulesOfPlaces = new int[16];

  /** How far was looked since. */
  private int[] reached = new int[16];

  private int depth;

  /** Finds out whether a host follows an at sign. */
  private TextParser probe;

  private int probedAt;
  private int probedTo;

  /** Where comments begin that do not end. */
  private int endlessFrom;

  /** By kind of guess and position: known to fail; null while none is. */
  private long[][] failed;

  public TextParser() {
    this(false, LONG_GUESS);
  }

  /**
   * @param longGuess length beyond which a guess that failed is remembered
   */
  TextParser(int longGuess) {
    this(false, longGuess);
  }

  private TextParser(boolean isProbe, int longGuess) {
    this.isProbe = isProbe;
    this.longGuess = longGuess;
  }

  /** All tokens of a text, in order. */
  public static List<Token> parse(String text) {
    List<Token> tokens = new ArrayList<>();
    TextParser parser = new TextParser();
    for (parser.begin(text); parser.next(); ) {
      tokens.add(new Token(parser.type(), text.substring(parser.start(), parser.end())));
    }
    return tokens;
  }

  /** Begins on a text. */
  public void begin(String newText) {
    begin(newText.toCharArray(), newText.length());
  }

  /** Begins on the first characters of an array, which must not change meanwhile. */
  public void begin(char[] newText, int length) {
    text = newText;
    limit = length;
    isIgnoring = false;
    isHostWanted = false;
    probedAt = -1;
    endlessFrom = Integer.MAX_VALUE;
    failed = null;
    position = 0;
    state = BASE;
  }

  /** What the current token is. */
  public TokenType type() {
    return TokenType.at(type);
  }

  /** Index of the current token's first character. */
  public int start() {
    return start;
  }

  /** Index behind the current token's last character. */
  public int end() {
    return end;
  }

  /** Goes to the next token; false at the end of the text. */
  public boolean next() {
    if (position >= limit) {
      return false;
    }
    start = position;
    wasHostWanted = isHostWanted;
    depth = 0;
    int from = -1;
    while (true) {
      if (from < 0) {
        if (!isIgnoring && takeSteps()) {
          return true;
        }
        from = TABLE.firstRule[state];
      }
      int character = CharacterClass.END;
      int width = 0;
      if (position < limit) {
        character = text[position];
        width = 1;
        if (character >= 128) {
          int codePoint = Character.codePointAt(text, position, limit);
          width = Character.charCount(codePoint);
          character = CharacterClass.of(codePoint);
        }
      }
      int rule = choose(from, character);
      if (rule < 0) {
        return false;
      }
      int at = position;
      if (TABLE.beside[rule] != ParserTable.NOTHING) {
        doBeside(TABLE.beside[rule]);
      }
      int target = TABLE.target[rule];
      if (TABLE.token[rule] != ParserTable.NONE) {
        type = TABLE.token[rule];
        end = at;
        state = target;
        return true;
      }
      from = -1;
      int move = TABLE.move[rule];
      if (move == ParserTable.BACK) {
        from = goBack();
        continue;
      }
      if (move == ParserTable.TRY) {
        remember(rule + 1);
      } else if (move == ParserTable.COMMIT) {
        forget();
      } else if (move == ParserTable.JOIN) {
        // The rules up to the one that remembered the place stay passed over for one character.
        forget();
        state = statesOfPlaces[depth];
        from = rulesOfPlaces[depth];
      }
      if (target != ParserTable.NONE) {
        state = target;
      }
      if (!TABLE.looksAgain[rule]) {
        if (position >= limit) {
          return false;
        }
        position += width;
      }
    }
  }

  /** Takes ASCII characters as long as that takes no rule to ask; true where the token ends. */
  private boolean takeSteps() {
    int at = position;
    int now = state;
    int steps = now * CharacterClass.COUNT;
    int next = now;
    while (at < limit && text[at] < 128) {
      next = TABLE.step[steps + text[at]];
      if (next != now) {
        // Within a word the state stays, and the processor need not wait for the step to know.
        if (next < 0) {
          break;
        }
        now = next;
        steps = now * CharacterClass.COUNT;
      }
      at++;
    }
    position = at;
    state = now;
    if (next >= ParserTable.NONE) {
      return false;
    }
    int rule = -2 - next;
    type = TABLE.token[rule];
    end = at;
    state = TABLE.target[rule];
    return true;
  }

  /** The rule to take, or -1 to give up, which only a probe does. */
  private int choose(int from, int character) {
    int rule = TABLE.choice[from * CharacterClass.COUNT + character];
    while (true) {
      boolean holds;
      switch (TABLE.test[rule]) {
        case ParserTable.IF_IGNORED -> holds = isIgnoring;
        case ParserTable.IF_HOST_WANTED -> {
          holds = isHostWanted;
          isHostWanted = false;
        }
        case ParserTable.IF_COMMENT_IS_ENDLESS -> holds = start >= endlessFrom;
        case ParserTable.IF_PATH -> holds = tryPath();
        case ParserTable.IF_HOST -> {
          if (isProbe) {
            // Whatever follows, the token is no host: an address at best.
            return -1;
          }
          holds = tryHost();
        }
        default -> holds = TABLE.move[rule] != ParserTable.TRY || !isKnownToFail(rule);
      }
      if (holds) {
        return rule;
      }
      rule = TABLE.choice[(rule + 1) * CharacterClass.COUNT + character];
    }
  }

  private void doBeside(int what) {
    switch (what) {
      case ParserTable.NOTE_TAG -> noteTag();
      case ParserTable.REPEAT_AS_URL -> {
        isHostWanted = true;
        position = start;
      }
      default -> position = start;
    }
  }

  private void noteTag() {
    switch (position - start) {
      case 6 -> isIgnoring |= tokenIs("<style");
      case 7 -> isIgnoring = tokenIs("<script") || (isIgnoring && !tokenIs("</style"));
      case 8 -> isIgnoring &= !tokenIs("</script");
      default -> {}
    }
  }

  private boolean tokenIs(String lowerCase) {
    for (int i = 0; i < lowerCase.length(); i++) {
      char c = text[start + i];
      if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != lowerCase.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private boolean tryPath() {
    int to = position;
    while (to < limit && CharacterClass.isUrlCharacter(text[to])) {
      to++;
    }
    boolean isPath = to > position;
    position = to;
    return isPath;
  }

  private boolean tryHost() {
    if (probedAt != position) {
      if (probe == null) {
        probe = new TextParser(true, longGuess);
      }
      probedAt = position;
      probe.begin(text, limit);
      probe.position = position;
      probe.isHostWanted = true;
      probedTo = probe.next() && probe.type() == TokenType.HOST ? probe.end : -1;
    }
    if (probedTo < 0) {
      return false;
    }
    position = probedTo;
    return true;
  }

  private void remember(int nextRule) {
    if (depth == places.length) {
      places = Arrays.copyOf(places, 2 * depth);
      statesOfPlaces = Arrays.copyOf(statesOfPlaces, 2 * depth);
      rulesOfPlaces = Arrays.copyOf(rulesOfPlaces, 2 * depth);
      reached = Arrays.copyOf(reached, 2 * depth);
    }
    reached[depth] = position;
    places[depth] = position;
    statesOfPlaces[depth] = state;
    rulesOfPlaces[depth++] = nextRule;
  }

  /** Forgets the place remembered last; how far was looked since. */
  private int forget() {
    depth--;
    int far = Math.max(reached[depth], position);
    if (depth > 0) {
      reached[depth - 1] = Math.max(reached[depth - 1], far);
    }
    return far;
  }

  /** Returns to the place remembered last; the rule to look from. */
  private int goBack() {
    int far = forget();
    int place = places[depth];
    int nextRule = rulesOfPlaces[depth];
    if (far - place > longGuess) {
      noteFailure(TABLE.target[nextRule - 1], place, far);
    }
    position = place;
    state = statesOfPlaces[depth];
    return nextRule;
  }

  /** Kinds of guesses that may be long and made again from within. */
  private static int kindOf(int guess) {
    if (guess == HOST_PART) {
      return 0;
    }
    if (guess == HOST_LABEL) {
      return 1;
    }
    if (guess == HOST) {
      return 2;
    }
    return guess == FILE_FIRST ? 3 : -1;
  }

  private void noteFailure(int guess, int place, int far) {
    if (state == COMMENT || state == COMMENT_END_FIRST || state == COMMENT_END_SECOND) {
      endlessFrom = Math.min(endlessFrom, start);
    }
    int kind = kindOf(guess);
    if (kind < 0 || wasHostWanted || isProbe) {
      return;
    }
    if (failed == null) {
      failed = new long[4][(limit >> 6) + 1];
    }
    failed[kind][place >> 6] |= 1L << place;
    if (guess == FILE_FIRST) {
      // A path that leads nowhere leads nowhere from any of its slashes.
      for (int i = place + 1; i < far; i++) {
        if (text[i] == '/') {
          if ((failed[kind][i >> 6] & 1L << i) != 0) {
            break;
          }
          failed[kind][i >> 6] |= 1L << i;
        }
      }
    }
  }

  private boolean isKnownToFail(int rule) {
    if (failed == null || wasHostWanted) {
      return false;
    }
    int kind = kindOf(TABLE.target[rule]);
    return kind >= 0 && (failed[kind][position >> 6] & 1L << position) != 0;
  }
}
