package io.djinn.opclass.builtin.json.path;

import io.djinn.opclass.builtin.json.value.JsonText;
import io.djinn.opclass.builtin.json.value.JsonValues;
import io.djinn.opclass.builtin.regex.Flag;
import io.djinn.opclass.builtin.regex.RegularExpression;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Parses paths by recursive descent, in PostgreSQL's grammar.
 *
 * <p>The grammar keeps predicates apart from expressions, and both may stand in parentheses. The
 * parser reads either and then asks which it got.
 */
final class PathParser {
  /** Parentheses, filters, subscripts and signs inside each other. */
  private static final int MAX_NESTING = 200;

  private static final List<PathKind> METHODS =
      Arrays.stream(PathKind.values()).filter(PathKind::isMethod).toList();

  private static final List<String> FLAG_ORDER = List.of("i", "s", "m", "x", "q");

  private final PathLexer lexer;
  private PathToken token;
  private int nesting;

  PathParser(String text) {
    if (text.length() > JsonPath.LONGEST_TEXT) {
      throw new IllegalArgumentException(
          "a jsonpath of "
              + text.length()
              + " characters is longer than the limit of "
              + JsonPath.LONGEST_TEXT);
    }
    String defect = JsonText.defect(text);
    if (defect != null) {
      throw new IllegalArgumentException("jsonpath " + JsonValues.show(text) + " " + defect);
    }
    lexer = new PathLexer(text);
    token = lexer.next();
  }

  JsonPath parse() {
    boolean isLax = true;
    if (token.isWord("strict") || token.isWord("lax")) {
      isLax = token.isWord("lax");
      advance();
    }
    PathItem root = expressionOrPredicate();
    if (token.kind() != PathToken.Kind.END) {
      throw unexpected();
    }
    checkPlaces(root, 0, 0, false);
    return new JsonPath(isLax, root, JsonPath.DEFAULT_MAX_STEPS);
  }

  private void advance() {
    token = lexer.next();
  }

  private boolean tryTake(String symbol) {
    if (!token.isSymbol(symbol)) {
      return false;
    }
    advance();
    return true;
  }

  private void take(String symbol) {
    if (!tryTake(symbol)) {
      throw lexer.error(token.at(), "\"" + symbol + "\" expected, not " + token.describe() + ",");
    }
  }

  private void takeWord(String word) {
    if (!token.isWord(word)) {
      throw lexer.error(token.at(), "\"" + word + "\" expected, not " + token.describe() + ",");
    }
    advance();
  }

  private IllegalArgumentException unexpected() {
    return lexer.error(token.at(), "a syntax error: unexpected " + token.describe());
  }

  private void nest() {
    if (++nesting > MAX_NESTING) {
      throw lexer.error(
          token.at(), "more than " + MAX_NESTING + " levels inside each other, the limit,");
    }
  }

  private PathItem expressionOrPredicate() {
    nest();
    PathItem result = junction(PathKind.OR);
    nesting--;
    return result;
  }

  private PathItem predicate() {
    int at = token.at();
    PathItem item = expressionOrPredicate();
    return requirePredicate(item, at);
  }

  private PathItem expression() {
    nest();
    int at = token.at();
    PathItem item = requireExpression(sum(), at);
    nesting--;
    return item;
  }

  private PathItem requirePredicate(PathItem item, int at) {
    if (!isPredicate(item)) {
      throw lexer.error(at, "a predicate expected, not an expression,");
    }
    return item;
  }

  private PathItem requireExpression(PathItem item, int at) {
    if (isPredicate(item)) {
      throw lexer.error(at, "an expression expected, not a predicate,");
    }
    return item;
  }

  /** A predicate in parentheses with a step behind it is an expression. */
  private static boolean isPredicate(PathItem item) {
    return item.kind().isPredicate() && item.next() == null;
  }

  /** Operands of {@code ||}, or of {@code &&}, from left to right in one item. */
  private PathItem junction(PathKind kind) {
    int at = token.at();
    PathItem first = kind == PathKind.OR ? junction(PathKind.AND) : simplePredicate();
    if (!token.isSymbol(kind.spelling())) {
      return first;
    }
    List<PathItem> operands = new ArrayList<>();
    operands.add(requirePredicate(first, at));
    while (tryTake(kind.spelling())) {
      int operandAt = token.at();
      PathItem operand = kind == PathKind.OR ? junction(PathKind.AND) : simplePredicate();
      operands.add(requirePredicate(operand, operandAt));
    }
    return PathItem.of(kind, List.copyOf(operands));
  }

