package io.djinn.opclass.builtin.regex;

import java.util.Set;

/**
 * Cuts a regular expression into tokens: prefixes ({@code ***=}, {@code ***:}), embedded options,
 * and the three flavours with their contexts.
 */
final class Lexer {
  /** Values of {@link Token#LOOK_AROUND}: bit 0 negated, bit 1 behind. */
  static final int NEGATED = 1;

  static final int BEHIND = 2;

  /** Flavours of syntax: basic, extended and advanced expressions, and plain text. */
  private enum Flavour {
    BASIC,
    EXTENDED,
    ADVANCED,
    LITERAL
  }

  private enum Context {
    MAIN,
    BOUND,
    BRACKET,
    COLLATING,
    EQUIVALENCE,
    CLASS
  }

  private static final int LARGEST_CHARACTER = 0x7FFFFFFE;
  private static final int MANY_DIGITS = 255;
  private static final String BAD_ESCAPE = "invalid escape \\ sequence";

  private final String pattern;
  private final int[] text;
  private int now;
  private Context context = Context.MAIN;
  private Token last = Token.START;
  private Token token = Token.START;
  private int value;
  private int tokenStart;
  private int groups;

  private Flavour flavour = Flavour.ADVANCED;
  private boolean ignoreCase;
  private boolean expanded;
  private boolean newlineStops;
  private boolean newlineAnchors;

  Lexer(String pattern, Set<Flag> flags) {
    this.pattern = pattern;
    ignoreCase = flags.contains(Flag.IGNORE_CASE);
    newlineStops = flags.contains(Flag.NEWLINE_STOPS);
    newlineAnchors = flags.contains(Flag.NEWLINE_ANCHORS);
    text = pattern.codePoints().toArray();
    for (int i = 0; i < text.length; i++) {
      if (text[i] >= Character.MIN_SURROGATE && text[i] <= Character.MAX_SURROGATE) {
        now = i;
        throw fault(String.format("lone surrogate U+%04X, which is not Unicode text", text[i]));
      }
    }
    if (flags.contains(Flag.LITERAL)) {
      flavour = Flavour.LITERAL;
    } else {
      readPrefixes();
    }
    next();
  }

  Token token() {
    return token;
  }

  /** Character, digit, class, number or flag, by token. */
  int value() {
    return value;
  }

  /** Where the current token starts, in code points. */
  int tokenStart() {
    return tokenStart;
  }

  boolean ignoresCase() {
    return ignoreCase;
  }

  boolean newlineStops() {
    return newlineStops;
  }

  boolean newlineAnchors() {
    return newlineAnchors;
  }

  /** Whether a closing parenthesis without an opening one is a plain character. */
  boolean strayParenthesisIsPlain() {
    return flavour == Flavour.EXTENDED;
  }

  /** Tells how many capturing parentheses have been opened: it decides what {@code \12} means. */
  void groupsOpened(int count) {
    groups = count;
  }

  InvalidRegularExpressionException fault(String what) {
    return faultAt(what, now);
  }

  InvalidRegularExpressionException faultAtToken(String what) {
    return faultAt(what, tokenStart);
  }

  private InvalidRegularExpressionException faultAt(String what, int position) {
    return new InvalidRegularExpressionException(what, pattern, Math.min(position, text.length));
  }

  private boolean atEnd() {
    return now >= text.length;
  }

  private boolean sees(int c) {
    return now < text.length && text[now] == c;
  }

  private boolean sees(int offset, int c) {
    return now + offset < text.length && text[now + offset] == c;
  }

  private void set(Token kind) {
    set(kind, 0);
  }

  private void set(Token kind, int newValue) {
    token = kind;
    value = newValue;
  }

  private void readPrefixes() {
    if (text.length >= 4 && sees('*') && sees(1, '*') && sees(2, '*')) {
      if (text[3] == '=') {
        flavour = Flavour.LITERAL;
        now = 4;
        return;
      }
      if (text[3] != ':') {
        throw fault(
            text[3] == '?'
                ? "\"***?\" asks for a version, which there is none of"
                : "quantifier operand invalid");
      }
      now = 4;
    }
    if (sees('(') && sees(1, '?') && now + 2 < text.length && isAsciiLetter(text[now + 2])) {
      now += 2;
      for (; !atEnd() && isAsciiLetter(text[now]); now++) {
        readOption(text[now]);
      }
      if (!sees(')')) {
        throw fault("invalid embedded option: \")\" expected");
      }
      now++;
      if (flavour == Flavour.LITERAL) {
        expanded = false;
        newlineStops = false;
        newlineAnchors = false;
      }
    }
  }

