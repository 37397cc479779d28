package io.djinn.gin.scan;

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
 * <p>A query of mode ALL or EVERYTHING that refuses rows without any of its keys is taken as the
 * general one it is. Where another condition has far fewer rows than the keys of which a row must
 * be in any, these are not united: presence decides, and they are only probed.
 */
final class ScanCondition {
  /** Keys that have so many times the rows of the rarest stream are probed instead of united. */
  private static final int GAIN = 4;

  private static final byte[] NO_BYTES = {};

  /** What must hold of a row before presence is looked at. */
  private enum Requirement {
    /** It is in each key. */
    EACH,
    /** It is in any of some keys. */
    ANY,
    /** Nothing. */
    NONE
  }

  private final int column;
  private final GinQuery query;
  private final ScanKey[] keys;
  private final ScanKey emptyItem;
  private final ScanKey nullItem;
  private final boolean asksPayloads;
  private Requirement requirement;

  /** Of the requirement {@link Requirement#ANY}, the keys that are found. */
  private List<ScanKey> any;

  /** Whether rows that are in none of {@link #any} are refused by presence too. */
  private boolean isAnyImplied;

  private boolean isGeneral;
  private boolean isExact;
  private boolean comparesPayloads;
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
      keys[i] =
          query.isRange(i)
              ? ScanKey.range(column, query.key(i), query.end(i))
              : ScanKey.single(column, query.category(i), query.key(i));
    }
    emptyItem =
        query.mode() == Mode.INCLUDE_EMPTY
            ? ScanKey.single(column, GinQuery.EMPTY_ITEM, NO_BYTES)
            : null;
    nullItem =
        query.mode() == Mode.ALL ? ScanKey.single(column, GinQuery.NULL_ITEM, NO_BYTES) : null;
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

  /**
   * Decides what must hold of a row, once the keys were looked up.
   *
   * @return false where no row can match
   */
  boolean prepare() {
    if (query.mode() == Mode.NONE) {
      return false;
    }
    boolean takesEveryRow = query.mode() == Mode.ALL || query.mode() == Mode.EVERYTHING;
    if (keys.length > 0 && query.consistent(knownPresence()) == Ternary.NO) {
      return false;
    }
    if (takesEveryRow && (keys.length == 0 || QueryShape.answer(query, Ternary.NO) != Ternary.NO)) {
      isGeneral = true;
      requirement = Requirement.NONE;
      return true;
    }
    QueryShape shape = keys.length == 0 ? QueryShape.UNION : QueryShape.of(query);
    if (takesEveryRow && shape != QueryShape.CONJUNCTION) {
      shape = QueryShape.GENERAL;
    }
    if (shape == QueryShape.CONJUNCTION) {
      requirement = Requirement.EACH;
      int answer = QueryShape.answer(query, Ternary.YES);
      isExact = answer == Ternary.YES;
      alwaysNeedsRecheck = !isExact;
      return answer != Ternary.NO && Arrays.stream(keys).allMatch(ScanKey::isFound);
    }
    requirement = Requirement.ANY;
    isGeneral = shape == QueryShape.GENERAL;
    isExact = shape == QueryShape.UNION && keys.length > 0;
    alwaysNeedsRecheck = shape == QueryShape.UNION_OF_CANDIDATES;
    any = new ArrayList<>();
    for (int i : isGeneral ? requiredKeys() : IntStream.range(0, keys.length).toArray()) {
      if (keys[i].isFound()) {
        any.add(keys[i]);
      }
    }
    addEmptyItem();
    return !any.isEmpty();
  }

  private void addEmptyItem() {
    int answer = QueryShape.answer(query, Ternary.NO);
    isAnyImplied = answer == Ternary.NO;
    if (emptyItem != null && emptyItem.isFound() && !isAnyImplied) {
      any.add(emptyItem);
      alwaysNeedsRecheck |= answer == Ternary.MAYBE && !isGeneral;
    }
  }

  /** Presence as far as it is the same for all rows: NO of keys the index does not have. */
  private byte[] knownPresence() {
    byte[] presence = new byte[keys.length];
    for (int i = 0; i < presence.length; i++) {
      presence[i] = keys[i].isFound() ? Ternary.MAYBE : Ternary.NO;
    }
    return presence;
  }

  /** The most rows there may be, as far as the requirement tells. */
  long mostRows() {
    return switch (requirement) {
      case EACH -> Arrays.stream(keys).mapToLong(ScanKey::tidCount).min().orElseThrow();
      case ANY -> any.stream().mapToLong(ScanKey::tidCount).sum();
      case NONE -> Long.MAX_VALUE;
    };
  }

  /**
   * Adds the streams in each of which a row must be.
   *
   * @param mostRows the least {@link #mostRows()} of all conditions
   */
  void addRequired(List<TidStream> required, StreamRegister register, long mostRows) {
    comparesPayloads = asksPayloads && !isExact;
    alwaysNeedsRecheck &= !comparesPayloads;
    switch (requirement) {
      case EACH -> {
        for (ScanKey key : keys) {
          required.add(register.open(key));
        }
      }
      case ANY -> {
        if (isAnyImplied && mostRows < mostRows() / GAIN) {
          // Whether a row must be compared, presence then says of each.
          isGeneral = true;
          alwaysNeedsRecheck = false;
        } else {
          TidStream[] streams = any.stream().map(register::open).toArray(TidStream[]::new);
          required.add(streams.length == 1 ? streams[0] : new UnionStream(streams));
        }
      }
      case NONE -> {}
    }
  }

  private int[] requiredKeys() {
    int[] order =
        IntStream.range(0, keys.length)
            .boxed()
            .sorted(Comparator.comparingLong(i -> keys[i].tidCount()))
            .mapToInt(Integer::intValue)
            .toArray();
    return QueryShape.requiredKeys(query, order);
  }

  /** Whether every TID in the required streams must be compared with its row. */
  boolean alwaysNeedsRecheck() {
    return alwaysNeedsRecheck;
  }

  /** Whether no key is required, and null items are no rows of it. */
  boolean isBestDriver() {
    return query.mode() == Mode.ALL;
  }

  /** The stream of all rows of the column that may match: this condition drives the scan. */
  TidStream drive(StreamRegister register, long tidsOfIndex) {
    isDriving = true;
    int lastCategory = query.mode() == Mode.ALL ? GinQuery.EMPTY_ITEM : GinQuery.NULL_ITEM;
    return register.openRange(
        new byte[] {(byte) column},
        new byte[] {(byte) column, (byte) (lastCategory + 1)},
        tidsOfIndex,
        false);
  }

  /** Puts a filter over candidates where presence is left to decide. */
  CandidateStream filter(CandidateStream candidates, StreamRegister register) {
    boolean excludesNulls =
        requirement == Requirement.NONE && nullItem != null && nullItem.isFound() && !isDriving;
    boolean isDecided =
        !isGeneral || (keys.length == 0 && QueryShape.answer(query, Ternary.NO) == Ternary.YES);
    CandidatePayloads payloads = comparesPayloads ? payloads(register) : null;
    if (isDecided && !excludesNulls && payloads == null) {
      return candidates;
    }
    long rows = candidates.tidCount();
    BufferedTids[] streams = new BufferedTids[keys.length];
    byte[] presence = knownPresence();
    for (int i = 0; i < keys.length; i++) {
      if (requirement == Requirement.EACH) {
        presence[i] = Ternary.YES;
      } else if (keys[i].isFound()) {
        streams[i] = new BufferedTids(register.open(keys[i]), rows);
      }
    }
    BufferedTids excluded = excludesNulls ? new BufferedTids(register.open(nullItem)) : null;
    return new PresenceFilter(candidates, query, streams, presence, excluded, payloads);
  }

  private CandidatePayloads payloads(StreamRegister register) {
    PayloadSource[] sources = new PayloadSource[keys.length];
    for (int i = 0; i < keys.length; i++) {
      boolean hasAny = keys[i].isFound() && query.category(i) == GinQuery.NORMAL_KEY;
      sources[i] = hasAny ? register.openPayloads(keys[i]) : null;
    }
    return new PayloadProbe(sources);
  }
}
