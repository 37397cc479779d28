package io.djinn.api;

import io.djinn.buffer.SnapshotReader;
import io.djinn.gin.pending.PendingView;
import io.djinn.gin.scan.GinScan;
import io.djinn.gin.scan.ScanCounters;
import io.djinn.opclass.MalformedPayloadException;
import io.djinn.source.Row;
import io.djinn.source.RowSource;
import java.util.List;

/**
 * The rows a search finds, by ascending TID.
 *
 * <p>Reads in steps of a bounded number of pages; between them it holds no address, and no row is
 * fetched inside one. With a source it compares rows itself where the index alone can not decide;
 * without one {@link #needsRecheck} tells the caller which to compare. Belongs to one thread.
 */
public final class TidCursor implements AutoCloseable {
  /** The most rows {@link #samplingLimit} takes. */
  public static final long MAX_SAMPLING_LIMIT = Integer.MAX_VALUE;

  private final GinIndex index;
  private final List<GinIndex.Condition> conditions;
  private final RowSource source;
  private final SnapshotReader reader;
  private final GinScan scan;
  private final long[] block = new long[GinScan.BLOCK];
  private int count;
  private int at;
  private boolean isAtEnd;
  private long tid = -1;
  private boolean needsRecheck;

  /** The row compared last. */
  private Row spent;

  private long fetched;
  private long rechecked;
  private boolean hasBegun;
  private long limit = Long.MAX_VALUE;

  TidCursor(
      GinIndex index,
      Snapshot snapshot,
      List<GinIndex.Condition> conditions,
      RowSource source,
      int metaPage,
      PendingView pending) {
    this.index = index;
    this.conditions = conditions;
    this.source = source;
    scan =
        new GinScan(
            metaPage,
            conditions.stream()
                .map(
                    c ->
                        new GinScan.Condition(
                            c.column(), c.query(), index.spec().keepsPayloads(c.column())))
                .toList(),
            pending);
    reader = snapshot.reader();
  }

  /** Ends after this many rows. */
  public TidCursor limit(long rows) {
    if (rows < 0) {
      throw new IllegalArgumentException("limit of " + rows + " rows: must not be negative");
    }
    limit = rows;
    return this;
  }

  /**
   * Leaves rows out at random where there may be more than about so many, for a first look at a
   * large answer; off unless this is called. Which rows, only their TIDs decide: a search gives the
   * same ones each time. {@link #isSampled} says whether any were left out.
   *
   * <p>The limit is compared with what the scan is driven by, before other keys and rows have their
   * say: an answer of fewer rows may be sampled, and one that is may be well below the limit.
   *
   * @param rows 1 to {@link #MAX_SAMPLING_LIMIT}
   * @throws IllegalStateException where the search has begun
   */
  public TidCursor samplingLimit(long rows) {
    if (rows < 1 || rows > MAX_SAMPLING_LIMIT) {
      throw new IllegalArgumentException(
          "samplingLimit of " + rows + " rows: must be 1 to " + MAX_SAMPLING_LIMIT);
    }
    if (hasBegun) {
      throw new IllegalStateException("the search has begun: it can not be sampled any more");
    }
    scan.sample(rows);
    return this;
  }

  /** Whether rows were left out by {@link #samplingLimit}; known after the first {@link #next}. */
  public boolean isSampled() {
    return scan.isSampled();
  }

  /**
   * Goes to the next row; false at the end.
   *
   * @throws io.djinn.error.SnapshotExpiredException where the engine has given the snapshot up
   * @throws io.djinn.error.StoreClosedException where the store was closed
   * @throws io.djinn.error.CorruptIndexException where a payload is none that its operator class
   *     makes
   */
  public boolean next() {
    while (limit > 0) {
      if (at == count && !fill()) {
        tid = -1;
        return false;
      }
      needsRecheck = scan.needsRecheck(at);
      tid = block[at++];
      if (!needsRecheck || source == null || matches()) {
        limit--;
        return true;
      }
    }
    tid = -1;
    return false;
  }

  private boolean matches() {
    fetched++;
    needsRecheck = false;
    Row row = source.fetch(tid, spent);
    if (row == null) {
      return false;
    }
    spent = row;
    rechecked++;
    return index.matches(conditions, row);
  }

  private boolean fill() {
    at = 0;
    count = 0;
    hasBegun = true;
    while (count == 0 && !isAtEnd) {
      scan.plan();
      reader.enter();
      try {
        int taken = scan.next(reader, block);
        isAtEnd = taken == GinScan.END;
        count = Math.max(0, taken);
      } catch (MalformedPayloadException malformed) {
        throw malformed.in(index.name());
      } catch (InternalError e) {
        // A late report of a failed access to the mapping: which one is not known.
        index.seal(e);
        throw e;
      } finally {
        reader.leave();
      }
    }
    return count > 0;
  }

  /** Rows below this TID are skipped, without being decoded where that is possible. */
  public void advance(long target) {
    while (at < count && block[at] < target) {
      at++;
    }
    if (at == count) {
      scan.advance(target);
    }
  }

  /** Address of the present row, -1 before the first and after the last one. */
  public long tid() {
    return tid;
  }

  /** Whether the caller must compare the present row with the query. */
  public boolean needsRecheck() {
    return needsRecheck;
  }

  /** Rows fetched for recheck so far. */
  public long fetched() {
    return fetched;
  }

  /** Rows compared with the conditions so far: those fetched, without TIDs that had no row. */
  public long rechecked() {
    return rechecked;
  }

  /** What the scan has read so far. */
  public ScanStats counters() {
    ScanCounters read = scan.counters();
    return new ScanStats(
        read.streams(),
        read.entryPages(),
        read.postingPages(),
        read.segmentsDecoded(),
        read.segmentsSkipped(),
        read.candidates());
  }

  @Override
  public void close() {
    reader.close();
  }
}
