package io.djinn.source;

import io.djinn.error.SourceChangedException;

/**
 * Gives the rows an index is built over: in parallel by ranges of blocks, and one by one for
 * recheck.
 *
 * <p>A TID is {@code block << slotBits() | slot}, slots counted from 0 inside their block. People
 * see row numbers, counted from 1. All methods may be called from several threads at once.
 */
public interface RowSource extends AutoCloseable {
  /**
   * Low bits of a TID that hold the slot; they belong to the source and are kept with the index.
   */
  int slotBits();

  long blockCount();

  long rowCount();

  /** Bytes of the source, for planning. */
  long sizeBytes();

  /**
   * Reads the blocks {@code [fromBlock, toBlock)} in order, rows in slot order, until the visitor
   * has enough.
   *
   * @throws io.djinn.error.SourceChangedException where the rows are no longer those counted
   */
  void scan(long fromBlock, long toBlock, RowVisitor visitor);

  /** Whether {@link #fetch} works; without it a cursor says per TID whether to recheck. */
  boolean canFetch();

  /**
   * The row at a TID, or null where there is none. It stays valid while the source is open and
   * belongs to one thread.
   *
   * @throws UnsupportedOperationException where {@link #canFetch} is false
   */
  Row fetch(long tid);

  /**
   * The same; whoever fetches one row after the other saves what a row holds beside its bytes.
   *
   * @param spent a row fetched before by this thread, which nobody uses any more and may become
   *     this one; or null, or one of another source, which are left alone
   */
  default Row fetch(long tid, Row spent) {
    return fetch(tid);
  }

  /**
   * The TID of a row number, 1-based.
   *
   * @throws IllegalArgumentException naming the rows there are
   */
  long tidOf(long rowNumber);

  /**
   * The row number, 1-based, of a TID.
   *
   * @throws IllegalArgumentException where no row has that TID
   */
  long rowNumberOf(long tid);

  /** What tells this source from a changed one. */
  SourceIdentity identity();

  /**
   * Compares with what was recorded when the index was built.
   *
   * @throws io.djinn.error.SourceChangedException unless the source is the same, or has grown at
   *     its end where it can tell that
   */
  default void requireSameOrGrown(SourceIdentity recorded) {
    if (!identity().equals(recorded)) {
      throw new SourceChangedException(
          "the source is "
              + identity().text()
              + " and not "
              + recorded.text()
              + ", from which the index was built");
    }
  }

  /** Gives files and buffers back; throws nothing checked. */
  @Override
  void close();
}
