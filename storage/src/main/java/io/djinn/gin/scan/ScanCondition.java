package io.djinn.gin.scan;

import io.djinn.gin.pending.PendingView;
import io.djinn.gin.posting.TidStream;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.GinQuery.Mode;
import io.djinn.opclass.Ternary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One condition of a scan: the keys it looks up, the streams a row must be in, and what is then
 * left to decide.
 *
 * <pre>
 * mode, shape              must be in                          left to decide
 * conjunction              each key                            nothing
 * union                    any key                             nothing
 * general                  any of the required keys            presence of all keys
 * INCLUDE_EMPTY            the same, or the empty items, where the query takes rows without keys
 * ALL                      nothing                             presence of all keys; no null items
 * EVERYTHING               nothing                             presence of all keys
 * </pre>
 *
 * <p>Where rows would have to be compared, and the index keeps the payloads the query asks for,
 * those are left to decide instead.
 */
final class ScanCondition {
  private final int column;
  private final GinQuery query;
  private final ScanKey[] keys;
  private final ScanKey emptyItem;
  private final ScanKey nullItem;
  private final boolean asksPayloads;
  private boolean isGeneral;
  private boolean hasEachKey;
  private boolean alwaysNeedsRecheck;
  private boolean isDriving;

  /**
   * @param keepsPayloads whether the index keeps payloads under the keys of the column
   */
  ScanCondition(int column, GinQuery query, boolean keepsPayloads) {
    this.column = column;
    this.query = query;
    asksPayloads = keepsPayloads && query.usesPayloads();
    keys = new ScanKey[query.keyCount()];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = new ScanKey(column, query.category(i), query.key(i));
    }
    byte[] none = new byte[0];
    emptyItem =
        query.mode() == Mode.INCLUDE_EMPTY ? new ScanKey(column, GinQuery.EMPTY_ITEM, none) : null;
    nullItem = query.mode() == Mode.ALL ? new ScanKey(column, GinQuery.NULL_ITEM, none) : null;
  }

  int column() {
    return column;
  }

  /** Adds the keys that are to be looked up. */
  void addKeysTo(List<ScanKey> lookups) {
    lookups.addAll(List.of(keys));
    if (emptyItem != null) {
      lookups.add(emptyItem);
    }
    if (nullItem != null) {
      lookups.add(nullItem);
    }
  }

  /** Whether no key is required, because rows without any may match. */
  private boolean takesEveryRow() {
    return query.mode() == Mode.ALL || query.mode() == Mode.EVERYTHING;
  }

  /**
   * Adds the streams in each of which a row must be, once the keys were looked up.
   *
   * @return false where no row can match
   */
  boolean addRequired(List<TidStream> required, StreamRegister register) {
    if (query.mode() == Mode.NONE) {
      return false;
    }
    if (takesEveryRow()) {
      isGeneral = true;
      return true;
    }
    QueryShape shape = keys.length == 0 ? QueryShape.UNION : QueryShape.of(query);
    return switch (shape) {
      case CONJUNCTION -> addEach(required, register);
      case UNION -> addAny(allKeys(), required, register);
      case UNION_OF_CANDIDATES -> {
        alwaysNeedsRecheck = !asksPayloads;
        isGeneral = asksPayloads;
        yield addAny(allKeys(), required, register);
      }
      case GENERAL -> {
        isGeneral = true;
        yield addAny(requiredKeys(), required, register);
      }
    };
  }

  private boolean addEach(List<TidStream> required, StreamRegister register) {
    int answer = QueryShape.answer(query, Ternary.YES);
    if (answer == Ternary.NO) {
      return false;
    }
    alwaysNeedsRecheck = answer == Ternary.MAYBE && !asksPayloads;
    hasEachKey = answer == Ternary.MAYBE && asksPayloads;
    for (ScanKey key : keys) {
      if (!key.isFound()) {
        return false;
      }
      required.add(register.open(key));
    }
    return true;
  }

  private boolean addAny(int[] indexes, List<TidStream> required, StreamRegister register) {
    List<TidStream> any = new ArrayList<>();
    for (int i : indexes) {
      if (keys[i].isFound()) {
        any.add(register.open(keys[i]));
      }
    }
    if (emptyItem != null && emptyItem.isFound()) {
      int answer = QueryShape.answer(query, Ternary.NO);
      if (answer != Ternary.NO) {
        any.add(register.open(emptyItem));
        alwaysNeedsRecheck |= answer == Ternary.MAYBE && !isGeneral;
      }
    }
    if (any.isEmpty()) {
      return false;
    }
    required.add(any.size() == 1 ? any.get(0) : new UnionStream(any.toArray(TidStream[]::new)));
    return true;
  }

  private int[] allKeys() {
    return IntStream.range(0, keys.length).toArray();
  }

  private int[] requiredKeys() {
    int[] order =
        IntStream.range(0, keys.length)
            .boxed()
            .sorted(Comparator.comparingLong(i -> keys[i].tidCount()))
            .mapToInt(Integer::intValue)
            .toArray();
    return Arrays.copyOf(order, QueryShape.requiredKeys(query, order));
  }

  /** Whether every TID in the required streams must be compared with its row. */
  boolean alwaysNeedsRecheck() {
    return alwaysNeedsRecheck;
  }

  /** The stream of all rows of the column that may match: this condition drives the scan. */
  TidStream drive(
      StreamRegister register, int root, PendingView pending, long tidsOfIndex, int pageSizeBytes) {
    isDriving = true;
    int lastCategory = query.mode() == Mode.ALL ? GinQuery.EMPTY_ITEM : GinQuery.NULL_ITEM;
    return register.openFullScan(root, pending, column, lastCategory, tidsOfIndex, pageSizeBytes);
  }

  /** Puts a filter over candidates where presence is left to decide. */
  CandidateStream filter(CandidateStream candidates, StreamRegister register) {
    if (hasEachKey) {
      return new PresenceFilter(candidates, query, payloads(register));
    }
    boolean excludesNulls = nullItem != null && nullItem.isFound() && !isDriving;
    boolean isDecided =
        !isGeneral || (keys.length == 0 && QueryShape.answer(query, Ternary.NO) == Ternary.YES);
    if (isDecided && !excludesNulls) {
      return candidates;
    }
    BufferedTids[] streams = new BufferedTids[keys.length];
    for (int i = 0; i < keys.length; i++) {
      streams[i] = keys[i].isFound() ? new BufferedTids(register.open(keys[i])) : null;
    }
    BufferedTids excluded = excludesNulls ? new BufferedTids(register.open(nullItem)) : null;
    PayloadProbe payloads = asksPayloads ? payloads(register) : null;
    return new PresenceFilter(candidates, query, streams, excluded, payloads);
  }

  private PayloadProbe payloads(StreamRegister register) {
    PayloadSource[] sources = new PayloadSource[keys.length];
    for (int i = 0; i < keys.length; i++) {
      boolean hasAny = keys[i].isFound() && query.category(i) == GinQuery.NORMAL_KEY;
      sources[i] = hasAny ? register.openPayloads(keys[i]) : null;
    }
    return new PayloadProbe(sources);
  }
}