  private void readOption(int option) {
    switch (option) {
      case 'b' -> flavour = Flavour.BASIC;
      case 'e' -> flavour = Flavour.EXTENDED;
      case 'q' -> flavour = Flavour.LITERAL;
      case 'c' -> ignoreCase = false;
      case 'i' -> ignoreCase = true;
      case 'm', 'n' -> setNewline(true, true);
      case 'p' -> setNewline(true, false);
      case 's' -> setNewline(false, false);
      case 'w' -> setNewline(false, true);
      case 't' -> expanded = false;
      case 'x' -> expanded = true;
      default -> throw fault("invalid embedded option \"" + Character.toString(option) + "\"");
    }
  }

  private void setNewline(boolean stops, boolean anchors) {
    newlineStops = stops;
    newlineAnchors = anchors;
  }

  /** Moves to the next token. */
  void next() {
    last = token;
    do {
      if (expanded && (context == Context.MAIN || context == Context.BOUND)) {
        skipBlanks();
      }
      tokenStart = now;
      if (atEnd()) {
        switch (context) {
          case MAIN -> set(Token.END);
          case BOUND -> throw fault("braces {} not balanced");
          default -> throw fault("brackets [] not balanced");
        }
        return;
      }
    } while (!readToken(text[now++]));
  }

  /** Blanks and comments between tokens of the expanded syntax. */
  private void skipBlanks() {
    while (!atEnd()) {
      if (isAsciiSpace(text[now])) {
        now++;
      } else if (text[now] == '#') {
        while (!atEnd() && text[now] != '\n') {
          now++;
        }
      } else {
        return;
      }
    }
  }

  /** Reads a token; false for a comment. */
  private boolean readToken(int c) {
    switch (context) {
      case BOUND -> readBound(c);
      case BRACKET -> readBracket(c);
      case COLLATING -> readName(c, '.');
      case EQUIVALENCE -> readName(c, '=');
      case CLASS -> readName(c, ':');
      case MAIN -> {
        if (flavour == Flavour.LITERAL) {
          set(Token.PLAIN, c);
        } else if (flavour == Flavour.BASIC) {
          readBasic(c);
        } else {
          return readExtended(c);
        }
      }
    }
    return true;
  }

  private void readBound(int c) {
    boolean basic = flavour == Flavour.BASIC;
    if (c >= '0' && c <= '9') {
      set(Token.DIGIT, c - '0');
    } else if (c == ',') {
      set(Token.COMMA);
    } else if (basic ? c == '\\' && sees('}') : c == '}') {
      if (basic) {
        now++;
      }
      context = Context.MAIN;
      set(Token.BRACE_CLOSE, eatLazyMark());
    } else {
      throw faultAtToken("invalid repetition count(s)");
    }
  }

  /** 0 and past the mark where a quantifier prefers the shorter match, else 1. */
  private int eatLazyMark() {
    if (flavour == Flavour.ADVANCED && sees('?')) {
      now++;
      return 0;
    }
    return 1;
  }

  private void readBracket(int c) {
    switch (c) {
      case ']' -> {
        if (last == Token.BRACKET_OPEN) {
          set(Token.PLAIN, c);
        } else {
          context = Context.MAIN;
          set(Token.BRACKET_CLOSE);
        }
      }
      case '\\' -> {
        if (flavour != Flavour.ADVANCED) {
          set(Token.PLAIN, c);
          return;
        }
        readEscape();
        if (token != Token.PLAIN
            && token != Token.CLASS_ESCAPE
            && token != Token.CLASS_COMPLEMENT) {
          throw faultAtToken(BAD_ESCAPE + " in a bracket expression");
        }
      }
      case '-' -> set(last == Token.BRACKET_OPEN || sees(']') ? Token.PLAIN : Token.RANGE, c);
      case '[' -> {
        if (atEnd()) {
          throw fault("brackets [] not balanced");
        }
        if (sees('.')) {
          enterName(Context.COLLATING, Token.COLLATING_START);
        } else if (sees('=')) {
          enterName(Context.EQUIVALENCE, Token.EQUIVALENCE_START);
        } else if (sees(':')) {
          enterName(Context.CLASS, Token.CLASS_START);
        } else {
          set(Token.PLAIN, c);
        }
      }
      default -> set(Token.PLAIN, c);
    }
  }

