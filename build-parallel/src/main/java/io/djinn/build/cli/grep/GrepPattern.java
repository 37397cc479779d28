package io.djinn.build.cli.grep;

import io.djinn.opclass.builtin.regex.Flag;
import io.djinn.opclass.builtin.regex.InvalidRegularExpressionException;
import io.djinn.opclass.builtin.regex.RegularExpression;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.Set;

/**
 * A pattern as {@code grep -E} reads it, put into the syntax of {@link RegularExpression}.
 *
 * <p>What GNU grep leaves without a meaning, and warns of, is refused: a quantifier with nothing
 * before it, a backslash before a letter that it does not know. Constraints {@code (?=} and their
 * like, {@code (?:}, and {@code \d \D \m \M \y \Y \A \Z} mean what they mean in PostgreSQL.
 */
public final class GrepPattern {
  private static final int NONE = -1;

  /** Bounds upon bounds of one atom; each is a pair of parentheses. */
  private static final int MOST_WRAPPED = 100;

  /** Names of classes of characters that POSIX has. */
  private static final Set<String> CLASSES =
      Set.of(
          "alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space",
          "upper", "xdigit");

  private static final String UNBALANCED_BRACKETS = "brackets [] not balanced";
  private static final String UNBALANCED = "parentheses () not balanced";

  private final String given;
  private final int[] text;
  private int now;

  /** The expression, and of each of its characters the index of what it was made from. */
  private int[] out;

  private int[] origins;
  private int size;

  /** Where in the expression the last thing begins that can be repeated. */
  private int atom = NONE;

  /** Where its one quantifier of one character is. */
  private int sign = NONE;

  private boolean isRepeated;
  private int wrapped;

  private final Deque<Open> open = new ArrayDeque<>();
  private int groups;

  /** Groups of the alternatives on the lines above: each line counts its own. */
  private int groupsAbove;

  private final BitSet closedGroups = new BitSet();

  /**
   * A parenthesis that is still open.
   *
   * @param number of its group, 0 where it has none
   */
  private record Open(int at, int origin, int number, boolean isLook, boolean isInLook) {}

  /**
   * @throws InvalidRegularExpressionException naming what breaks the syntax, and where
   */
  public GrepPattern(String pattern) {
    given = pattern;
    text = pattern.codePoints().toArray();
    out = new int[text.length + 16];
    origins = new int[out.length];
    while (now < text.length) {
      read(text[now++]);
    }
    endLine();
  }

  /** The pattern for {@link RegularExpression} and the index. */
  public String expression() {
    return new String(out, 0, size);
  }

  /**
   * The expression, compiled.
   *
   * @throws InvalidRegularExpressionException naming what breaks the syntax or a limit, and where
   *     in the pattern as it was given
   */
  RegularExpression compile(Set<Flag> flags) {
    try {
      return RegularExpression.compile(expression(), flags, RegularExpression.DEFAULT_MAX_STEPS);
    } catch (InvalidRegularExpressionException e) {
      int position = e.position() < size ? origins[e.position()] : text.length;
      throw new InvalidRegularExpressionException(e.fault(), given, position);
    }
  }

  private InvalidRegularExpressionException fault(String what, int position) {
    return new InvalidRegularExpressionException(what, given, position);
  }

  private boolean sees(int c) {
    return now < text.length && text[now] == c;
  }

  private void emit(int c) {
    emit(c, now - 1);
  }

  private void emit(int c, int origin) {
    if (size == out.length) {
      out = Arrays.copyOf(out, 2 * size);
      origins = Arrays.copyOf(origins, 2 * size);
    }
    origins[size] = origin;
    out[size++] = c;
  }

  private void emit(String text) {
    text.chars().forEach(this::emit);
  }

  private void beginAtom() {
    atomFrom(size);
  }

  private void atomFrom(int start) {
    atom = start;
    sign = NONE;
    isRepeated = false;
    wrapped = 0;
  }

