package io.djinn.opclass.builtin.json.path;

import io.djinn.opclass.builtin.json.value.JsonValues;
import io.djinn.opclass.builtin.regex.StepBudget;

/** A path of the SQL/JSON path language, made ready. Immutable. */
public final class JsonPath {
  /** Characters a path may have. */
  public static final int LONGEST_TEXT = 1 << 20;

  /**
   * Steps a path may have behind and inside each other, so that walking it needs a stack of a known
   * size.
   */
  public static final int MAX_DEPTH = 400;

  /**
   * Steps one row may take: items visited, texts compared, and what expressions need beyond that.
   */
  public static final long DEFAULT_MAX_STEPS = 20_000_000;

  private final boolean isLax;
  private final PathItem root;
  private final long maxSteps;

  JsonPath(boolean isLax, PathItem root, long maxSteps) {
    this.isLax = isLax;
    this.root = root;
    this.maxSteps = maxSteps;
  }

  /**
   * @throws IllegalArgumentException naming what is wrong and where
   */
  public static JsonPath parse(String text) {
    return new PathParser(text).parse();
  }

  /**
   * The same path with another limit of the steps one row may take.
   *
   * @throws IllegalArgumentException where the limit is below 1
   */
  public JsonPath withMaxSteps(long limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("maxSteps is at least 1, not " + limit);
    }
    return new JsonPath(isLax, root, limit);
  }

  /** Whether arrays are unwrapped and missing members tolerated. */
  public boolean isLax() {
    return isLax;
  }

  /** The first step. */
  public PathItem root() {
    return root;
  }

  /** {@code @?}: whether the path yields an item. Errors count as none. */
  public boolean exists(Object value) {
    return new PathEvaluator(this, value).exists();
  }

  /** {@code @@}: whether the path yields one item and it is true. */
  public boolean isTrue(Object value) {
    return new PathEvaluator(this, value).isTrue();
  }

  /** What one row may take. */
  StepBudget newBudget() {
    return new StepBudget(new Name(this), maxSteps);
  }

  /** The words of errors, which are made only where they are needed. */
  private record Name(JsonPath path) {
    @Override
    public String toString() {
      return "jsonpath " + JsonValues.show(path.toString());
    }
  }

  /** The path as PostgreSQL prints it. */
  @Override
  public String toString() {
    return PathPrinter.print(this);
  }
}