  /** A predicate without junctions outside parentheses, or an expression. */
  private PathItem simplePredicate() {
    if (tryTake("!")) {
      if (token.isWord("exists")) {
        return PathItem.of(PathKind.NOT, List.of(exists()));
      }
      take("(");
      PathItem operand = predicate();
      take(")");
      return PathItem.of(PathKind.NOT, List.of(operand));
    }
    if (token.isWord("exists")) {
      return exists();
    }
    int at = token.at();
    PathItem left = sum();
    if (isPredicate(left)) {
      if (token.isWord("is")) {
        advance();
        takeWord("unknown");
        return PathItem.of(PathKind.IS_UNKNOWN, List.of(left));
      }
      return left;
    }
    PathKind comparison = comparison();
    if (comparison != null) {
      advance();
      int rightAt = token.at();
      return PathItem.of(comparison, List.of(left, requireExpression(sum(), rightAt)));
    }
    if (token.isWord("starts")) {
      requireExpression(left, at);
      advance();
      takeWord("with");
      return PathItem.of(PathKind.STARTS_WITH, List.of(left, stringLiteral()));
    }
    if (token.isWord("like_regex")) {
      advance();
      return likeRegex(left);
    }
    return left;
  }

  private PathItem exists() {
    takeWord("exists");
    take("(");
    PathItem operand = expression();
    take(")");
    return PathItem.of(PathKind.EXISTS, List.of(operand));
  }

  private PathKind comparison() {
    if (token.kind() != PathToken.Kind.SYMBOL) {
      return null;
    }
    return switch (token.text()) {
      case "==" -> PathKind.EQUAL;
      case "!=", "<>" -> PathKind.NOT_EQUAL;
      case "<" -> PathKind.LESS;
      case ">" -> PathKind.GREATER;
      case "<=" -> PathKind.LESS_OR_EQUAL;
      case ">=" -> PathKind.GREATER_OR_EQUAL;
      default -> null;
    };
  }

  private PathItem stringLiteral() {
    if (token.kind() == PathToken.Kind.VARIABLE) {
      throw variable();
    }
    if (token.kind() != PathToken.Kind.STRING) {
      throw lexer.error(token.at(), "a string expected, not " + token.describe() + ",");
    }
    PathItem literal = PathItem.of(PathKind.STRING, token.text());
    advance();
    return literal;
  }

