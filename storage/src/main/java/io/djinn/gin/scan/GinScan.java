package io.djinn.gin.scan;

import io.djinn.gin.entry.EntryLookup;
import io.djinn.gin.entry.GinMetaPage;
import io.djinn.gin.pending.PendingView;
import io.djinn.gin.posting.PostingList;
import io.djinn.gin.posting.TidStream;
import io.djinn.opclass.GinQuery;
import io.djinn.page.StepReader;
import java.util.ArrayList;
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

  private final int metaPageNo;
  private final PendingView pending;
  private final List<ScanCondition> conditions = new ArrayList<>();
  private final List<ScanKey> keys = new ArrayList<>();
  private final EntryLookup lookup = new EntryLookup();
  private final PostingList postings = new PostingList();
  private final StreamRegister register = new StreamRegister();
  private int root;
  private long tidsOfIndex;
  private int nextKey = -1;
  private boolean isLooking;
  private CandidateStream stream;
  private boolean isEmpty;
  private long floor;
  private long segmentsHeld;
  private long candidates;

  /**
   * @param metaPageNo page number of the index's metapage
   * @param conditions at least one
   * @param pending the pending list in the scan's snapshot
   */
  public GinScan(int metaPageNo, List<Condition> conditions, PendingView pending) {
    if (conditions.isEmpty()) {
      throw new IllegalArgumentException("a scan needs a condition");
    }
    this.metaPageNo = metaPageNo;
    this.pending = pending;
    for (Condition condition : conditions) {
      ScanCondition scanned =
          new ScanCondition(condition.column(), condition.query(), condition.keepsPayloads());
      this.conditions.add(scanned);
      scanned.addKeysTo(keys);
      isEmpty |= condition.query().mode() == GinQuery.Mode.NONE;
    }
  }

  /**
   * Fills the block with the next TIDs, ascending.
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
      if (!lookUp(step)) {
        return PAUSED;
      }
      stream = plan(step.pageSizeBytes());
      if (stream == null) {
        isEmpty = true;
        return END;
      }
      stream.advance(floor);
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

  /** Whether a TID of the block given last may be of a row that does not match. */
  public boolean needsRecheck() {
    return stream != null && stream.needsRecheck();
  }

  /** Looks up the keys of all conditions; false where the step is spent. */
  private boolean lookUp(StepReader step) {
    if (nextKey < 0) {
      if (step.isSpent()) {
        return false;
      }
      GinMetaPage meta = new GinMetaPage().read(step, metaPageNo);
      root = meta.root();
      tidsOfIndex = meta.tids() + pending.operations();
      nextKey = 0;
    }
    while (nextKey < keys.size()) {
      ScanKey key = keys.get(nextKey);
      if (!isLooking) {
        lookup.start(root, key.composite());
        isLooking = true;
      }
      int found = lookup.next(step);
      if (found == EntryLookup.PAUSED) {
        return false;
      }
      if (found == EntryLookup.FOUND) {
        key.found(lookup, postings);
        segmentsHeld += key.segments();
      }
      key.find(pending);
      isLooking = false;
      nextKey++;
    }
    return true;
  }

  /** Makes streams of the conditions; null where no row can fulfil them all. */
  private CandidateStream plan(int pageSizeBytes) {
    List<TidStream> required = new ArrayList<>();
    boolean needsRecheck = false;
    for (ScanCondition condition : conditions) {
      if (!condition.addRequired(required, register)) {
        return null;
      }
      needsRecheck |= condition.alwaysNeedsRecheck();
    }
    if (required.isEmpty()) {
      required.add(conditions.get(0).drive(register, root, pending, tidsOfIndex, pageSizeBytes));
    }
    TidStream driver =
        required.size() == 1
            ? required.get(0)
            : new IntersectionStream(required.toArray(TidStream[]::new));
    CandidateStream filtered = new RequiredStream(driver, needsRecheck);
    for (ScanCondition condition : conditions) {
      filtered = condition.filter(filtered, register);
    }
    return filtered;
  }

  /** What the scan has read so far. */
  public ScanCounters counters() {
    return register.counters(lookup.pagesRead(), segmentsHeld, candidates);
  }
}
