package io.djinn.opclass.builtin.text.parser;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The states of the default parser and what each does at each character.
 *
 * <p>The states are those of PostgreSQL's {@code wparser_def.c}, of which this is a description in
 * a small language. A line is {@code State: rule; rule; …}, a rule is {@code test → action}, and
 * the first rule whose test holds is taken. A test is a class of characters or, quoted, a few
 * characters; {@code end} is the end of the text, {@code any} always holds. Where no rule holds the
 * parser goes back. Actions:
 *
 * <table>
 * <caption>Actions</caption>
 * <tr><td>{@code S}</td><td>take the character, go to state S</td></tr>
 * <tr><td>{@code stay}</td><td>take the character</td></tr>
 * <tr><td>{@code try S}</td><td>remember this place; take the character, go to S</td></tr>
 * <tr><td>{@code commit S}</td><td>forget the place remembered last; take it, go to S</td></tr>
 * <tr><td>{@code join}</td><td>go on in the state of the place remembered last, but here</td></tr>
 * <tr><td>{@code back}</td><td>return to the place remembered last, to the rules after its</td></tr>
 * <tr><td>{@code is T}, {@code is T S}</td><td>the token ends before the character, is a T; the
 *     next one begins in S, {@code Base} if not said</td></tr>
 * <tr><td>{@code as S}</td><td>look at the character again in S</td></tr>
 * </table>
 *
 * <p>An action may end in {@code +tag} (a script or style begins or ends), {@code +again} (the next
 * token begins where this one did), {@code +url} (as {@code +again}; the next one is the host of
 * the URL) or {@code +sign} (begin the token anew).
 *
 * <p>The table is compiled to one short a rule and character class: the rule to take, looked for
 * from that rule on.
 */
