package io.djinn.api;

import io.djinn.gin.scan.SparseBits;
import io.djinn.source.Row;
import io.djinn.source.RowSource;

/**
 * The rows of a bitmap, by ascending TID: those kept, and those of lossy blocks as the index gives
 * them again. Belongs to one thread.
 */
public final class BitmapCursor implements AutoCloseable {
  private static final long NONE = Long.MAX_VALUE;

  private final TidBitmap bitmap;
  private final RowSource source;
  private final SparseBits.Walk exact;
  private final SparseBits.Walk lossy;
  private TidCursor again;
  private long nextExact;
  private long nextBlock;

  /** The row the search has gone to, which is not given yet; -1 before the first. */
  private long head = -1;

  private boolean isInBlock;
  private long tid = -1;
  private boolean needsRecheck;

  /** The row compared last. */
  private Row spent;

  private long fetched;
  private long rechecked;

  BitmapCursor(TidBitmap bitmap, RowSource source) {
    this.bitmap = bitmap;
    this.source = source;
    exact = bitmap.exact().walk();
    lossy = bitmap.lossy().walk();
    nextExact = exact.next(NONE);
    nextBlock = lossy.next(NONE);
  }

  /**
   * Goes to the next row; false at the end.
   *
   * @throws io.djinn.error.SnapshotExpiredException where a lossy block is to be searched again and
   *     the engine has given the snapshot up
   */
  public boolean next() {
    while (goOn()) {
      if (!needsRecheck || source == null || matches()) {
        return true;
      }
    }
    tid = -1;
    return false;
  }

  private boolean goOn() {
    while (true) {
      if (isInBlock) {
        if (head >>> bitmap.blockBits() == nextBlock) {
          tid = head;
          needsRecheck = again.needsRecheck();
          head = again.next() ? again.tid() : NONE;
          return true;
        }
        isInBlock = false;
        nextBlock = lossy.next(NONE);
      }
      if (nextExact != NONE && bitmap.isInLossyBlock(nextExact)) {
        nextExact = exact.next(NONE);
      } else if (nextBlock != NONE && nextBlock << bitmap.blockBits() <= nextExact) {
        beginBlock();
      } else if (nextExact != NONE) {
        tid = nextExact;
        needsRecheck = bitmap.isRechecked(tid);
        nextExact = exact.next(NONE);
        return true;
      } else {
        return false;
      }
    }
  }

  /** Goes to the first row of a block. */
  private void beginBlock() {
    long first = nextBlock << bitmap.blockBits();
    if (again == null) {
      again = bitmap.searchAgain();
    }
    if (head < first) {
      again.advance(first);
      head = again.next() ? again.tid() : NONE;
    }
    isInBlock = true;
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
    return bitmap.matches(row);
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

  /** Rows compared with the conditions so far. */
  public long rechecked() {
    return rechecked;
  }

  @Override
  public void close() {
    if (again != null) {
      again.close();
    }
  }
}
