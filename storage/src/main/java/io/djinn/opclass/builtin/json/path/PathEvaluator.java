package io.djinn.opclass.builtin.json.path;

import io.djinn.opclass.builtin.json.datetime.JsonDateTime;
import io.djinn.opclass.builtin.json.value.JsonArray;
import io.djinn.opclass.builtin.json.value.JsonNull;
import io.djinn.opclass.builtin.json.value.JsonObject;
import io.djinn.opclass.builtin.json.value.JsonText;
import io.djinn.opclass.builtin.json.value.JsonValues;
import io.djinn.opclass.builtin.regex.StepBudget;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Walks one value along one path, depth first, with errors suppressed.
 *
 * <p>Each step hands its items to the next one as it finds them. Without a list to fill it stops at
 * the first item, as existence asks for no more, so an error behind it is never met: that is why
 * the order of walking is part of the answer.
 */
final class PathEvaluator {
  /** Characters of texts that are compared for the price of an item. */
  private static final int CHARACTERS_A_STEP = 16;

  private final JsonPath path;
  private final Object root;
  private final StepBudget budget;
  private final boolean isLax;
  private boolean ignoresStructuralErrors;
  private Object current;
  private int innermostArraySize = -1;
  private Object base;
  private long baseId;
  private long generatedObjects = 1;

  PathEvaluator(JsonPath path, Object root) {
    this.path = path;
    this.root = root;
    budget = path.newBudget();
    isLax = path.isLax();
    ignoresStructuralErrors = isLax;
    current = root;
    base = root;
  }

  boolean exists() {
    if (isLax) {
      return visit(path.root(), root, null) == PathResult.FOUND;
    }
    // In strict mode an error anywhere is one of the whole.
    List<Object> found = new ArrayList<>();
    return visit(path.root(), root, found) != PathResult.ERROR && !found.isEmpty();
  }

  /** Items found before an error count, as they do in PostgreSQL. */
  boolean isTrue() {
    List<Object> found = new ArrayList<>();
    visit(path.root(), root, found);
    return found.size() == 1 && Boolean.TRUE.equals(found.get(0));
  }

  /** Hands an item to the step after {@code item}, or ends there. */
  private PathResult next(PathItem item, Object value, List<Object> found) {
    return proceed(item.next(), value, found);
  }

  private PathResult proceed(PathItem next, Object value, List<Object> found) {
    if (next != null) {
      return visit(next, value, found);
    }
    if (found != null) {
      found.add(value);
      count();
    }
    return PathResult.FOUND;
  }

  private PathResult visit(PathItem item, Object value, List<Object> found) {
    return visit(item, value, found, isLax);
  }

  private void count() {
    budget.spend(1);
  }

  /**
   * @param unwraps whether a step that wants something else than an array is applied to each
   *     element of an array
   */
  private PathResult visit(PathItem item, Object value, List<Object> found, boolean unwraps) {
    count();
    PathKind kind = item.kind();
    if (kind.isPredicate()) {
      PathBool result = decide(item, value);
      Object bool = result == PathBool.UNKNOWN ? JsonNull.NULL : (Object) (result == PathBool.TRUE);
      return next(item, bool, found);
    }
    if (unwraps && value instanceof JsonArray array && wantsNoArray(kind)) {
      return descend(item, array, found, 1, 1, false, false);
    }
    return switch (kind) {
      case NULL, STRING, NUMBER, BOOLEAN -> next(item, item.scalar(), found);
      case ADD, SUBTRACT, MULTIPLY, DIVIDE, REMAINDER -> compute(item, value, found);
      case PLUS, MINUS -> sign(item, value, found);
      case ROOT -> {
        Object outerBase = base;
        long outerId = baseId;
        base = root;
        baseId = 0;
        PathResult result = next(item, root, found);
        base = outerBase;
        baseId = outerId;
        yield result;
      }
      case CURRENT -> next(item, current, found);
      case LAST -> next(item, BigDecimal.valueOf(innermostArraySize - 1L), found);
      case KEY -> member(item, value, found);
      case ANY_KEY ->
          value instanceof JsonObject
              ? descend(item.next(), value, found, 1, 1, false, isLax)
              : structuralError();
      case ANY_ARRAY -> {
        if (value instanceof JsonArray) {
          yield descend(item.next(), value, found, 1, 1, false, isLax);
        }
        yield isLax ? next(item, value, found) : structuralError();
      }
      case INDEX_ARRAY -> elements(item, value, found);
      case ANY -> anyLevels(item, value, found);
      case FILTER -> {
        Object outer = current;
        current = value;
        PathBool result = decide(item.argument(0), value);
        current = outer;
        yield result == PathBool.TRUE ? next(item, value, found) : PathResult.NOT_FOUND;
      }
      case TYPE -> next(item, typeName(value), found);
      case SIZE -> {
        if (value instanceof JsonArray array) {
          yield next(item, BigDecimal.valueOf(array.size()), found);
        }
        yield isLax ? next(item, BigDecimal.ONE, found) : structuralError();
      }
      case KEY_VALUE -> keyValues(item, value, found);
      default -> {
        Object result = PathMethods.tryApply(item, value);
        yield result == null ? PathResult.ERROR : next(item, result, found);
      }
    };
  }