  private void enterName(Context newContext, Token kind) {
    now++;
    context = newContext;
    set(kind);
  }

  private void readName(int c, int closing) {
    if (c == closing && sees(']')) {
      now++;
      context = Context.BRACKET;
      set(Token.NAME_END);
    } else {
      set(Token.PLAIN, c);
    }
  }

  private boolean readExtended(int c) {
    switch (c) {
      case '|' -> set(Token.BAR);
      case '*' -> set(Token.STAR, eatLazyMark());
      case '+' -> set(Token.PLUS, eatLazyMark());
      case '?' -> set(Token.QUESTION, eatLazyMark());
      case '{' -> {
        if (expanded) {
          skipBlanks();
        }
        if (atEnd() || text[now] < '0' || text[now] > '9') {
          set(Token.PLAIN, c);
        } else {
          context = Context.BOUND;
          set(Token.BRACE_OPEN);
        }
      }
      case '(' -> {
        if (flavour == Flavour.ADVANCED && sees('?')) {
          now++;
          return readParenthesis();
        }
        set(Token.PAREN_OPEN, 1);
      }
      case ')' -> set(Token.PAREN_CLOSE, c);
      case '[' -> readBracketStart();
      case '.' -> set(Token.DOT);
      case '^' -> set(Token.CARET);
      case '$' -> set(Token.DOLLAR);
      case '\\' -> {
        if (atEnd()) {
          throw fault(BAD_ESCAPE + ": nothing follows");
        }
        if (flavour == Flavour.ADVANCED) {
          readEscape();
        } else {
          set(Token.PLAIN, text[now++]);
        }
      }
      default -> set(Token.PLAIN, c);
    }
    return true;
  }

  /** What follows {@code (?}; false for a comment. */
  private boolean readParenthesis() {
    int c = atEnd() ? -1 : text[now++];
    switch (c) {
      case ':' -> set(Token.PAREN_OPEN, 0);
      case '#' -> {
        while (!atEnd() && text[now] != ')') {
          now++;
        }
        if (!atEnd()) {
          now++;
        }
        return false;
      }
      case '=' -> set(Token.LOOK_AROUND, 0);
      case '!' -> set(Token.LOOK_AROUND, NEGATED);
      case '<' -> {
        int kind = atEnd() ? -1 : text[now++];
        if (kind != '=' && kind != '!') {
          throw faultAtToken("\"(?<\" is not followed by \"=\" or \"!\"");
        }
        set(Token.LOOK_AROUND, kind == '=' ? BEHIND : BEHIND | NEGATED);
      }
      default ->
          throw faultAtToken(
              "\"(?\" is not followed by \":\", \"#\", \"=\", \"!\", \"<=\" or \"<!\""
                  + " (options stand at the start of the expression only)");
    }
    return true;
  }

  private void readBracketStart() {
    if (sees('[')
        && sees(1, ':')
        && (sees(2, '<') || sees(2, '>'))
        && sees(3, ':')
        && sees(4, ']')
        && sees(5, ']')) {
      set(sees(2, '<') ? Token.WORD_START : Token.WORD_END);
      now += 6;
      return;
    }
    context = Context.BRACKET;
    if (sees('^')) {
      now++;
      set(Token.BRACKET_OPEN, 0);
    } else {
      set(Token.BRACKET_OPEN, 1);
    }
  }

  private void readBasic(int c) {
    boolean atStart = last == Token.START;
    switch (c) {
      case '*' ->
          set(
              atStart || last == Token.PAREN_OPEN || last == Token.CARET ? Token.PLAIN : Token.STAR,
              atStart || last == Token.PAREN_OPEN || last == Token.CARET ? c : 1);
      case '[' -> readBracketStart();
      case '.' -> set(Token.DOT);
      case '^' -> set(atStart || last == Token.PAREN_OPEN ? Token.CARET : Token.PLAIN, c);
      case '$' -> {
        if (expanded) {
          skipBlanks();
        }
        boolean closes = atEnd() || (sees('\\') && sees(1, ')'));
        set(closes ? Token.DOLLAR : Token.PLAIN, c);
      }
      case '\\' -> {
        if (atEnd()) {
          throw fault(BAD_ESCAPE + ": nothing follows");
        }
        readBasicEscape(text[now++]);
      }
      default -> set(Token.PLAIN, c);
    }
  }

