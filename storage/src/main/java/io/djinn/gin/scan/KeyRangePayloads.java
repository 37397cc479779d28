package io.djinn.gin.scan;

import io.djinn.gin.entry.EntryCursor;
import io.djinn.gin.pending.PendingCursor;
import io.djinn.gin.pending.PendingView;
import io.djinn.memory.ByteStrings;
import io.djinn.page.StepReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The payloads of the keys of a range: one {@link SingleKeyPayloads} a key.
 *
 * <p>The keys, of the tree and pending ones side by side, are walked once, when payloads are first
 * asked for; a key's list is read once a row is asked for that may be in it. Each key takes memory,
 * so the range must be known to have few.
 */
final class KeyRangePayloads implements PayloadSource {
  private final int root;
  private final PendingView pending;
  private final byte[] from;
  private final byte[] to;
  private final StreamRegister register;
  private final EntryCursor cursor;
  private final byte[] room;
  private final List<PayloadSource> keys = new ArrayList<>();

  /** On the first pending key that was not yet added; null where there is none in the range. */
  private PendingCursor pendingKeys;

  private State state = State.BEGIN;

  private enum State {
    /** Go before the first key of the range. */
    BEGIN,
    /** Go on to walk its keys. */
    WALK,
    /** All its keys are known. */
    OPEN
  }

  /**
   * @param root root of the entry tree
   * @param from composite key with which the range begins
   * @param to composite key, at which it ends
   * @param register opens the payloads of single keys
   */
  KeyRangePayloads(
      int root,
      PendingView pending,
      byte[] from,
      byte[] to,
      StreamRegister register,
      int pageSizeBytes) {
    this.root = root;
    this.pending = pending;
    this.from = from;
    this.to = to;
    this.register = register;
    cursor = new EntryCursor(pageSizeBytes);
    room = new byte[EntryCursor.keyRoomBytes(pageSizeBytes)];
  }

  @Override
  public int find(StepReader step, long tid, ByteStrings found) {
    if (state != State.OPEN && !open(step)) {
      return PAUSED;
    }
    // A key that was asked in a step before has what it says at hand.
    for (PayloadSource key : keys) {
      if (key.find(step, tid, found) == PAUSED) {
        return PAUSED;
      }
    }
    return DONE;
  }

  /** Walks the keys; false where the step is spent. */
  private boolean open(StepReader step) {
    cursor.enter(step);
    if (state == State.BEGIN) {
      cursor.start(root, from, to);
      pendingKeys = pending.cursor(from);
      nextPendingKey();
      state = State.WALK;
    }
    int found;
    while ((found = cursor.next()) == EntryCursor.KEY) {
      byte[] key = Arrays.copyOf(room, cursor.copyKey(room));
      if (addPendingBelow(key)) {
        nextPendingKey();
      }
      keys.add(register.openPayloads(cursor.place(), pending.locate(key)));
    }
    if (found == EntryCursor.PAUSED) {
      return false;
    }
    addPendingBelow(to);
    state = State.OPEN;
    return true;
  }

  /** Adds the keys below another that only pending operations know; whether it is one too. */
  private boolean addPendingBelow(byte[] key) {
    while (pendingKeys != null) {
      int order = compare(key);
      if (order >= 0) {
        return order == 0;
      }
      keys.add(register.openPayloads(null, pending.locate(pendingKeys.copyKey())));
      nextPendingKey();
    }
    return false;
  }

  private void nextPendingKey() {
    if (!pendingKeys.next() || compare(to) >= 0) {
      pendingKeys = null;
    }
  }

  /** How the pending key compares with another. */
  private int compare(byte[] key) {
    return Arrays.compareUnsigned(
        pendingKeys.key(), 0, pendingKeys.keyLength(), key, 0, key.length);
  }

  /** Entry pages read to find the keys. */
  long pagesRead() {
    return cursor.pagesRead();
  }
}