  private static boolean wantsNoArray(PathKind kind) {
    return kind == PathKind.KEY
        || kind == PathKind.ANY_KEY
        || kind == PathKind.FILTER
        || (kind.isMethod() && kind != PathKind.TYPE && kind != PathKind.SIZE);
  }

  private PathResult structuralError() {
    return ignoresStructuralErrors ? PathResult.NOT_FOUND : PathResult.ERROR;
  }

  private PathResult member(PathItem item, Object value, List<Object> found) {
    if (value instanceof JsonObject object) {
      Object member = object.get(item.text());
      if (member != null) {
        return next(item, member, found);
      }
    }
    return structuralError();
  }

  private PathResult elements(PathItem item, Object value, List<Object> found) {
    JsonArray array = value instanceof JsonArray given ? given : null;
    if (array == null && !isLax) {
      return structuralError();
    }
    int outerSize = innermostArraySize;
    int size = array == null ? 1 : array.size();
    innermostArraySize = size;
    PathResult result = PathResult.NOT_FOUND;
    List<PathItem> bounds = item.arguments();
    for (int i = 0; i < bounds.size() && result != PathResult.ERROR; i += 2) {
      Integer from = subscript(bounds.get(i), value);
      Integer to =
          from == null || bounds.get(i + 1) == null ? from : subscript(bounds.get(i + 1), value);
      if (from == null || to == null) {
        result = PathResult.ERROR;
      } else if (!ignoresStructuralErrors && (from < 0 || from > to || to >= size)) {
        result = PathResult.ERROR;
      } else {
        int last = Math.min(to, size - 1);
        result = PathResult.NOT_FOUND;
        for (int n = Math.max(0, from); n <= last && result != PathResult.ERROR; n++) {
          result = next(item, array == null ? value : array.get(n), found);
          if (result == PathResult.FOUND && found == null) {
            innermostArraySize = outerSize;
            return result;
          }
        }
      }
    }
    innermostArraySize = outerSize;
    return result;
  }

  /** A subscript without its fraction, or null. */
  private Integer subscript(PathItem item, Object value) {
    List<Object> found = new ArrayList<>(1);
    if (visit(item, value, found) == PathResult.ERROR
        || found.size() != 1
        || !(found.get(0) instanceof BigDecimal number)) {
      return null;
    }
    return PathMethods.tryInt(number.setScale(0, RoundingMode.DOWN));
  }

  private PathResult anyLevels(PathItem item, Object value, List<Object> found) {
    PathResult result = PathResult.NOT_FOUND;
    long first = level(item.firstLevel());
    if (first == 0) {
      boolean outer = ignoresStructuralErrors;
      ignoresStructuralErrors = true;
      result = next(item, value, found);
      ignoresStructuralErrors = outer;
      if (result == PathResult.FOUND && found == null) {
        return result;
      }
    }
    return isContainer(value)
        ? descend(item.next(), value, found, first, level(item.lastLevel()), true, isLax)
        : result;
  }

  private static long level(int level) {
    return level == PathItem.LAST_LEVEL ? Long.MAX_VALUE : level;
  }

  private static boolean isContainer(Object value) {
    return value instanceof JsonObject || value instanceof JsonArray;
  }

  private static int size(Object container) {
    return container instanceof JsonObject object ? object.size() : ((JsonArray) container).size();
  }

  private static Object child(Object container, int index) {
    return container instanceof JsonObject object
        ? object.value(index)
        : ((JsonArray) container).get(index);
  }