  private void read(int c) {
    switch (c) {
      case '\n' -> {
        endLine();
        emit('|');
        groupsAbove += groups;
        groups = 0;
        closedGroups.clear();
      }
      case '|' -> {
        emit(c);
        atom = NONE;
      }
      case '^', '$' -> anchor(c);
      case '(' -> openParenthesis();
      case ')' -> closeParenthesis();
      case '*', '+', '?' -> repeat(c);
      case '{' -> readBrace();
      case '[' -> readBracket();
      case '\\' -> readEscape();
      default -> {
        beginAtom();
        emit(c);
      }
    }
  }

  private void endLine() {
    if (!open.isEmpty()) {
      throw fault(UNBALANCED, open.peek().origin());
    }
    atom = NONE;
  }

  private void anchor(int... characters) {
    for (int c : characters) {
      emit(c);
    }
    atom = NONE;
  }

  private void literal(int c) {
    beginAtom();
    if (c < 0x80 && !Character.isLetterOrDigit(c)) {
      emit('\\');
    }
    emit(c);
  }

  private void openParenthesis() {
    int origin = now - 1;
    int at = size;
    boolean isInLook = !open.isEmpty() && (open.peek().isLook() || open.peek().isInLook());
    boolean isLook = false;
    int number = 0;
    emit('(');
    if (sees('?')) {
      int kind = now + 1 < text.length ? text[now + 1] : 0;
      int length = kind == '<' ? 3 : 2;
      int last = now + length <= text.length ? text[now + length - 1] : 0;
      isLook = last == '=' || last == '!';
      if (!isLook && last != ':') {
        throw fault(
            "\"(?\" is not followed by \":\", \"=\", \"!\", \"<=\" or \"<!\";"
                + " there are no options inside a pattern",
            origin);
      }
      for (int i = 0; i < length; i++) {
        emit(text[now++]);
      }
    } else if (!isInLook) {
      number = ++groups;
    }
    open.push(new Open(at, origin, number, isLook, isInLook));
    atom = NONE;
  }

  private void closeParenthesis() {
    if (open.isEmpty()) {
      literal(')');
      return;
    }
    Open closed = open.pop();
    emit(')');
    closedGroups.set(closed.number());
    if (closed.isLook()) {
      atom = NONE;
    } else {
      atomFrom(closed.at());
    }
  }

  private void requireAtom(String quantifier, int origin) {
    if (atom == NONE) {
      throw fault(
          "quantifier \""
              + quantifier
              + "\" has nothing to repeat (a plain one is written \"\\"
              + quantifier.charAt(0)
              + "\")",
          origin);
    }
  }

  private void repeat(int c) {
    requireAtom(Character.toString(c), now - 1);
    if (isRepeated && sign != NONE) {
      // Of any two different ones the result is any number, none among them.
      out[sign] = out[sign] == c ? c : '*';
      return;
    }
    wrapRepeated();
    emit(c);
    sign = size - 1;
    isRepeated = true;
  }

  /** Puts what has a quantifier already into parentheses, to take another. */
  private void wrapRepeated() {
    if (!isRepeated) {
      return;
    }
    if (++wrapped > MOST_WRAPPED) {
      throw fault("more than " + MOST_WRAPPED + " bounds follow one atom", now - 1);
    }
    String opening = "(?:";
    int from = atom;
    int moved = size - from;
    for (int i = 0; i < opening.length(); i++) {
      emit(0);
    }
    System.arraycopy(out, from, out, from + opening.length(), moved);
    System.arraycopy(origins, from, origins, from + opening.length(), moved);
    for (int i = 0; i < opening.length(); i++) {
      out[from + i] = opening.charAt(i);
      origins[from + i] = origins[from + opening.length()];
    }
    emit(')');
    sign = NONE;
  }

  private int afterDigits(int from) {
    int i = from;
    while (i < text.length && text[i] >= '0' && text[i] <= '9') {
      i++;
    }
    return i;
  }

