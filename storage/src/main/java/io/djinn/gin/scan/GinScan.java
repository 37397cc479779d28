package io.djinn.gin.scan;

import io.djinn.error.QueryTooExpensiveException;
import io.djinn.gin.entry.GinMetaPage;
import io.djinn.gin.pending.PendingView;
import io.djinn.gin.posting.TidStream;
import io.djinn.opclass.GinQuery;
import io.djinn.page.StepReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A scan of one GIN index for rows that fulfil all of some conditions, in one snapshot and in
 * steps.
 *
 * <p>First the keys of all conditions are looked up, then the conditions become streams: what must
 * hold intersects, the rarest first, and what only presence of several keys can decide filters the
 * outcome. A condition under which every row is a candidate only filters where another condition
 * drives, and walks its whole column where none does.
 *
 * <p>Sees the entry tree as the pending list changes it: of each key and row the newest pending
 * operation counts, and where there is none the tree.
 */
public final class GinScan {
  /** The step is spent; go on in the next. */
  public static final int PAUSED = TidStream.PAUSED;

  /** There are no more TIDs. */
  public static final int END = TidStream.END;

  /** TIDs a block holds at most. */
  public static final int BLOCK = TidStream.BLOCK;

  /**
   * One condition on one column.
   *
   * @param column its number in the composite key
   * @param keepsPayloads whether the index keeps payloads under the keys of the column
   */
  public record Condition(int column, GinQuery query, boolean keepsPayloads) {
    /** A condition on a column without payloads. */
    public Condition(int column, GinQuery query) {
      this(column, query, false);
    }
  }

  /** The most conditions of a scan: each has streams of its own. */
  public static final int MAX_CONDITIONS = 256;

  private final int metaPageNo;
  private final PendingView pending;
  private final List<ScanCondition> conditions = new ArrayList<>();
  private final List<ScanKey> keys = new ArrayList<>();
  private KeyLookup lookup;
  private StreamRegister register;
  private final int windows;
  private long tidsOfIndex;
  private boolean isLookedUp;
  private CandidateStream stream;
  private boolean isEmpty;
  private long samplingLimit = Long.MAX_VALUE;
  private boolean isSampled;
  private long floor;
  private long candidates;

  /**
   * @param metaPageNo page number of the index's metapage
   * @param conditions at least one
   * @param pending the pending list in the scan's snapshot
   * @throws QueryTooExpensiveException of more than {@link #MAX_CONDITIONS}
   */
  public GinScan(int metaPageNo, List<Condition> conditions, PendingView pending) {
    this(metaPageNo, conditions, pending, ScanRoom.OF_SCAN);
  }

  GinScan(int metaPageNo, List<Condition> conditions, PendingView pending, ScanRoom room) {
    if (conditions.size() > MAX_CONDITIONS) {
      throw new QueryTooExpensiveException(
          conditions.size() + " conditions: a scan takes at most " + MAX_CONDITIONS);
    }
    if (conditions.isEmpty()) {
      throw new IllegalArgumentException("a scan needs a condition");
    }
    this.metaPageNo = metaPageNo;
    this.pending = pending;
    ScanRoom share = room.share(conditions.size());
    int ranges = 1;
    for (Condition condition : conditions) {
      ScanCondition scanned =
          new ScanCondition(
              condition.column(), condition.query(), condition.keepsPayloads(), share);
      this.conditions.add(scanned);
      scanned.addKeysTo(keys);
      ranges += scanned.windows();
      isEmpty |= condition.query().mode() == GinQuery.Mode.NONE;
    }
    windows = ranges;
  }

  /**
   * Leaves rows out at random where there may be more than about so many; before the first block.
   */
  public void sample(long limit) {
    samplingLimit = limit;
  }

  /** Whether rows are left out at random; known once a block was given. */
  public boolean isSampled() {
    return isSampled;
  }

  /**
   * Does what reads no page and may take long, as asking queries about very many keys. To be called
   * before each {@link #next}, outside of its step.
   */
  public void plan() {
    if (!isLookedUp || isEmpty || stream != null) {
      return;
    }
    stream = streams();
    isEmpty = stream == null;
    if (stream != null) {
      stream.advance(floor);
    }
  }

  /**
   * Fills the block with the next TIDs, ascending; after {@link #plan}.
   *
   * @param step a step of the scan's snapshot, always the same snapshot
   * @param block takes up to {@link #BLOCK} TIDs
   * @return how many, {@link #PAUSED} where the step was spent first, or {@link #END}
   */
  public int next(StepReader step, long[] block) {
    if (isEmpty) {
      return END;
    }
    if (stream == null) {
      if (isLookedUp) {
        throw new IllegalStateException("the scan was not planned before the step");
      }
      isLookedUp = lookUp(step);
      return PAUSED;
    }
    int taken = stream.next(step, block);
    candidates += Math.max(0, taken);
    return taken;
  }

  /** Nothing below a TID will be asked for. */
  public void advance(long tid) {
    floor = Math.max(floor, tid);
    if (stream != null) {
      stream.advance(floor);
    }
  }

  /** Whether the TID at an index of the block given last may be of a row that does not match. */
  public boolean needsRecheck(int index) {
    return stream.needsRecheck(index);
  }

  /** Looks up the keys of all conditions; false where the step is spent. */
  private boolean lookUp(StepReader step) {
    if (lookup == null) {
      if (step.isSpent()) {
        return false;
      }
      GinMetaPage meta = new GinMetaPage().read(step, metaPageNo);
      tidsOfIndex = meta.tids() + pending.operations();
      register = new StreamRegister(meta.root(), pending, windows, step.pageSizeBytes());
      lookup = new KeyLookup(keys, meta.root(), pending, tidsOfIndex);
    }
    return lookup.run(step);
  }

  /** Makes streams of the conditions; null where no row can fulfil them all. */
  private CandidateStream streams() {
    long mostRows = Long.MAX_VALUE;
    for (ScanCondition condition : conditions) {
      if (!condition.prepare()) {
        return null;
      }
      mostRows = Math.min(mostRows, condition.mostRows());
    }
    List<TidStream> required = new ArrayList<>();
    List<ScanKey> rest = new ArrayList<>();
    boolean needsRecheck = false;
    for (ScanCondition condition : conditions) {
      condition.addRequired(required, rest, register, mostRows);
      needsRecheck |= condition.alwaysNeedsRecheck();
    }
    if (required.isEmpty()) {
      required.add(driver().drive(register, tidsOfIndex));
    }
    TidStream driver =
        required.size() == 1
            ? required.get(0)
            : new IntersectionStream(required.toArray(TidStream[]::new));
    if (!rest.isEmpty()) {
      rest.sort(Comparator.comparingLong(ScanKey::tidCount));
      driver = register.probeAll(driver, rest);
    }
    isSampled = driver.tidCount() > samplingLimit;
    if (isSampled) {
      driver = new SampledStream(driver, samplingLimit);
    }
    CandidateStream filtered = new RequiredStream(driver, needsRecheck);
    for (ScanCondition condition : conditions) {
      filtered = condition.filter(filtered, register);
    }
    return filtered;
  }

  /** The condition whose column is walked where none requires a key. */
  private ScanCondition driver() {
    return conditions.stream()
        .filter(ScanCondition::isBestDriver)
        .findFirst()
        .orElse(conditions.get(0));
  }

  /** What the scan has read so far. */
  public ScanCounters counters() {
    return register == null
        ? new ScanCounters(0, 0, 0, 0, 0, 0)
        : register.counters(lookup.pagesRead(), lookup.segmentsDecoded(), candidates);
  }
}