final class ParserTable {
  private static final String STATES =
      """
      Base: end → stop; '<' → try TagFirst; ignored → Blank; letter → AsciiWord; alpha → Word; \
      digit → Uint; '-+' → try SignedFirst; '&' → try EntityFirst; '~' → try Twiddle; \
      '/' → try FileFirst; '.' → try DotFirst; any → Blank
      Blank: end → is blank; '<' → is blank; ignored → stay; '-+&/' → is blank; \
      nonword → stay; any → is blank

      AsciiWord: letter → stay; '.' → try HostLabel; '.' → try FileNext; '-' → try HostPart; \
      '-' → try HyphenAsciiFirst; '_' → try HostPart; '@' → try Email; ':' → try ProtocolFirst; \
      '/' → try FileFirst; digit → try Host; digit → NumWord; alpha → Word; mark → Word; \
      any → is asciiword
      Word: alpha → stay; mark → stay; digit → NumWord; '-' → try HyphenWordFirst; any → is word
      NumWord: alnum → stay; mark → stay; '@' → try Email; '/' → try FileFirst; \
      '.' → try FileNext; '-' → try HyphenNumFirst; any → is numword

      Uint: digit → stay; '.' → try HostLabel; '.' → try UfloatFirst; 'eE' → try MantissaFirst; \
      '-_' → try HostPart; '@' → try Email; letter → try Host; alpha → NumWord; mark → NumWord; \
      '/' → try FileFirst; any → is uint
      SignedFirst: digit → commit Int
      Int: digit → stay; '.' → try FloatFirst; 'eE' → try MantissaFirst; any → is int
      UfloatFirst: digit → commit Ufloat
      Ufloat: digit → stay; '.' → try VersionFirst; 'eE' → try MantissaFirst; any → is float
      FloatFirst: digit → commit Float
      Float: digit → stay; '.' → try SignedVersion; 'eE' → try MantissaFirst; any → is float
      SignedVersion: digit → as SignOfVersion +sign
      SignOfVersion: end → back; digit → is blank Uint; any → stay
      VersionFirst: digit → commit Version
      Version: digit → stay; '.' → try VersionFirst; any → is version
      MantissaFirst: digit → commit Mantissa; '+-' → MantissaSign
      MantissaSign: digit → commit Mantissa
      Mantissa: digit → stay; any → is sfloat

      EntityFirst: '#' → EntityNumberFirst; letter → Entity; ':_' → Entity
      Entity: alnum → stay; ':_.-' → stay; ';' → EntityEnd
      EntityNumberFirst: 'xX' → EntityHexFirst; digit → EntityNumber
      EntityHexFirst: hex → EntityHex
      EntityNumber: digit → stay; ';' → EntityEnd
      EntityHex: hex → stay; ';' → EntityEnd
      EntityEnd: any → is entity

      TagFirst: '/' → try TagCloseFirst; '!' → try CommentFirst; '?' → try DeclarationFirst; \
      letter → try TagName; ':_' → try TagName
      DeclarationFirst: 'x' → Tag
      TagCloseFirst: letter → TagName
      TagName: '/' → TagBeginEnd; '>' → TagEnd +tag; space → Tag +tag; alnum → stay; ':_.-' → stay
      TagBeginEnd: '>' → TagEnd
      Tag: '>' → TagEnd +tag; ''' → TagQuote; '"' → TagDoubleQuote; letter → stay; digit → stay; \
      '=-_#/:.&?%~' → stay; space → stay +tag
      TagQuote: end → back; '\\' → try TagEscape; ''' → Tag; any → stay
      TagDoubleQuote: end → back; '\\' → try TagEscape; '"' → Tag; any → stay
      TagEscape: end → back; any → join
      TagEnd: any → is tag
      CommentFirst: '-' → CommentSecond; 'Dd' → Tag
      CommentSecond: '-' → Comment
      Comment: end → back; endless → back; '-' → CommentEndFirst; any → stay
      CommentEndFirst: end → back; '-' → CommentEndSecond; any → Comment
      CommentEndSecond: end → back; '-' → stay; '>' → TagEnd; any → Comment

      HostLabel: letter → HostLabelSecond; digit → Host
      HostLabelSecond: letter → HostDomain; digit → try Host; '-_' → try HostPart; \
      '.' → try HostLabel; '@' → try Email
      HostDomain: end → is host; letter → stay; digit → try Host; ':' → try PortFirst; \
      '-_' → try HostPart; '.' → try HostLabel; '@' → try Email; digit → back; \
      hostwanted → is host UrlPathStart; '/' → try UrlTail; any → is host
      PortFirst: digit → Port
      Port: end → is host; digit → stay; hostwanted → is host UrlPathStart; \
      '/' → try UrlTail; any → is host
      HostPart: digit → Host; letter → Host
      Host: digit → stay; letter → stay; '@' → try Email; '.' → try HostLabel; '-_' → try HostPart
      Email: hostwanted → back; host → is email
      UrlTail: end → back; path → is url +url
      UrlPathStart: any → UrlPath
      UrlPath: url → stay; any → is url_path
      ProtocolFirst: '/' → ProtocolSecond
      ProtocolSecond: '/' → ProtocolEnd
      ProtocolEnd: any → is protocol

      FileFirst: letter → File; digit → File; '.' → PathFirst; '_' → File; '~' → try Twiddle
      Twiddle: letter → File; digit → File; '_' → File; '/' → FileFirst
      PathFirst: letter → File; digit → File; '_' → File; '.' → PathSecond; '/' → FileFirst
      DotFirst: '.' → PathSecond; '/' → FileFirst
      PathSecond: end → is file; '/' → try FileFirst; '/' → is file; space → is file
      File: letter → stay; digit → stay; '.' → try FileNext; '_-' → stay; '/' → try FileFirst; \
      any → is file
      FileNext: letter → commit File; digit → commit File; '_' → commit File

      HyphenAsciiFirst: letter → HyphenAscii; alpha → HyphenWord; digit → HyphenDigits
      HyphenAscii: letter → stay; alpha → HyphenWord; mark → HyphenWord; digit → HyphenNum; \
      '-' → try HyphenAsciiFirst; any → is asciihword Parts +again
      HyphenWordFirst: alpha → HyphenWord; digit → HyphenDigits
      HyphenWord: alpha → stay; mark → stay; digit → HyphenNum; '-' → try HyphenWordFirst; \
      any → is hword Parts +again
      HyphenNumFirst: alpha → HyphenNum; digit → HyphenDigits
      HyphenNum: alnum → stay; mark → stay; '-' → try HyphenNumFirst; \
      any → is numhword Parts +again
      HyphenDigits: digit → stay; alpha → HyphenNum; mark → HyphenNum

      Parts: letter → AsciiPart; alpha → WordPart; digit → try DigitsPart; '-' → try HyphenOfParts; \
      any → as Base
      HyphenOfParts: alnum → is blank Parts; mark → is blank Parts
      AsciiPart: end → is hword_asciipart; letter → stay; alpha → WordPart; mark → WordPart; \
      digit → NumPart; any → is hword_asciipart Parts
      WordPart: end → is hword_part; alpha → stay; mark → stay; digit → NumPart; \
      any → is hword_part Parts
      NumPart: end → is hword_numpart; alnum → stay; mark → stay; any → is hword_numpart Parts
      DigitsPart: digit → stay; alpha → commit NumPart; mark → commit NumPart
      """;