  /** A bound, or a plain brace where what follows is none. */
  private void readBrace() {
    int origin = now - 1;
    int leastEnd = afterDigits(now);
    boolean isRange = leastEnd < text.length && text[leastEnd] == ',';
    int end = isRange ? afterDigits(leastEnd + 1) : leastEnd;
    if (end >= text.length || text[end] != '}') {
      literal('{');
      return;
    }
    if (end == now) {
      throw fault("invalid repetition count(s): {} is empty", origin);
    }
    requireAtom(new String(text, origin, end + 1 - origin), origin);
    wrapRepeated();
    emit('{', origin);
    if (leastEnd == now) {
      emit('0', origin);
    }
    while (now <= end) {
      emit(text[now++]);
    }
    isRepeated = true;
    sign = NONE;
  }

  private void readBracket() {
    int origin = now - 1;
    beginAtom();
    emit('[');
    if (sees('^')) {
      now++;
      emit('^');
    }
    int first = now;
    if (sees(']')) {
      now++;
      emit(']');
    }
    while (true) {
      int c = now < text.length ? text[now++] : '\n';
      switch (c) {
        case '\n' -> throw fault(UNBALANCED_BRACKETS, origin);
        case ']' -> {
          emit(c);
          if (now - 1 - first > 2 && text[first] == ':' && text[now - 2] == ':') {
            throw fault("a character class is written [[:space:]], not [:space:]", origin);
          }
          return;
        }
        case '\\' -> {
          emit(c);
          emit(c);
        }
        case '[' -> {
          emit(c);
          if (sees('.') || sees(':') || sees('=')) {
            readName(origin);
          }
        }
        default -> emit(c);
      }
    }
  }

  /** From behind the first of two brackets to behind the second that closes a name. */
  private void readName(int origin) {
    int mark = text[now++];
    emit(mark);
    int from = now;
    while (now < text.length && text[now] != '\n') {
      int c = text[now++];
      emit(c);
      if (c == mark && sees(']')) {
        requireName(mark, new String(text, from, now - 1 - from), origin);
        now++;
        emit(']');
        return;
      }
    }
    throw fault(UNBALANCED_BRACKETS, origin);
  }

  /** Other names that PostgreSQL's expressions have are none here. */
  private void requireName(int mark, String name, int origin) {
    if (mark == ':' && !CLASSES.contains(name)) {
      throw fault("unknown character class [:" + name + ":]", origin);
    }
    if (mark != ':' && name.codePointCount(0, name.length()) != 1) {
      throw fault("collating element of more than one character", origin);
    }
  }

  private void readEscape() {
    int origin = now - 1;
    if (now == text.length || text[now] == '\n') {
      throw fault("trailing backslash", origin);
    }
    int c = text[now++];
    switch (c) {
      case '<' -> anchor('\\', 'm');
      case '>' -> anchor('\\', 'M');
      case 'b' -> anchor('\\', 'y');
      case 'B' -> anchor('\\', 'Y');
      case '`' -> anchor('\\', 'A');
      case '\'' -> anchor('\\', 'Z');
      case 'A', 'Z', 'm', 'M', 'y', 'Y' -> anchor('\\', c);
      case 'w', 'W', 's', 'S', 'd', 'D' -> {
        beginAtom();
        emit('\\');
        emit(c);
      }
      case '1', '2', '3', '4', '5', '6', '7', '8', '9' -> {
        if (!closedGroups.get(c - '0')) {
          throw fault(
              "invalid back reference \\"
                  + Character.toString(c)
                  + ": no such group is closed before it",
              origin);
        }
        beginAtom();
        // In parentheses, because a digit may follow.
        emit("(?:\\" + (c - '0' + groupsAbove) + ")");
      }
      default -> {
        if (c == '0' || (c < 0x80 && Character.isLetter(c))) {
          throw fault(
              "\\" + Character.toString(c) + " has no meaning; write the character itself", origin);
        }
        literal(c);
      }
    }
  }
}
