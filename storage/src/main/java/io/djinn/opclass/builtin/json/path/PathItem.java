package io.djinn.opclass.builtin.json.path;

import io.djinn.opclass.builtin.json.value.JsonNull;
import io.djinn.opclass.builtin.regex.RegularExpression;
import java.math.BigDecimal;
import java.util.List;

/**
 * One step of a path with its arguments; the step after it is its next one.
 *
 * <p>Not changed once the parser has returned.
 */
public final class PathItem {
  /** A level of {@code **}, or a bound of levels, written {@code last}. */
  public static final int LAST_LEVEL = -1;

  private static final List<PathItem> NO_ARGUMENTS = List.of();

  private final PathKind kind;
  private final Object value;
  private final List<PathItem> arguments;
  private final int firstLevel;
  private final int lastLevel;
  private final RegularExpression regex;
  private final String flags;
  private PathItem next;
  private PathItem end = this;

  private PathItem(
      PathKind kind,
      Object value,
      List<PathItem> arguments,
      int firstLevel,
      int lastLevel,
      RegularExpression regex,
      String flags) {
    this.kind = kind;
    this.value = value;
    this.arguments = arguments;
    this.firstLevel = firstLevel;
    this.lastLevel = lastLevel;
    this.regex = regex;
    this.flags = flags;
  }

  static PathItem of(PathKind kind) {
    return new PathItem(kind, null, NO_ARGUMENTS, 0, 0, null, "");
  }

  /** A literal, or a key. */
  static PathItem of(PathKind kind, Object value) {
    return new PathItem(kind, value, NO_ARGUMENTS, 0, 0, null, "");
  }

  static PathItem of(PathKind kind, List<PathItem> arguments) {
    return new PathItem(kind, null, arguments, 0, 0, null, "");
  }

  static PathItem levels(int first, int last) {
    return new PathItem(PathKind.ANY, null, NO_ARGUMENTS, first, last, null, "");
  }

  static PathItem likeRegex(PathItem text, String pattern, String flags, RegularExpression regex) {
    return new PathItem(PathKind.LIKE_REGEX, pattern, List.of(text), 0, 0, regex, flags);
  }

  /** Puts a step, with those that follow it, behind the last one of this chain. */
  void append(PathItem step) {
    end.next = step;
    end = step.end;
  }

  public PathKind kind() {
    return kind;
  }

  /** The next step, or null. */
  public PathItem next() {
    return next;
  }

  /** The text of a key, a string or a regular expression. */
  public String text() {
    return (String) value;
  }

  /** The number of a number literal. */
  public BigDecimal number() {
    return (BigDecimal) value;
  }

  /** The JSON value of a literal. */
  public Object scalar() {
    return kind == PathKind.NULL ? JsonNull.NULL : value;
  }

  /**
   * Operands. {@code &&} and {@code ||} have two or more. Subscripts come in pairs, a single one
   * with null as its upper bound.
   */
  public List<PathItem> arguments() {
    return arguments;
  }

  /** The operand at the index, or null. */
  public PathItem argument(int index) {
    return index < arguments.size() ? arguments.get(index) : null;
  }

  /** Levels below the item from which {@code **} begins. */
  int firstLevel() {
    return firstLevel;
  }

  int lastLevel() {
    return lastLevel;
  }

  RegularExpression regex() {
    return regex;
  }

  String flags() {
    return flags;
  }
}