  private void readBasicEscape(int c) {
    switch (c) {
      case '{' -> {
        context = Context.BOUND;
        set(Token.BRACE_OPEN);
      }
      case '(' -> set(Token.PAREN_OPEN, 1);
      case ')' -> set(Token.PAREN_CLOSE, c);
      case '<' -> set(Token.WORD_START);
      case '>' -> set(Token.WORD_END);
      case '1', '2', '3', '4', '5', '6', '7', '8', '9' -> set(Token.BACK_REFERENCE, c - '0');
      default -> set(Token.PLAIN, c);
    }
  }

  private void readEscape() {
    if (atEnd()) {
      throw fault(BAD_ESCAPE + ": nothing follows");
    }
    int c = text[now++];
    switch (c) {
      case 'a' -> set(Token.PLAIN, 7);
      case 'A' -> set(Token.TEXT_START);
      case 'b' -> set(Token.PLAIN, '\b');
      case 'B' -> set(Token.PLAIN, '\\');
      case 'c' -> {
        if (atEnd()) {
          throw fault(BAD_ESCAPE + ": nothing follows \\c");
        }
        set(Token.PLAIN, text[now++] & 0x1F);
      }
      case 'd' -> set(Token.CLASS_ESCAPE, CharacterClass.DIGIT.ordinal());
      case 'D' -> set(Token.CLASS_COMPLEMENT, CharacterClass.DIGIT.ordinal());
      case 'e' -> set(Token.PLAIN, 0x1B);
      case 'f' -> set(Token.PLAIN, '\f');
      case 'm' -> set(Token.WORD_START);
      case 'M' -> set(Token.WORD_END);
      case 'n' -> set(Token.PLAIN, '\n');
      case 'r' -> set(Token.PLAIN, '\r');
      case 's' -> set(Token.CLASS_ESCAPE, CharacterClass.SPACE.ordinal());
      case 'S' -> set(Token.CLASS_COMPLEMENT, CharacterClass.SPACE.ordinal());
      case 't' -> set(Token.PLAIN, '\t');
      case 'u' -> set(Token.PLAIN, readCharacterNumber(4, 4));
      case 'U' -> set(Token.PLAIN, readCharacterNumber(8, 8));
      case 'v' -> set(Token.PLAIN, 0x0B);
      case 'w' -> set(Token.CLASS_ESCAPE, CharacterClass.WORD.ordinal());
      case 'W' -> set(Token.CLASS_COMPLEMENT, CharacterClass.WORD.ordinal());
      case 'x' -> set(Token.PLAIN, readCharacterNumber(1, MANY_DIGITS));
      case 'y' -> set(Token.WORD_BOUNDARY);
      case 'Y' -> set(Token.NO_WORD_BOUNDARY);
      case 'Z' -> set(Token.TEXT_END);
      case '0' -> readOctal();
      case '1', '2', '3', '4', '5', '6', '7', '8', '9' -> {
        int afterOne = now--;
        int number = readDigits(10, 1, MANY_DIGITS);
        if (now == afterOne || (number > 0 && number <= groups)) {
          set(Token.BACK_REFERENCE, number);
        } else {
          now = afterOne;
          readOctal();
        }
      }
      default -> {
        if (isAsciiLetter(c)) {
          throw faultAtToken(BAD_ESCAPE + " \\" + Character.toString(c));
        }
        set(Token.PLAIN, c);
      }
    }
  }

  /** Up to three octal digits, the first of which has been read, of at most 0377. */
  private void readOctal() {
    now--;
    int number = readDigits(8, 1, 3);
    if (number > 0xFF) {
      now--;
      number >>= 3;
    }
    set(Token.PLAIN, number);
  }

  private int readCharacterNumber(int least, int most) {
    int number = readDigits(16, least, most);
    if (Integer.compareUnsigned(number, LARGEST_CHARACTER) > 0) {
      throw faultAtToken(
          BAD_ESCAPE + ": a character number is at most " + Integer.toHexString(LARGEST_CHARACTER));
    }
    return number;
  }

  /** A number of 32 bits, what is above is lost. */
  private int readDigits(int base, int least, int most) {
    int number = 0;
    int count = 0;
    for (; count < most && !atEnd() && text[now] < 0x80; count++) {
      int digit = Character.digit(text[now], base);
      if (digit < 0) {
        break;
      }
      number = number * base + digit;
      now++;
    }
    if (count < least) {
      throw faultAtToken(BAD_ESCAPE + ": " + least + " digits of base " + base + " are needed");
    }
    return number;
  }

  private static boolean isAsciiLetter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean isAsciiSpace(int c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }
}
