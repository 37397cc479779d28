package io.djinn.opclass.builtin.json.path;

/** What a step of a path is, and how it is written. */
public enum PathKind {
  NULL("null"),
  STRING(""),
  NUMBER(""),
  BOOLEAN(""),
  AND("&&"),
  OR("||"),
  NOT("!"),
  IS_UNKNOWN("is unknown"),
  EQUAL("=="),
  NOT_EQUAL("!="),
  LESS("<"),
  GREATER(">"),
  LESS_OR_EQUAL("<="),
  GREATER_OR_EQUAL(">="),
  STARTS_WITH("starts with"),
  LIKE_REGEX("like_regex"),
  EXISTS("exists"),
  ADD("+"),
  SUBTRACT("-"),
  MULTIPLY("*"),
  DIVIDE("/"),
  REMAINDER("%"),
  PLUS("+"),
  MINUS("-"),
  ROOT("$"),
  CURRENT("@"),
  LAST("last"),
  KEY("."),
  ANY_KEY(".*"),
  ANY_ARRAY("[*]"),
  INDEX_ARRAY("[]"),
  ANY(".**"),
  FILTER("?"),
  TYPE("type"),
  SIZE("size"),
  ABS("abs"),
  FLOOR("floor"),
  CEILING("ceiling"),
  DOUBLE("double"),
  KEY_VALUE("keyvalue"),
  BIGINT("bigint"),
  BOOLEAN_METHOD("boolean"),
  INTEGER("integer"),
  NUMBER_METHOD("number"),
  STRING_METHOD("string"),
  DECIMAL("decimal"),
  DATE("date"),
  DATETIME("datetime"),
  TIME("time"),
  TIME_TZ("time_tz"),
  TIMESTAMP("timestamp"),
  TIMESTAMP_TZ("timestamp_tz");

  private final String spelling;

  PathKind(String spelling) {
    this.spelling = spelling;
  }

  /** The operator's symbol, or the method's name. */
  public String spelling() {
    return spelling;
  }

  /** Whether the step is true, false or unknown. */
  public boolean isPredicate() {
    return compareTo(AND) >= 0 && compareTo(EXISTS) <= 0;
  }

  /** Whether it compares two sequences of items by order. */
  public boolean isComparison() {
    return compareTo(EQUAL) >= 0 && compareTo(GREATER_OR_EQUAL) <= 0;
  }

  /** Whether it computes from two numbers. */
  public boolean isArithmetic() {
    return compareTo(ADD) >= 0 && compareTo(REMAINDER) <= 0;
  }

  /** Whether it is a literal. */
  public boolean isScalar() {
    return compareTo(BOOLEAN) <= 0;
  }

  /** Whether it is written as a name and arguments behind a point. */
  public boolean isMethod() {
    return compareTo(TYPE) >= 0;
  }

  /** How tightly the operator binds; the printer puts parentheses by it. */
  int priority() {
    return switch (this) {
      case OR -> 0;
      case AND -> 1;
      case EQUAL, NOT_EQUAL, LESS, GREATER, LESS_OR_EQUAL, GREATER_OR_EQUAL, STARTS_WITH -> 2;
      case ADD, SUBTRACT -> 3;
      case MULTIPLY, DIVIDE, REMAINDER -> 4;
      case PLUS, MINUS -> 5;
      default -> 6;
    };
  }
}
