package io.djinn.nativetests.planted;

import java.util.List;

/** A call of a rewritten method, which a planted bug looks at and bends. */
public final class Call {
  private static final StackWalker STACK = StackWalker.getInstance();
  private static final int OWN_DEPTH = 24;

  private final Plants plants;
  private final Object self;
  private final Object[] arguments;
  private final Plants.Bend after;
  private boolean isSkipped;
  private boolean isReplaced;
  private Object result;

  Call(Plants plants, Object self, Object[] arguments, Plants.Bend after) {
    this.plants = plants;
    this.self = self;
    this.arguments = arguments;
    this.after = after;
  }

  /** The object it is called on; null for a static method. */
  Object self() {
    return self;
  }

  @SuppressWarnings("unchecked")
  <T> T argument(int at) {
    return (T) arguments[at];
  }

  /** Lets the method see another argument. */
  void argument(int at, Object value) {
    arguments[at] = value;
    plants.entered();
  }

  /** Lets the method do nothing and return zero. */
  void skip() {
    isSkipped = true;
    plants.entered();
  }

  /** Lets the method do nothing and return something. */
  void skip(Object value) {
    skip();
    isReplaced = true;
    result = value;
  }

  /** What the method returned; for what is looked at after it. */
  @SuppressWarnings("unchecked")
  <T> T result() {
    return (T) result;
  }

  /** Lets the method return something else. */
  void result(Object value) {
    isReplaced = true;
    result = value;
    plants.entered();
  }

  /** Says that the bug has struck, where none of the other methods was called. */
  void struck() {
    plants.entered();
  }

  /** Whether a method of a class, lambdas of it included, is among the callers. */
  boolean isWithin(String className, String method) {
    return STACK.walk(
        frames ->
            frames
                .limit(OWN_DEPTH)
                .anyMatch(
                    frame ->
                        frame.getClassName().equals(className)
                            && (frame.getMethodName().equals(method)
                                || frame.getMethodName().startsWith("lambda$" + method + "$"))));
  }

  /** Whether any method of a class is among the callers. */
  boolean isWithin(String className) {
    return STACK.walk(
        frames ->
            frames.limit(OWN_DEPTH).anyMatch(frame -> frame.getClassName().equals(className)));
  }

  /** The arguments as they now are; called by rewritten methods. */
  public Object[] arguments() {
    return arguments;
  }

  /** Whether the method is to do nothing; called by rewritten methods. */
  public boolean isSkipped() {
    return isSkipped;
  }

  /** What the method returns in place of its result; called by rewritten methods. */
  public Object end(Object returned) {
    if (!isReplaced) {
      result = returned;
    }
    if (after != null && !isSkipped) {
      plants.bend(after, this);
    }
    return result;
  }

  @Override
  public String toString() {
    return self + " " + List.of(arguments);
  }
}
