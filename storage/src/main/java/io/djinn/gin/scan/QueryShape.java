package io.djinn.gin.scan;

import io.djinn.opclass.GinQuery;
import io.djinn.opclass.KeyJoin;
import io.djinn.opclass.Ternary;
import java.util.Arrays;

/**
 * How the keys of a query are joined: what it says itself, else what the answers of its {@code
 * consistent} to a few questions say. Pure.
 */
enum QueryShape {
  /** Every key is required, and nothing else is: an intersection. */
  CONJUNCTION,
  /** Any key is enough: a union. */
  UNION,
  /** Rows are compared anyway, and any key makes a candidate: a union. */
  UNION_OF_CANDIDATES,
  /** Anything else. */
  GENERAL;

  /** No query of more keys than these is asked about each of them. */
  static final int MAX_TRIED = 256;

  /**
   * The shape of a query with at least one key. Where it does not say, and has too many keys to be
   * asked about each, the general one, under which any query is answered.
   */
  static QueryShape of(GinQuery query) {
    KeyJoin said = query.keyCount() == 1 ? KeyJoin.UNKNOWN : query.keyJoin();
    return switch (said) {
      case ALL -> CONJUNCTION;
      case ANY -> UNION;
      case ANY_COMPARED -> UNION_OF_CANDIDATES;
      case OTHER -> GENERAL;
      case UNKNOWN -> query.keyCount() > MAX_TRIED ? GENERAL : asked(query);
    };
  }

  /** The shape that the answers say, asked for once a key and shape. */
  static QueryShape asked(GinQuery query) {
    byte[] presence = new byte[query.keyCount()];
    if (eachKeyAlone(query, presence, Ternary.NO, Ternary.MAYBE, Ternary.NO)) {
      return CONJUNCTION;
    }
    if (eachKeyAlone(query, presence, Ternary.YES, Ternary.MAYBE, Ternary.YES)) {
      return UNION;
    }
    boolean anyKeyIsCandidate =
        query.needsRecheck()
            && eachKeyAlone(query, presence, Ternary.YES, Ternary.NO, Ternary.MAYBE);
    return anyKeyIsCandidate ? UNION_OF_CANDIDATES : GENERAL;
  }

  /**
   * Whether the query answers as wanted for each key that has one value where the rest have
   * another.
   */
  private static boolean eachKeyAlone(
      GinQuery query, byte[] presence, byte one, byte rest, byte wanted) {
    Arrays.fill(presence, rest);
    for (int i = 0; i < presence.length; i++) {
      presence[i] = one;
      if (query.consistent(presence) != wanted) {
        return false;
      }
      presence[i] = rest;
    }
    return true;
  }

  /** The answer for a row of which every key has the same value. */
  static int answer(GinQuery query, byte presence) {
    byte[] all = new byte[query.keyCount()];
    Arrays.fill(all, presence);
    return query.consistent(all);
  }

  /**
   * Keys of which a row must have one to match: while they are absent the answer is NO whatever the
   * others are. All of them where even that is not so.
   *
   * <p>Rarer ones are preferred: these are the rarest that suffice, without those that are not
   * needed beside the others.
   *
   * @param order key indexes, rarest first
   */
  static int[] requiredKeys(GinQuery query, int[] order) {
    byte[] presence = new byte[order.length];
    Arrays.fill(presence, Ternary.MAYBE);
    int count = fewestOfOrder(query, order, presence);
    int[] required = Arrays.copyOf(order, count);
    if (count > MAX_TRIED || query.consistent(presence) != Ternary.NO) {
      return required;
    }
    // The last one is needed: without it the rarest did not suffice.
    for (int i = count - 2; i >= 0; i--) {
      presence[required[i]] = Ternary.MAYBE;
      if (query.consistent(presence) == Ternary.NO) {
        required[i] = -1;
      } else {
        presence[required[i]] = Ternary.NO;
      }
    }
    return Arrays.stream(required).filter(key -> key >= 0).toArray();
  }

  /**
   * How many of the first keys, all absent, decide that a row does not match; they are then marked
   * so. Found by halves, as the answer only becomes more certain.
   */
  private static int fewestOfOrder(GinQuery query, int[] order, byte[] presence) {
    int low = 0;
    int high = order.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      for (int i = 0; i < order.length; i++) {
        presence[order[i]] = i <= middle ? Ternary.NO : Ternary.MAYBE;
      }
      if (query.consistent(presence) == Ternary.NO) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    int count = Math.min(low + 1, order.length);
    for (int i = 0; i < order.length; i++) {
      presence[order[i]] = i < count ? Ternary.NO : Ternary.MAYBE;
    }
    return count;
  }
}
