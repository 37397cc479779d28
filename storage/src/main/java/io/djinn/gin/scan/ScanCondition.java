package io.djinn.gin.scan;

import io.djinn.gin.posting.TidStream;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.GinQuery.Mode;
import io.djinn.opclass.Ternary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
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
 *
 * <p>Of more keys than there is {@link ScanRoom} for, the rest share one stream: those of a union
 * are gathered together, the rarest first to be left to it; those of a conjunction are asked one
 * after the other for the candidates that the rarest leave. Where presence of all is to decide, it
 * is taken as unknown of the rest, and what that leaves open is decided by the row.
 */
final class ScanCondition {
  /** Keys that have so many times the rows of the rarest stream are probed instead of united. */
  private static final int GAIN = 4;

  private static final byte[] NO_BYTES = {};

  private static final Comparator<ScanKey> RAREST_FIRST =
      Comparator.comparingLong(ScanKey::tidCount);

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
  private final ScanRoom room;
  private boolean asksPayloads;
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
   * @param room for what must hold, for what is left to decide, and for payloads, each
   */
  ScanCondition(int column, GinQuery query, boolean keepsPayloads, ScanRoom room) {
    this.room = room;
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

  /** Windows its streams may need. */
  int windows() {
    int ranges = (int) Arrays.stream(keys).filter(ScanKey::isRange).count();
    boolean hasRest = ranges > room.ranges() || keys.length - ranges > room.keys();
    return Math.min(ranges, room.ranges()) + (hasRest ? 1 : 0);
  }

  int column() {
    return column;
  }

  /** Adds the keys that are to be looked up. */
  void addKeysTo(List<ScanKey> lookups) {
    lookups.addAll(Arrays.asList(keys));
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
   * @param rest gets keys without a stream, in each of which a row must be too
   * @param mostRows the least {@link #mostRows()} of all conditions
   */
  void addRequired(
      List<TidStream> required, List<ScanKey> rest, StreamRegister register, long mostRows) {
    asksPayloads = asksPayloads && room.takes(found());
    comparesPayloads = asksPayloads && !isExact;
    alwaysNeedsRecheck &= !comparesPayloads;
    switch (requirement) {
      case EACH -> {
        List<ScanKey> opened = opened(RAREST_FIRST);
        for (ScanKey key : opened) {
          required.add(register.open(key));
        }
        rest.addAll(rest(Arrays.asList(keys), opened));
      }
      case ANY -> {
        if (isAnyImplied && room.takes(found()) && mostRows < mostRows() / GAIN) {
          // Whether a row must be compared, presence then says of each; where only some of the keys
          // had streams, that would be left open of those that have another.
          isGeneral = true;
          alwaysNeedsRecheck = false;
        } else {
          required.add(union(register));
        }
      }
      case NONE -> {}
    }
  }

  private TidStream union(StreamRegister register) {
    List<ScanKey> opened = any;
    if (!room.takes(any)) {
      opened = room.firstOf(any.stream().sorted(RAREST_FIRST.reversed()).toList());
    }
    List<TidStream> streams = new ArrayList<>();
    for (ScanKey key : opened) {
      streams.add(register.open(key));
    }
    List<ScanKey> rest = rest(any, opened);
    if (!rest.isEmpty()) {
      streams.add(register.openAll(rest));
    }
    return streams.size() == 1
        ? streams.get(0)
        : new UnionStream(streams.toArray(TidStream[]::new));
  }

  private List<ScanKey> found() {
    return Arrays.stream(keys).filter(ScanKey::isFound).toList();
  }

  /** The keys that are found and have room. */
  private List<ScanKey> opened(Comparator<ScanKey> order) {
    List<ScanKey> found = found();
    return room.takes(found) ? found : room.firstOf(found.stream().sorted(order).toList());
  }

  /** The keys that are not opened, in their order. */
  private static List<ScanKey> rest(List<ScanKey> keys, List<ScanKey> opened) {
    if (keys.size() == opened.size()) {
      return List.of();
    }
    Set<ScanKey> known = Collections.newSetFromMap(new IdentityHashMap<>());
    known.addAll(opened);
    return keys.stream().filter(key -> !known.contains(key)).toList();
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
    Set<ScanKey> opened = Collections.newSetFromMap(new IdentityHashMap<>());
    if (requirement != Requirement.EACH) {
      opened.addAll(opened(RAREST_FIRST));
    }
    for (int i = 0; i < keys.length; i++) {
      if (requirement == Requirement.EACH) {
        presence[i] = Ternary.YES;
      } else if (opened.contains(keys[i])) {
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