  /**
   * Applies a step to what lies at the levels below a container, each item before those inside it.
   *
   * <p>A loop with its own stack, for the value may be deep and the path may come by again.
   *
   * @param step the step to apply, or null to end with each item
   * @param first {@code Long.MAX_VALUE} where only items that hold no others count
   */
  private PathResult descend(
      PathItem step,
      Object container,
      List<Object> found,
      long first,
      long last,
      boolean ignores,
      boolean unwraps) {
    Descent descent = last < 1 ? null : new Descent(container, null);
    PathResult result = PathResult.NOT_FOUND;
    boolean outer = ignoresStructuralErrors;
    while (descent != null) {
      if (descent.index == size(descent.container)) {
        descent = descent.outer;
        continue;
      }
      Object value = child(descent.container, descent.index++);
      count();
      boolean counts =
          descent.level >= first
              || (first == Long.MAX_VALUE && last == Long.MAX_VALUE && !isContainer(value));
      if (counts) {
        if (step == null) {
          result = proceed(null, value, found);
        } else {
          ignoresStructuralErrors |= ignores;
          result = visit(step, value, found, unwraps);
          ignoresStructuralErrors = outer;
        }
        if (result == PathResult.ERROR || (result == PathResult.FOUND && found == null)) {
          return result;
        }
      }
      if (descent.level < last && isContainer(value)) {
        descent = new Descent(value, descent);
      }
    }
    return result;
  }

  /** A container on the way down. */
  private static final class Descent {
    final Object container;
    final Descent outer;
    final int level;
    int index;

    Descent(Object container, Descent outer) {
      this.container = container;
      this.outer = outer;
      level = outer == null ? 1 : outer.level + 1;
    }
  }

  private static String typeName(Object value) {
    if (value instanceof JsonObject) {
      return "object";
    }
    if (value instanceof JsonArray) {
      return "array";
    }
    if (value instanceof String) {
      return "string";
    }
    if (value instanceof BigDecimal) {
      return "number";
    }
    if (value instanceof JsonDateTime time) {
      return time.typeName();
    }
    return value instanceof Boolean ? "boolean" : "null";
  }

  private PathResult compute(PathItem item, Object value, List<Object> found) {
    List<Object> left = new ArrayList<>(1);
    List<Object> right = new ArrayList<>(1);
    if (visitUnwrapped(item.argument(0), value, left) == PathResult.ERROR
        || visitUnwrapped(item.argument(1), value, right) == PathResult.ERROR
        || left.size() != 1
        || right.size() != 1
        || !(left.get(0) instanceof BigDecimal a)
        || !(right.get(0) instanceof BigDecimal b)) {
      return PathResult.ERROR;
    }
    BigDecimal result = PathArithmetic.tryCompute(item.kind(), a, b);
    return result == null ? PathResult.ERROR : next(item, result, found);
  }

  private PathResult sign(PathItem item, Object value, List<Object> found) {
    List<Object> operands = new ArrayList<>(1);
    if (visitUnwrapped(item.argument(0), value, operands) == PathResult.ERROR) {
      return PathResult.ERROR;
    }
    PathResult result = PathResult.NOT_FOUND;
    boolean ends = found == null && item.next() == null;
    for (Object operand : operands) {
      if (!(operand instanceof BigDecimal number)) {
        if (ends) {
          continue;
        }
        return PathResult.ERROR;
      }
      if (ends) {
        return PathResult.FOUND;
      }
      PathResult one = next(item, item.kind() == PathKind.MINUS ? number.negate() : number, found);
      if (one == PathResult.ERROR || (one == PathResult.FOUND && found == null)) {
        return one;
      }
      result = one == PathResult.FOUND ? one : result;
    }
    return result;
  }

  /** Finds all items, in lax mode the elements of arrays in place of those. */
  private PathResult visitUnwrapped(PathItem item, Object value, List<Object> found) {
    if (!isLax) {
      return visit(item, value, found);
    }
    List<Object> items = new ArrayList<>(1);
    PathResult result = visit(item, value, items);
    if (result != PathResult.ERROR) {
      for (Object each : items) {
        if (each instanceof JsonArray array) {
          descend(null, array, found, 1, 1, false, false);
        } else {
          found.add(each);
        }
      }
    }
    return result;
  }

  private PathBool decide(PathItem item, Object value) {
    count();
    return switch (item.kind()) {
      case AND -> {
        PathBool result = decide(item.argument(0), value);
        for (int i = 1; i < item.arguments().size() && result != PathBool.FALSE; i++) {
          PathBool other = decide(item.argument(i), value);
          result = other == PathBool.TRUE ? result : other;
        }
        yield result;
      }
      case OR -> {
        PathBool result = decide(item.argument(0), value);
        for (int i = 1; i < item.arguments().size() && result != PathBool.TRUE; i++) {
          PathBool other = decide(item.argument(i), value);
          result = other == PathBool.FALSE ? result : other;
        }
        yield result;
      }
      case NOT ->
          switch (decide(item.argument(0), value)) {
            case TRUE -> PathBool.FALSE;
            case FALSE -> PathBool.TRUE;
            case UNKNOWN -> PathBool.UNKNOWN;
          };
      case IS_UNKNOWN -> PathBool.of(decide(item.argument(0), value) == PathBool.UNKNOWN);
      case EXISTS -> {
        List<Object> found = isLax ? null : new ArrayList<>();
        PathResult result = visit(item.argument(0), value, found);
        yield result == PathResult.ERROR
            ? PathBool.UNKNOWN
            : PathBool.of(isLax ? result == PathResult.FOUND : !found.isEmpty());
      }
      default -> decideSequences(item, value);
    };
  }

