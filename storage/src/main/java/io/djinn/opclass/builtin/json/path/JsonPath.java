package io.djinn.opclass.builtin.json.path;

/** A path of the SQL/JSON path language, made ready. Immutable. */
public final class JsonPath {
  /** Characters a path may have. */
  public static final int LONGEST_TEXT = 1 << 20;

  /**
   * Steps a path may have behind and inside each other, so that walking it needs a stack of a known
   * size.
   */
  public static final int MAX_DEPTH = 400;

  private final boolean isLax;
  private final PathItem root;

  JsonPath(boolean isLax, PathItem root) {
    this.isLax = isLax;
    this.root = root;
  }

  /**
   * @throws IllegalArgumentException naming what is wrong and where
   */
  public static JsonPath parse(String text) {
    return new PathParser(text, JavaPathRegex::compile).parse();
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

  /** The path as PostgreSQL prints it. */
  @Override
  public String toString() {
    return PathPrinter.print(this);
  }
}
