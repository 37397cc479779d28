package io.djinn.gin.vacuum;

import io.djinn.gin.entry.EntryCursor;
import io.djinn.gin.entry.PostingPlace;
import io.djinn.gin.posting.PostingListStream;
import io.djinn.gin.posting.PostingTreeStream;
import io.djinn.gin.posting.TidStream;
import io.djinn.page.StepReader;
import java.util.Arrays;

/**
 * Walks all keys of an index with all their TIDs, in steps, and may go on in another snapshot at
 * any time.
 *
 * <p>Where it stands is a key and a TID, so what it has given stays given however pages change.
 */
public final class IndexWalk {
  /** The most TIDs of a step. */
  public static final int STEP_TIDS = TidStream.BLOCK;

  /** The most bytes of a step's keys, one key always excepted. */
  private static final int STEP_KEY_BYTES = 32 << 10;

  private static final long DONE = -1;

  private final int root;
  private final EntryCursor cursor;
  private final PostingListStream list = new PostingListStream();
  private final PostingTreeStream tree = new PostingTreeStream();
  private final long[] block = new long[STEP_TIDS];

  private byte[] key;
  private byte[] reached;
  private int keyLength = -1;

  /** TIDs of the key below this one were given; {@link #DONE} where all were. */
  private long nextTid = DONE;

  private boolean isStarted;
  private boolean isOnKey;
  private TidStream stream;
  private long keysWalked;

  /**
   * @param root root page number of the entry tree
   */
  public IndexWalk(int root, int pageSizeBytes) {
    this.root = root;
    cursor = new EntryCursor(pageSizeBytes);
    key = new byte[EntryCursor.keyRoomBytes(pageSizeBytes)];
    reached = new byte[key.length];
  }

  /** The most bytes the keys of one step may have. */
  public static int keyBytesLimit(int pageSizeBytes) {
    return STEP_KEY_BYTES + pageSizeBytes;
  }

  /** The next step reads another snapshot, of a later state; the walk goes on where it stands. */
  public void restart() {
    isStarted = false;
    isOnKey = false;
    stream = null;
  }

  /** The lowest key of which something is still to be given. */
  private byte[] from() {
    if (keyLength < 0) {
      return new byte[0];
    }
    // Behind a key that is done comes, at the earliest, that key with a zero byte at its end.
    byte[] from = new byte[nextTid == DONE ? keyLength + 1 : keyLength];
    System.arraycopy(key, 0, from, 0, keyLength);
    return from;
  }

  /**
   * Makes one step.
   *
   * @param step entered by the caller
   * @param found what the step finds, instead of what it held; may be nothing
   * @return false at the end
   */
  public boolean next(StepReader step, KeyedTids found) {
    found.clear();
    if (!isStarted) {
      cursor.start(root, from());
      isStarted = true;
    }
    cursor.enter(step);
    while (true) {
      if (!isOnKey) {
        int outcome = cursor.next();
        if (outcome != EntryCursor.KEY) {
          return outcome == EntryCursor.PAUSED;
        }
        arrive();
      }
      if (stream == null) {
        if (!fits(found)) {
          return true;
        }
        open();
      }
      int taken = stream.next(step, block);
      if (taken == TidStream.PAUSED) {
        return true;
      }
      if (taken == TidStream.END) {
        leave();
        continue;
      }
      found.add(key, keyLength, block, 0, taken);
      nextTid = block[taken - 1] + 1;
      if (found.tidCount() >= STEP_TIDS) {
        return true;
      }
    }
  }

  /** The cursor is on a key: the one the walk stands in, or one above it. */
  private void arrive() {
    int length = cursor.copyKey(reached);
    if (nextTid == DONE || !Arrays.equals(reached, 0, length, key, 0, keyLength)) {
      if (nextTid > 0) {
        // The rest of the key has gone since.
        keysWalked++;
      }
      byte[] before = key;
      key = reached;
      reached = before;
      keyLength = length;
      nextTid = 0;
    }
    isOnKey = true;
  }

  private void leave() {
    isOnKey = false;
    stream = null;
    nextTid = DONE;
    keysWalked++;
  }

  /** Whether the key's TIDs, or as many as a step takes, fit behind what was found before. */
  private boolean fits(KeyedTids found) {
    return found.tidCount() == 0
        || cursor.place().tidCount() <= STEP_TIDS - found.tidCount()
            && found.keyBytes() + keyLength <= STEP_KEY_BYTES;
  }

  private void open() {
    PostingPlace place = cursor.place();
    if (place.isTree()) {
      tree.reset(place.root(), place.tidCount());
      stream = tree;
    } else {
      list.reset(place.pageNo(), place.listOffset(), place.listBytes(), place.tidCount());
      stream = list;
    }
    stream.advance(nextTid);
  }

  /** Keys that are done. */
  public long keysWalked() {
    return keysWalked;
  }
}
