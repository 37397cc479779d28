package io.djinn.gin.entry;

import io.djinn.page.StepReader;

/**
 * Walks the keys of an entry tree of a snapshot in ascending order, in as many steps as it takes.
 *
 * <p>Between steps it keeps the page numbers and child indexes from root to leaf and the next slot.
 * Keys must ascend from leaf to leaf, so no damaged link makes it walk in a circle.
 */
public final class EntryCursor {
  /** The step is spent; go on in the next. */
  public static final int PAUSED = 0;

  /** The cursor is on a key. */
  public static final int KEY = 1;

  /** There are no more keys. */
  public static final int END = -1;

  /** What to do with the page at the current depth. */
  private enum State {
    /** Read it for the first time, then go to its first wanted child or slot. */
    DOWN,
    /** It is a leaf: give its next slot. */
    LEAF,
    /** It is done: go to its next sibling by way of its parent. */
    UP,
    END
  }

  private final EntryPage page = new EntryPage();
  private final PostingPlace place = new PostingPlace();
  private final int[] pageNos = new int[EntryPage.MAX_LEVEL + 1];
  private final int[] positions = new int[EntryPage.MAX_LEVEL + 1];
  private final byte[] lastKey;

  private StepReader step;
  private State state = State.END;
  private boolean isLeafRead;
  private int depth;
  private int level;
  private byte[] from;
  private byte[] to;
  private int wantedSlots;
  private int lastKeyLength;
  private int slot;
  private long pagesRead;

  public EntryCursor(int pageSizeBytes) {
    lastKey = new byte[keyRoomBytes(pageSizeBytes)];
  }

  /** Bytes of an array that {@link #copyKey} can write any key to. */
  public static int keyRoomBytes(int pageSizeBytes) {
    return pageSizeBytes + SlotLayout.MAX_HEAD_BYTES;
  }

  /**
   * Goes before the first key that is not below another.
   *
   * @param root root page number of the entry tree
   * @param from a composite key or the first bytes of one; empty for the first key of all
   */
  public void start(int root, byte[] from) {
    start(root, from, null);
  }

  /**
   * Goes before the first key that is not below one, to end before the first that is not below
   * another.
   *
   * @param from a composite key or the first bytes of one; empty for the first key of all
   * @param to likewise; null for no end
   */
  public void start(int root, byte[] from, byte[] to) {
    this.from = from;
    this.to = to;
    state = State.DOWN;
    depth = 0;
    level = -1;
    pageNos[0] = root;
    lastKeyLength = -1;
    isLeafRead = false;
  }

  /** Enters a step; addresses of the step before are forgotten. */
  public void enter(StepReader step) {
    this.step = step;
    isLeafRead = false;
  }

  /** Goes to the next key; {@link #KEY}, {@link #PAUSED} or {@link #END}. */
  public int next() {
    while (true) {
      switch (state) {
        case DOWN -> {
          if (step.isSpent()) {
            return PAUSED;
          }
          down();
        }
        case LEAF -> {
          if (!isLeafRead) {
            if (step.isSpent()) {
              return PAUSED;
            }
            read();
            enterLeaf();
          }
          if (positions[depth] < wantedSlots) {
            slot = positions[depth]++;
            place.read(page, slot);
            return KEY;
          }
          if (wantedSlots < page.slotCount()) {
            state = State.END;
          } else {
            leaveLeaf();
          }
        }
        case UP -> {
          if (depth > 0 && step.isSpent()) {
            return PAUSED;
          }
          up();
        }
        case END -> {
          return END;
        }
      }
    }
  }

  private void read() {
    int pageNo = pageNos[depth];
    page.wrap(step.page(pageNo), step.pageSizeBytes(), pageNo);
    pagesRead++;
  }

  private void down() {
    read();
    if (level >= 0 && page.level() != level) {
      throw page.corrupt("level " + page.level() + ", expected " + level);
    }
    if (!page.isLeaf()) {
      positions[depth] = from == null ? 0 : page.childIndex(from, from.length);
      descend();
      return;
    }
    if (depth > 0 && page.slotCount() == 0) {
      throw page.corrupt("an empty leaf below an inner page");
    }
    if (lastKeyLength >= 0 && page.find(lastKey, lastKeyLength) != ~0) {
      throw page.corrupt("keys are not above those of the leaf before");
    }
    int found = from == null ? 0 : page.find(from, from.length);
    positions[depth] = found >= 0 ? found : ~found;
    from = null;
    enterLeaf();
    state = State.LEAF;
  }

  /** Finds how many slots of the leaf lie before the end. */
  private void enterLeaf() {
    isLeafRead = true;
    wantedSlots = page.slotCount();
    if (to != null) {
      int found = page.find(to, to.length);
      wantedSlots = found >= 0 ? found : ~found;
    }
  }

  private void descend() {
    level = page.level() - 1;
    int child = page.child(positions[depth]);
    depth++;
    pageNos[depth] = child;
    state = State.DOWN;
  }

  private void leaveLeaf() {
    int slots = page.slotCount();
    if (slots > 0) {
      lastKeyLength = copyKey(slots - 1, lastKey);
    }
    isLeafRead = false;
    state = State.UP;
  }

  private int copyKey(int ofSlot, byte[] out) {
    page.slot(ofSlot);
    if (page.keyBytes() > step.pageSizeBytes()) {
      throw page.corrupt("key of " + page.keyBytes() + " bytes");
    }
    return page.copyKey(ofSlot, out);
  }

  private void up() {
    if (depth == 0) {
      state = State.END;
      return;
    }
    depth--;
    read();
    if (page.isLeaf()) {
      throw page.corrupt("a leaf where an inner page was before");
    }
    if (positions[depth] < page.slotCount()) {
      positions[depth]++;
      descend();
    }
  }

  /** Where the TIDs of the current key are. */
  public PostingPlace place() {
    return place;
  }

  /** The current key; in the step in which {@link #next} went to it. */
  public byte[] key() {
    return page.key(slot);
  }

  /**
   * Copies the current key; in the step in which {@link #next} went to it.
   *
   * @param out has {@link #keyRoomBytes}
   * @return its length
   */
  public int copyKey(byte[] out) {
    return copyKey(slot, out);
  }

  /** Column of the current key; in the step in which {@link #next} went to it. */
  public int column() {
    return page.keyByte(slot, 0);
  }

  /** Null category of the current key; in the step in which {@link #next} went to it. */
  public int category() {
    return page.keyByte(slot, 1);
  }

  /** Address of the current key's inline list; in the step in which {@link #next} went to it. */
  public long listAddress() {
    return place.listAddress(page.address());
  }

  /** Entry pages read so far. */
  public long pagesRead() {
    return pagesRead;
  }
}