  /** A predicate over all pairs of items of its operands. */
  private PathBool decideSequences(PathItem item, Object value) {
    List<Object> left = new ArrayList<>(1);
    List<Object> right = new ArrayList<>(1);
    if (visitUnwrapped(item.argument(0), value, left) == PathResult.ERROR) {
      return PathBool.UNKNOWN;
    }
    boolean hasRight = item.arguments().size() > 1;
    if (hasRight) {
      PathResult result =
          item.kind().isComparison()
              ? visitUnwrapped(item.argument(1), value, right)
              : visit(item.argument(1), value, right);
      if (result == PathResult.ERROR) {
        return PathBool.UNKNOWN;
      }
    }
    boolean isFound = false;
    boolean isError = false;
    int pairs = hasRight ? right.size() : 1;
    for (Object a : left) {
      for (int i = 0; i < pairs; i++) {
        count();
        PathBool result = decidePair(item, a, hasRight ? right.get(i) : null);
        if (result == PathBool.UNKNOWN) {
          if (!isLax) {
            return result;
          }
          isError = true;
        } else if (result == PathBool.TRUE) {
          if (isLax) {
            return result;
          }
          isFound = true;
        }
      }
    }
    return isFound ? PathBool.TRUE : isError ? PathBool.UNKNOWN : PathBool.FALSE;
  }

  private PathBool decidePair(PathItem item, Object a, Object b) {
    if (a instanceof String x) {
      // An expression reads all of the text, the others stop where the shorter one ends.
      int length = b instanceof String y ? Math.min(x.length(), y.length()) : x.length();
      budget.spend(length / CHARACTERS_A_STEP);
    }
    return switch (item.kind()) {
      case STARTS_WITH ->
          a instanceof String whole && b instanceof String start
              ? PathBool.of(whole.startsWith(start))
              : PathBool.UNKNOWN;
      case LIKE_REGEX ->
          a instanceof String text
              ? PathBool.of(item.regex().matches(text, budget))
              : PathBool.UNKNOWN;
      default -> compare(item.kind(), a, b);
    };
  }

  private static PathBool compare(PathKind kind, Object a, Object b) {
    int order;
    if (a == JsonNull.NULL || b == JsonNull.NULL) {
      if (a != b) {
        return PathBool.of(kind == PathKind.NOT_EQUAL);
      }
      order = 0;
    } else if (a instanceof String x && b instanceof String y) {
      if (kind == PathKind.EQUAL) {
        return PathBool.of(x.equals(y));
      }
      order = JsonText.compare(x, y);
    } else if (a instanceof BigDecimal x && b instanceof BigDecimal y) {
      order = x.compareTo(y);
    } else if (a instanceof Boolean x && b instanceof Boolean y) {
      order = x.compareTo(y);
    } else if (a instanceof JsonDateTime x && b instanceof JsonDateTime y) {
      Integer known = x.tryCompare(y);
      if (known == null) {
        return PathBool.UNKNOWN;
      }
      order = known;
    } else {
      return PathBool.UNKNOWN;
    }
    return PathBool.of(
        switch (kind) {
          case EQUAL -> order == 0;
          case NOT_EQUAL -> order != 0;
          case LESS -> order < 0;
          case GREATER -> order > 0;
          case LESS_OR_EQUAL -> order <= 0;
          default -> order >= 0;
        });
  }

  private PathResult keyValues(PathItem item, Object value, List<Object> found) {
    if (!(value instanceof JsonObject object)) {
      return PathResult.ERROR;
    }
    PathResult result = PathResult.NOT_FOUND;
    for (int i = 0; i < object.size(); i++) {
      if (found == null && item.next() == null) {
        return PathResult.FOUND;
      }
      BigDecimal id = BigDecimal.valueOf(JsonbLayout.objectId(base, baseId, object));
      JsonObject pair =
          JsonValues.objectOf(Map.of("key", object.key(i), "value", object.value(i), "id", id));
      Object outerBase = base;
      long outerId = baseId;
      base = pair;
      baseId = generatedObjects++;
      result = next(item, pair, found);
      base = outerBase;
      baseId = outerId;
      if (result == PathResult.ERROR || (result == PathResult.FOUND && found == null)) {
        return result;
      }
    }
    return result;
  }
}