  private PathItem likeRegex(PathItem left) {
    int at = token.at();
    String pattern = stringLiteral().text();
    String flags = "";
    if (token.isWord("flag")) {
      advance();
      int flagsAt = token.at();
      String given = stringLiteral().text();
      for (int i = 0; i < given.length(); i++) {
        if (!FLAG_ORDER.contains(given.substring(i, i + 1))) {
          throw lexer.error(
              flagsAt, "unknown flag \"" + given.charAt(i) + "\" of like_regex; it has i s m x q");
        }
      }
      flags = String.join("", FLAG_ORDER.stream().filter(given::contains).toList());
    }
    if (flags.contains("x") && !flags.contains("q")) {
      throw lexer.error(at, "flag \"x\" of like_regex, expanded expressions, is not implemented");
    }
    RegularExpression regex;
    try {
      regex = RegularExpression.compile(pattern, meaning(flags), JsonPath.DEFAULT_MAX_STEPS);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          lexer.error(at, "an invalid regular expression").getMessage() + ": " + e.getMessage(), e);
    }
    return PathItem.likeRegex(left, pattern, flags, regex);
  }

  /** Beside {@code q} only {@code i} counts. A point matches newlines only with {@code s}. */
  private static Set<Flag> meaning(String flags) {
    Set<Flag> meaning = EnumSet.noneOf(Flag.class);
    if (flags.contains("i")) {
      meaning.add(Flag.IGNORE_CASE);
    }
    if (flags.contains("q")) {
      meaning.add(Flag.LITERAL);
      return meaning;
    }
    if (!flags.contains("s")) {
      meaning.add(Flag.NEWLINE_STOPS);
    }
    if (flags.contains("m")) {
      meaning.add(Flag.NEWLINE_ANCHORS);
    }
    return meaning;
  }

  private PathItem sum() {
    int at = token.at();
    PathItem left = product();
    while (token.isSymbol("+") || token.isSymbol("-")) {
      PathKind kind = token.isSymbol("+") ? PathKind.ADD : PathKind.SUBTRACT;
      advance();
      requireExpression(left, at);
      int rightAt = token.at();
      left = PathItem.of(kind, List.of(left, requireExpression(product(), rightAt)));
    }
    return left;
  }

  private PathItem product() {
    int at = token.at();
    PathItem left = signed();
    while (token.isSymbol("*") || token.isSymbol("/") || token.isSymbol("%")) {
      PathKind kind =
          token.isSymbol("*")
              ? PathKind.MULTIPLY
              : token.isSymbol("/") ? PathKind.DIVIDE : PathKind.REMAINDER;
      advance();
      requireExpression(left, at);
      int rightAt = token.at();
      left = PathItem.of(kind, List.of(left, requireExpression(signed(), rightAt)));
    }
    return left;
  }

  private PathItem signed() {
    if (!token.isSymbol("+") && !token.isSymbol("-")) {
      return steps();
    }
    boolean isMinus = token.isSymbol("-");
    nest();
    advance();
    int at = token.at();
    PathItem operand = requireExpression(signed(), at);
    nesting--;
    if (operand.kind() == PathKind.NUMBER && operand.next() == null) {
      BigDecimal number = operand.number();
      return PathItem.of(PathKind.NUMBER, isMinus ? number.negate() : number);
    }
    return PathItem.of(isMinus ? PathKind.MINUS : PathKind.PLUS, List.of(operand));
  }

  private PathItem steps() {
    PathItem head = primary();
    while (true) {
      if (token.isSymbol("[")) {
        head.append(subscripts());
      } else if (tryTake("?")) {
        take("(");
        PathItem condition = predicate();
        take(")");
        head.append(PathItem.of(PathKind.FILTER, List.of(condition)));
      } else if (tryTake(".")) {
        head.append(member());
      } else {
        return head;
      }
    }
  }

  private PathItem primary() {
    PathItem item;
    switch (token.kind()) {
      case STRING -> item = PathItem.of(PathKind.STRING, token.text());
      case INTEGER, DECIMAL -> item = PathItem.of(PathKind.NUMBER, token.number());
      case VARIABLE -> throw variable();
      case NAME -> {
        if (token.isSmallWord("null")) {
          item = PathItem.of(PathKind.NULL);
        } else if (token.isSmallWord("true") || token.isSmallWord("false")) {
          item = PathItem.of(PathKind.BOOLEAN, token.isSmallWord("true"));
        } else if (token.isWord("last")) {
          item = PathItem.of(PathKind.LAST);
        } else {
          throw unexpected();
        }
      }
      case SYMBOL -> {
        if (tryTake("(")) {
          item = expressionOrPredicate();
          take(")");
          return item;
        }
        if (token.isSymbol("$")) {
          item = PathItem.of(PathKind.ROOT);
        } else if (token.isSymbol("@")) {
          item = PathItem.of(PathKind.CURRENT);
        } else {
          throw unexpected();
        }
      }
      default -> throw unexpected();
    }
    advance();
    return item;
  }

  private IllegalArgumentException variable() {
    return lexer.error(
        token.at(),
        "the variable "
            + JsonValues.show(token.text())
            + ", for which the operators have no value,");
  }

  private PathItem subscripts() {
    take("[");
    if (tryTake("*")) {
      take("]");
      return PathItem.of(PathKind.ANY_ARRAY);
    }
    List<PathItem> bounds = new ArrayList<>();
    do {
      bounds.add(expression());
      if (token.isWord("to")) {
        advance();
        bounds.add(expression());
      } else {
        bounds.add(null);
      }
    } while (tryTake(","));
    take("]");
    return PathItem.of(PathKind.INDEX_ARRAY, Collections.unmodifiableList(bounds));
  }

  /** What follows a point. */
  private PathItem member() {
    if (tryTake("*")) {
      return PathItem.of(PathKind.ANY_KEY);
    }
    if (tryTake("**")) {
      return levels();
    }
    if (token.kind() != PathToken.Kind.NAME && token.kind() != PathToken.Kind.STRING) {
      throw unexpected();
    }
    PathToken name = token;
    advance();
    if (name.kind() == PathToken.Kind.NAME && token.isSymbol("(")) {
      for (PathKind method : METHODS) {
        if (name.isWord(method.spelling())) {
          return method(method);
        }
      }
      throw unexpected();
    }
    return PathItem.of(PathKind.KEY, name.text());
  }

  private PathItem levels() {
    if (!tryTake("{")) {
      return PathItem.levels(0, PathItem.LAST_LEVEL);
    }
    int first = level();
    int last = first;
    if (token.isWord("to")) {
      advance();
      last = level();
    }
    take("}");
    return PathItem.levels(first, last);
  }

  private int level() {
    if (token.isWord("last")) {
      advance();
      return PathItem.LAST_LEVEL;
    }
    return integer("a level");
  }

  /** An integer of 32 bits without a sign. */
  private int integer(String what) {
    if (token.kind() != PathToken.Kind.INTEGER) {
      throw lexer.error(token.at(), what + " expected, not " + token.describe() + ",");
    }
    BigDecimal number = token.number();
    if (number.compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) > 0) {
      throw lexer.error(token.at(), what + " greater than " + Integer.MAX_VALUE);
    }
    advance();
    return number.intValueExact();
  }

  private PathItem method(PathKind method) {
    take("(");
    List<PathItem> arguments = new ArrayList<>();
    switch (method) {
      case DATETIME -> {
        if (token.kind() == PathToken.Kind.STRING || token.kind() == PathToken.Kind.VARIABLE) {
          arguments.add(stringLiteral());
        }
      }
      case TIME, TIME_TZ, TIMESTAMP, TIMESTAMP_TZ -> {
        if (token.kind() == PathToken.Kind.INTEGER) {
          arguments.add(PathItem.of(PathKind.NUMBER, token.number()));
          advance();
        }
      }
      case DECIMAL -> {
        if (!token.isSymbol(")")) {
          do {
            arguments.add(signedInteger());
          } while (tryTake(","));
          if (arguments.size() > 2) {
            throw lexer.error(token.at(), "more than two arguments of decimal()");
          }
        }
      }
      default -> {}
    }
    take(")");
    return PathItem.of(method, List.copyOf(arguments));
  }

  private PathItem signedInteger() {
    boolean isNegative = token.isSymbol("-");
    if (isNegative || token.isSymbol("+")) {
      advance();
    }
    if (token.kind() != PathToken.Kind.INTEGER) {
      throw lexer.error(token.at(), "an integer expected, not " + token.describe() + ",");
    }
    BigDecimal number = token.number();
    advance();
    return PathItem.of(PathKind.NUMBER, isNegative ? number.negate() : number);
  }

  /**
   * Refuses {@code @} outside filters, {@code last} outside subscripts, and too deep a path.
   *
   * @param above steps before the item and around it
   */
  private static void checkPlaces(PathItem first, int above, int filters, boolean isInSubscript) {
    int steps = above;
    for (PathItem item = first; item != null; item = item.next()) {
      steps++;
      if (steps > JsonPath.MAX_DEPTH) {
        throw new IllegalArgumentException(
            "a jsonpath of more than "
                + JsonPath.MAX_DEPTH
                + " steps behind and inside each other, the limit");
      }
      if (item.kind() == PathKind.CURRENT && filters == 0) {
        throw new IllegalArgumentException("jsonpath: @ is not allowed in root expressions");
      }
      if (item.kind() == PathKind.LAST && !isInSubscript) {
        throw new IllegalArgumentException("jsonpath: last is allowed only in array subscripts");
      }
      for (PathItem argument : item.arguments()) {
        if (argument != null) {
          checkPlaces(
              argument,
              steps,
              filters + (item.kind() == PathKind.FILTER ? 1 : 0),
              isInSubscript || item.kind() == PathKind.INDEX_ARRAY);
        }
      }
    }
  }
}
