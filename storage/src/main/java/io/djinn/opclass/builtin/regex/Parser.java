package io.djinn.opclass.builtin.regex;

import io.djinn.opclass.builtin.FoundValue;
import io.djinn.opclass.builtin.regex.Expression.Preference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads the syntax of a regular expression into a tree. */
final class Parser {
  /** Deepest nesting of parentheses. */
  static final int MOST_NESTED = 250;

  /** Largest number in a bound. */
  static final int LARGEST_BOUND = 255;

  private static final String BAD_QUANTIFIER = "quantifier operand invalid";
  private static final String UNBALANCED = "parentheses () not balanced";
  private static final Expression EMPTY = new Expression.Empty();

  private static final CharSet STAND_INS = CharSet.of('\0', '\n');

  private final Lexer lexer;
  private final boolean hasStandIns;
  private final List<Expression.Group> closedGroups = new ArrayList<>();
  private final List<Expression.Look> looks = new ArrayList<>();
  private int groupCount;
  private int depth;

  Parser(String pattern, Set<Flag> flags) {
    lexer = new Lexer(pattern, flags);
    hasStandIns = flags.contains(Flag.STAND_INS);
  }

  Expression parse() {
    return parseChoice(false, false);
  }

  /** Constraints on what is around, those inside others first; known after parsing. */
  List<Expression.Look> looks() {
    return looks;
  }

  boolean ignoresCase() {
    return lexer.ignoresCase();
  }

  private boolean sees(Token token) {
    return lexer.token() == token;
  }

  private Expression parseChoice(boolean inParentheses, boolean inLook) {
    List<Expression> branches = new ArrayList<>(1);
    branches.add(parseBranch(inParentheses, inLook));
    while (sees(Token.BAR)) {
      lexer.next();
      branches.add(parseBranch(inParentheses, inLook));
    }
    if (inParentheses && !sees(Token.PAREN_CLOSE)) {
      throw lexer.faultAtToken(UNBALANCED);
    }
    return branches.size() == 1 ? branches.get(0) : new Expression.Choice(List.copyOf(branches));
  }

  private Expression parseBranch(boolean inParentheses, boolean inLook) {
    List<Expression> items = new ArrayList<>();
    while (!sees(Token.BAR) && !sees(Token.END) && !(inParentheses && sees(Token.PAREN_CLOSE))) {
      items.add(parseItem(inLook));
    }
    return new Expression.Sequence(List.copyOf(items));
  }

  /** One constraint, or one atom with its quantifier. */
  private Expression parseItem(boolean inLook) {
    Place place = place();
    if (place != null) {
      lexer.next();
      return new Expression.At(place);
    }
    if (sees(Token.LOOK_AROUND)) {
      return parseLook();
    }
    return parseQuantifier(parseAtom(inLook));
  }

  private Place place() {
    return switch (lexer.token()) {
      case CARET -> lexer.newlineAnchors() ? Place.LINE_START : Place.TEXT_START;
      case DOLLAR -> lexer.newlineAnchors() ? Place.LINE_END : Place.TEXT_END;
      case TEXT_START -> Place.TEXT_START;
      case TEXT_END -> Place.TEXT_END;
      case WORD_START -> Place.WORD_START;
      case WORD_END -> Place.WORD_END;
      case WORD_BOUNDARY -> Place.WORD_BOUNDARY;
      case NO_WORD_BOUNDARY -> Place.NO_WORD_BOUNDARY;
      default -> null;
    };
  }

  private Expression parseLook() {
    int kind = lexer.value();
    Expression body = parseInParentheses(true);
    Expression.Look look =
        new Expression.Look(
            (kind & Lexer.BEHIND) == 0, (kind & Lexer.NEGATED) != 0, body, looks.size());
    looks.add(look);
    return look;
  }

