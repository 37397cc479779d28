package io.djinn.gin.entry;

import io.djinn.page.StepReader;

/**
 * Finds one key in the entry tree of a snapshot, in as many steps as it takes; between steps it
 * keeps a page number.
 */
public final class EntryLookup {
  /** The step is spent; go on in the next. */
  public static final int PAUSED = 0;

  /** The key is there: {@link #place()}. */
  public static final int FOUND = 1;

  /** The key is not in the tree. */
  public static final int ABSENT = -1;

  private final EntryPage page = new EntryPage();
  private final PostingPlace place = new PostingPlace();
  private byte[] key;
  private int pageNo;
  private int level;
  private long pagesRead;

  /**
   * Begins to look for a key.
   *
   * @param root root page number of the entry tree
   * @param key the composite key, not to be changed until it is found
   */
  public void start(int root, byte[] key) {
    this.key = key;
    pageNo = root;
    level = -1;
  }

  /** Goes on to look; {@link #PAUSED}, {@link #FOUND} or {@link #ABSENT}. */
  public int next(StepReader step) {
    while (!step.isSpent()) {
      page.wrap(step.page(pageNo), step.pageSizeBytes(), pageNo);
      pagesRead++;
      if (level >= 0 && page.level() != level) {
        throw page.corrupt("level " + page.level() + ", expected " + level);
      }
      if (page.isLeaf()) {
        int slot = page.find(key, key.length);
        if (slot < 0) {
          return ABSENT;
        }
        place.read(page, slot);
        return FOUND;
      }
      level = page.level() - 1;
      pageNo = page.child(page.childIndex(key, key.length));
    }
    return PAUSED;
  }

  /** Where the TIDs of the key found are. */
  public PostingPlace place() {
    return place;
  }

  /** Address of the inline list of the key found; in the step in which it was found. */
  public long listAddress() {
    return place.listAddress(page.address());
  }

  /** Entry pages read by all lookups so far. */
  public long pagesRead() {
    return pagesRead;
  }
}
