package io.djinn.opclass.builtin.json;

import io.djinn.opclass.builtin.json.path.JsonPath;
import io.djinn.opclass.builtin.json.path.PathItem;
import io.djinn.opclass.builtin.json.path.PathKind;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds in a path what the keys of every matching row must be like, as {@code jsonb_gin.c} does.
 *
 * <p>A comparison holds only for items that the path yields, so the keys it names must be in the
 * row; an equality with a literal needs that too. What is negated or unknown proves nothing.
 * jsonb_path_ops has keys for equalities alone; jsonb_ops has them for each member on the way, so
 * it narrows also comparisons of other kinds, methods and arithmetic.
 */
final class PathConditions {
  private static final Object NO_SCALAR = null;

  private final JsonPath path;
  private final boolean hashesPaths;

  private PathConditions(JsonPath path, boolean hashesPaths) {
    this.path = path;
    this.hashesPaths = hashesPaths;
  }

  /**
   * The condition of {@code @?}, or null where every row is a candidate.
   *
   * @param hashesPaths whether for jsonb_path_ops
   */
  static KeyCondition ofExists(JsonPath path, boolean hashesPaths) {
    return new PathConditions(path, hashesPaths).ofExpression(path.root(), Way.START, NO_SCALAR);
  }

  /** The condition of {@code @@}, or null where every row is a candidate. */
  static KeyCondition ofMatch(JsonPath path, boolean hashesPaths) {
    PathConditions conditions = new PathConditions(path, hashesPaths);
    PathItem root = path.root();
    return root.kind().isPredicate() && root.next() == null
        ? conditions.ofPredicate(root, Way.START, false)
        : conditions.ofExpression(root, Way.START, Boolean.TRUE);
  }

  /**
   * How an item was reached.
   *
   * @param hash of the keys on the way; only where no step was of unknown keys
   * @param last the last step
   */
  private record Way(long hash, PathKind last) {
    static final Way START = new Way(JsonbPathHasher.ROOT, PathKind.ROOT);

    Way by(PathKind step) {
      return new Way(hash, step);
    }
  }

  /**
   * What must hold for the expression to yield an item.
   *
   * @param scalar the item it must yield, or null for any
   */
  private KeyCondition ofExpression(PathItem first, Way outer, Object scalar) {
    List<KeyCondition> found = new ArrayList<>();
    Way way = outer;
    for (PathItem item = first; item != null; item = item.next()) {
      switch (item.kind()) {
        case ROOT -> way = Way.START;
        case CURRENT -> {}
        case FILTER -> add(found, ofPredicate(item.argument(0), way, false));
        case ANY_ARRAY, INDEX_ARRAY -> way = way.by(item.kind());
        case KEY -> {
          if (hashesPaths) {
            way = new Way(JsonbPathHasher.wayTo(way.hash(), item.text()), PathKind.KEY);
          } else {
            found.add(KeyCondition.of(JsonbKeyWriter.keyOfName(item.text())));
            way = way.by(PathKind.KEY);
          }
        }
        case ANY, ANY_KEY -> {
          if (hashesPaths) {
            return KeyCondition.allOf(found);
          }
          way = way.by(item.kind());
        }
        case ADD, SUBTRACT, MULTIPLY, DIVIDE, REMAINDER, PLUS, MINUS -> {
          for (PathItem operand : item.arguments()) {
            add(found, ofExpression(operand, outer, NO_SCALAR));
          }
          return KeyCondition.allOf(found);
        }
        default -> {
          return KeyCondition.allOf(found);
        }
      }
    }
    if (scalar != null) {
      found.add(ofScalar(way, scalar));
    }
    return KeyCondition.allOf(found);
  }

  /** jsonb_ops has strings that are elements as keys of objects, so a string may be either. */
  private KeyCondition ofScalar(Way way, Object scalar) {
    if (hashesPaths) {
      return KeyCondition.of(JsonbPathHasher.keyOf(way.hash(), scalar));
    }
    KeyCondition asMember = KeyCondition.of(JsonbKeyWriter.keyOfScalar(scalar, true));
    if (!(scalar instanceof String)) {
      return asMember;
    }
    if (!path.isLax() && (way.last() == PathKind.KEY || way.last() == PathKind.ANY_KEY)) {
      return asMember;
    }
    KeyCondition asElement = KeyCondition.of(JsonbKeyWriter.keyOfScalar(scalar, false));
    boolean isElement =
        !path.isLax() && (way.last() == PathKind.ANY_ARRAY || way.last() == PathKind.INDEX_ARRAY);
    return isElement ? asElement : KeyCondition.anyOf(List.of(asElement, asMember));
  }

  /**
   * What must hold for the predicate to be true.
   *
   * @param isNegated for it to be false instead
   */
  private KeyCondition ofPredicate(PathItem item, Way way, boolean isNegated) {
    if (item.next() != null) {
      return null;
    }
    switch (item.kind()) {
      case AND, OR -> {
        return ofJunction(item, way, isNegated);
      }
      case NOT -> {
        return ofPredicate(item.argument(0), way, !isNegated);
      }
      case EXISTS -> {
        return isNegated ? null : ofExpression(item.argument(0), way, NO_SCALAR);
      }
      default -> {}
    }
    if (isNegated || item.kind() == PathKind.IS_UNKNOWN || !item.kind().isPredicate()) {
      return null;
    }
    List<KeyCondition> found = new ArrayList<>();
    List<PathItem> operands = item.arguments();
    for (int i = 0; i < operands.size(); i++) {
      PathItem other = operands.size() == 1 ? null : operands.get(1 - i);
      boolean isEquality =
          item.kind() == PathKind.EQUAL && other.kind().isScalar() && other.next() == null;
      add(found, ofExpression(operands.get(i), way, isEquality ? other.scalar() : NO_SCALAR));
    }
    return KeyCondition.allOf(found);
  }

  private KeyCondition ofJunction(PathItem item, Way way, boolean isNegated) {
    boolean needsAll = (item.kind() == PathKind.AND) != isNegated;
    List<KeyCondition> found = new ArrayList<>();
    for (PathItem operand : item.arguments()) {
      KeyCondition condition = ofPredicate(operand, way, isNegated);
      if (condition == null && !needsAll) {
        return null;
      }
      add(found, condition);
    }
    return needsAll ? KeyCondition.allOf(found) : KeyCondition.anyOf(found);
  }

  private static void add(List<KeyCondition> to, KeyCondition condition) {
    if (condition != null) {
      to.add(condition);
    }
  }
}