  /** From an opening parenthesis past the closing one. */
  private Expression parseInParentheses(boolean inLook) {
    if (++depth > MOST_NESTED) {
      throw lexer.faultAtToken(
          "expression is too complex: parentheses nest deeper than " + MOST_NESTED);
    }
    lexer.next();
    Expression body = parseChoice(true, inLook);
    lexer.next();
    depth--;
    return body;
  }

  private Expression parseAtom(boolean inLook) {
    switch (lexer.token()) {
      case PAREN_CLOSE:
        if (!lexer.strayParenthesisIsPlain()) {
          throw lexer.faultAtToken(UNBALANCED);
        }
        return plain();
      case PLAIN:
        return plain();
      case BRACKET_OPEN:
        return parseBracket();
      case CLASS_ESCAPE:
      case CLASS_COMPLEMENT:
        CharSet members = classMembers(CharacterClass.values()[lexer.value()]);
        boolean complement = sees(Token.CLASS_COMPLEMENT);
        lexer.next();
        return chars(complement ? members.complement() : members);
      case DOT:
        lexer.next();
        return chars(lexer.newlineStops() ? CharSet.of('\n').complement() : CharSet.ALL);
      case PAREN_OPEN:
        boolean captures = lexer.value() != 0 && !inLook;
        int number = captures ? ++groupCount : 0;
        if (captures) {
          closedGroups.add(null);
          lexer.groupsOpened(groupCount);
        }
        Expression.Group group = new Expression.Group(parseInParentheses(inLook), number);
        if (captures) {
          closedGroups.set(number - 1, group);
        }
        return group;
      case BACK_REFERENCE:
        return backReference(inLook);
      default:
        throw lexer.faultAtToken(BAD_QUANTIFIER);
    }
  }

  private Expression chars(CharSet set) {
    return new Expression.Chars(hasStandIns ? set.without(STAND_INS) : set);
  }

  private Expression plain() {
    Expression atom = chars(oneCharacter(lexer.value()));
    lexer.next();
    return atom;
  }

  private Expression backReference(boolean inLook) {
    int number = lexer.value();
    if (inLook) {
      throw lexer.faultAtToken(
          "back reference \\" + number + " inside a lookahead or lookbehind constraint");
    }
    Expression.Group group = number <= groupCount ? closedGroups.get(number - 1) : null;
    if (group == null) {
      throw lexer.faultAtToken(
          "invalid back reference \\" + number + ": no such group is closed before it");
    }
    lexer.next();
    return new Expression.BackReference(group);
  }

  private Expression parseQuantifier(Expression atom) {
    int min;
    int max;
    Preference preference = lexer.value() != 0 ? Preference.LONGER : Preference.SHORTER;
    switch (lexer.token()) {
      case STAR -> {
        min = 0;
        max = Expression.UNBOUNDED;
      }
      case PLUS -> {
        min = 1;
        max = Expression.UNBOUNDED;
      }
      case QUESTION -> {
        min = 0;
        max = 1;
      }
      case BRACE_OPEN -> {
        lexer.next();
        min = parseNumber();
        max = min;
        boolean isRange = sees(Token.COMMA);
        if (isRange) {
          lexer.next();
          max = sees(Token.DIGIT) ? parseNumber() : Expression.UNBOUNDED;
        }
        if (!sees(Token.BRACE_CLOSE) || (max != Expression.UNBOUNDED && min > max)) {
          throw lexer.faultAtToken("invalid repetition count(s)");
        }
        preference =
            !isRange
                ? Preference.NONE
                : lexer.value() != 0 ? Preference.LONGER : Preference.SHORTER;
      }
      default -> {
        return atom;
      }
    }
    lexer.next();
    if (max == 0) {
      // The atom is gone; what refers to a group of it is allowed, and never matches.
      return EMPTY;
    }
    return new Expression.Repeat(atom, min, max, preference);
  }

  private int parseNumber() {
    int number = 0;
    while (sees(Token.DIGIT)) {
      number = number * 10 + lexer.value();
      if (number > LARGEST_BOUND) {
        throw lexer.faultAtToken(
            "invalid repetition count(s): at most " + LARGEST_BOUND + " is allowed");
      }
      lexer.next();
    }
    return number;
  }