  // What a rule does with the places remembered.
  static final int NEXT = 0;
  static final int TRY = 1;
  static final int BACK = 2;
  static final int COMMIT = 3;
  static final int JOIN = 4;

  // Tests that need more than the character.
  static final int STATIC = 0;
  static final int IF_IGNORED = 1;
  static final int IF_HOST_WANTED = 2;
  static final int IF_HOST = 3;
  static final int IF_PATH = 4;
  static final int IF_COMMENT_IS_ENDLESS = 5;

  // What is done beside.
  static final int NOTHING = 0;
  static final int NOTE_TAG = 1;
  static final int REPEAT = 2;
  static final int REPEAT_AS_URL = 3;
  static final int BEGIN_ANEW = 4;

  /** No state, no token type, no step. */
  static final int NONE = -1;

  private static final ParserTable INSTANCE = new ParserTable();

  /** First rule of each state. */
  final short[] firstRule;

  /** By rule × {@link CharacterClass#COUNT} + class: the rule to take. */
  final short[] choice;

  /**
   * By state × {@link CharacterClass#COUNT} + class, where nothing is ignored: the state after a
   * character that is taken and does nothing else, {@code -2 - rule} where a rule ends the token
   * and does nothing else, or {@link #NONE} where the rules have to be asked.
   */
  final short[] step;

  final byte[] test;
  final byte[] move;
  final boolean[] looksAgain;
  final byte[] beside;
  final byte[] target;
  final byte[] token;

  private final Map<String, Integer> states = new HashMap<>();

  /** One rule as read. */
  private record Rule(
      String test, int move, boolean again, int beside, String target, int token, boolean last) {}

  private ParserTable() {
    List<Rule> rules = new ArrayList<>();
    List<Integer> first = new ArrayList<>();
    for (String line : STATES.lines().filter(text -> !text.isBlank()).toList()) {
      int colon = line.indexOf(": ");
      states.put(line.substring(0, colon), first.size());
      first.add(rules.size());
      for (String rule : line.substring(colon + 2).split("; ")) {
        rules.add(read(rule.trim()));
      }
      rules.add(new Rule("any", BACK, false, NOTHING, "", NONE, true));
    }
    int count = rules.size();
    firstRule = new short[first.size()];
    for (int i = 0; i < firstRule.length; i++) {
      firstRule[i] = (short) (int) first.get(i);
    }
    test = new byte[count];
    move = new byte[count];
    looksAgain = new boolean[count];
    beside = new byte[count];
    target = new byte[count];
    token = new byte[count];
    choice = new short[count * CharacterClass.COUNT];
    for (int i = count - 1; i >= 0; i--) {
      Rule rule = rules.get(i);
      test[i] = (byte) dynamicTest(rule.test);
      move[i] = (byte) rule.move;
      looksAgain[i] = rule.again;
      beside[i] = (byte) rule.beside;
      target[i] = (byte) (rule.target.isEmpty() ? NONE : state(rule.target));
      token[i] = (byte) rule.token;
      for (int c = 0; c < CharacterClass.COUNT; c++) {
        boolean taken = test[i] != STATIC || rule.last || holds(rule.test, c);
        choice[i * CharacterClass.COUNT + c] =
            taken ? (short) i : choice[(i + 1) * CharacterClass.COUNT + c];
      }
    }
    step = new short[firstRule.length * CharacterClass.COUNT];
    for (int i = 0; i < step.length; i++) {
      step[i] = (short) stepOf(i / CharacterClass.COUNT, i % CharacterClass.COUNT);
    }
  }

  private int stepOf(int state, int c) {
    int rule = choice[firstRule[state] * CharacterClass.COUNT + c];
    while (test[rule] == IF_IGNORED) {
      rule = choice[(rule + 1) * CharacterClass.COUNT + c];
    }
    boolean isPlain =
        c != CharacterClass.END
            && test[rule] == STATIC
            && move[rule] == NEXT
            && beside[rule] == NOTHING
            && !looksAgain[rule];
    if (!isPlain) {
      return NONE;
    }
    if (token[rule] != NONE) {
      return -2 - rule;
    }
    return target[rule] == NONE ? state : target[rule];
  }

  static ParserTable instance() {
    return INSTANCE;
  }

  /** The number of a state. */
  int state(String name) {
    Integer number = states.get(name);
    if (number == null) {
      throw new IllegalStateException("the parser has no state " + name);
    }
    return number;
  }

  private static Rule read(String text) {
    int arrow = text.indexOf(" → ");
    String test = text.substring(0, arrow);
    String[] words = text.substring(arrow + 3).split(" ");
    int count = words.length;
    int beside = NOTHING;
    if (words[count - 1].startsWith("+")) {
      beside =
          switch (words[--count]) {
            case "+tag" -> NOTE_TAG;
            case "+again" -> REPEAT;
            case "+url" -> REPEAT_AS_URL;
            case "+sign" -> BEGIN_ANEW;
            default -> throw new IllegalStateException(text);
          };
    }
    String second = count > 1 ? words[1] : "";
    return switch (words[0]) {
      case "stay", "stop" -> new Rule(test, NEXT, false, beside, "", NONE, false);
      case "back" -> new Rule(test, BACK, false, beside, "", NONE, false);
      case "join" -> new Rule(test, JOIN, false, beside, "", NONE, false);
      case "try" -> new Rule(test, TRY, false, beside, second, NONE, false);
      case "commit" -> new Rule(test, COMMIT, false, beside, second, NONE, false);
      case "as" -> new Rule(test, NEXT, true, beside, second, NONE, false);
      case "is" ->
          new Rule(
              test,
              NEXT,
              false,
              beside,
              count > 2 ? words[2] : "Base",
              TokenType.ofAlias(second).ordinal(),
              false);
      default -> new Rule(test, NEXT, false, beside, words[0], NONE, false);
    };
  }

  private static int dynamicTest(String test) {
    return switch (test) {
      case "ignored" -> IF_IGNORED;
      case "hostwanted" -> IF_HOST_WANTED;
      case "host" -> IF_HOST;
      case "path" -> IF_PATH;
      case "endless" -> IF_COMMENT_IS_ENDLESS;
      default -> STATIC;
    };
  }

  private static boolean holds(String test, int c) {
    if (test.startsWith("'")) {
      return c < 128 && test.substring(1, test.length() - 1).indexOf(c) >= 0;
    }
    boolean atEnd = c == CharacterClass.END;
    return switch (test) {
      case "any" -> true;
      case "end" -> atEnd;
      case "letter" -> CharacterClass.isAsciiLetter(c);
      case "alpha" -> CharacterClass.isAlpha(c);
      case "digit" -> CharacterClass.isDigit(c);
      case "alnum" -> CharacterClass.isAlpha(c) || CharacterClass.isDigit(c);
      case "nonword" -> !atEnd && !CharacterClass.isAlpha(c) && !CharacterClass.isDigit(c);
      case "mark" -> c == CharacterClass.MARK;
      case "space" -> CharacterClass.isSpace(c);
      case "hex" -> CharacterClass.isHexDigit(c);
      case "url" -> CharacterClass.isUrlCharacter(c);
      default -> throw new IllegalStateException("the parser has no test " + test);
    };
  }
}