  private CharSet classMembers(CharacterClass type) {
    return type.members(lexer.ignoresCase());
  }

  private CharSet oneCharacter(int c) {
    if (c > Character.MAX_CODE_POINT) {
      return CharSet.NONE;
    }
    return lexer.ignoresCase()
        ? CharSet.of(CharacterTypes.toLowerCase(c), CharacterTypes.toUpperCase(c))
        : CharSet.of(c);
  }

  private Expression parseBracket() {
    boolean complement = lexer.value() == 0;
    lexer.next();
    CharSet.Builder set = new CharSet.Builder();
    while (!sees(Token.BRACKET_CLOSE)) {
      parseBracketItem(set);
    }
    lexer.next();
    if (!complement) {
      return chars(set.build());
    }
    if (lexer.newlineStops()) {
      set.add('\n', '\n');
    }
    return chars(set.build().complement());
  }

  private void parseBracketItem(CharSet.Builder set) {
    int first;
    switch (lexer.token()) {
      case PLAIN -> {
        first = lexer.value();
        lexer.next();
        if (!sees(Token.RANGE)) {
          set.add(oneCharacter(first));
          return;
        }
      }
      case COLLATING_START -> first = parseElement();
      case EQUIVALENCE_START -> {
        set.add(oneCharacter(parseElement()));
        return;
      }
      case CLASS_START -> {
        set.add(classMembers(parseClassName()));
        return;
      }
      case CLASS_ESCAPE -> {
        set.add(classMembers(CharacterClass.values()[lexer.value()]));
        lexer.next();
        return;
      }
      case CLASS_COMPLEMENT -> {
        set.add(classMembers(CharacterClass.values()[lexer.value()]).complement());
        lexer.next();
        return;
      }
      default -> throw lexer.faultAtToken("invalid character range");
    }
    int last = first;
    if (sees(Token.RANGE)) {
      lexer.next();
      switch (lexer.token()) {
        case PLAIN, RANGE -> {
          last = lexer.value();
          lexer.next();
        }
        case COLLATING_START -> last = parseElement();
        default -> throw lexer.faultAtToken("invalid character range");
      }
      if (last < first) {
        throw lexer.faultAtToken("invalid character range: its end is before its start");
      }
    }
    addRange(set, first, last);
  }

  private void addRange(CharSet.Builder set, int first, int last) {
    CharSet range = CharSet.range(first, last);
    set.add(range);
    if (lexer.ignoresCase() && range.rangeCount() > 0) {
      for (int c = range.first(0); c <= range.last(0); c++) {
        int lower = CharacterTypes.toLowerCase(c);
        int upper = CharacterTypes.toUpperCase(c);
        if (lower != c) {
          set.add(lower, lower);
        }
        if (upper != c) {
          set.add(upper, upper);
        }
      }
    }
  }

  /** Past the end of {@code [.name.]} or {@code [=name=]}. */
  private int parseElement() {
    String name = parseName();
    if (name.codePointCount(0, name.length()) == 1) {
      return name.codePointAt(0);
    }
    Integer element = CollatingElements.find(name);
    if (element == null) {
      throw lexer.faultAtToken("invalid collating element \"" + FoundValue.cut(name) + "\"");
    }
    return element;
  }

  private CharacterClass parseClassName() {
    String name = parseName();
    CharacterClass found = CharacterClass.find(name);
    if (found == null) {
      throw lexer.faultAtToken("invalid character class \"" + FoundValue.cut(name) + "\"");
    }
    return found;
  }

  private String parseName() {
    StringBuilder name = new StringBuilder();
    lexer.next();
    while (sees(Token.PLAIN)) {
      name.appendCodePoint(lexer.value());
      lexer.next();
    }
    lexer.next();
    return name.toString();
  }
}
