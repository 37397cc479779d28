package io.djinn.buffer;

import io.djinn.memory.MemoryAccount;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import java.util.ArrayDeque;
import org.agrona.collections.IntArrayList;

/**
 * The versions of changed pages: frames linked from newest to oldest, above the page's bytes in the
 * file.
 *
 * <p>A reader takes the newest version not above its snapshot without a lock. Chains shrink from
 * their old end only, by one of two rules: the oldest version goes when the file durably holds
 * exactly it, or when its successor is published and durable and no snapshot can select it. An
 * unlinked frame waits in a limbo until the steps entered before have been left. All changes are
 * made under this object's monitor.
 */
public final class PageVersions implements AutoCloseable {
  /** Pages whose old versions are looked for after each batch. */
  private static final int MOST_RECENT = 256;

  /** Versions of a page that are looked at after a batch; there are more where syncs are rare. */
  private static final int SHORT_CHAIN = 8;

  private record Limbo(int frame, long epoch) {}

  private final FrameMemory frames;
  private final VersionTable table = new VersionTable();
  private final PageFile file;
  private final Steps steps;
  private final Snapshots snapshots;
  private final DurableLog log;
  private final ArrayDeque<Limbo> limbo = new ArrayDeque<>();
  private final IntArrayList unlinked = new IntArrayList();
  private final IntArrayList chain = new IntArrayList();

  /** Frames that no step can see any more and that are being written to the file. */
  private final IntArrayList keptForWriting = new IntArrayList();

  /** Pages that got a version since {@link #retireRecent}, as many of them as there is room for. */
  private final int[] recent = new int[MOST_RECENT];

  private int recentCount;

  public PageVersions(
      MemoryAccount account, int frameCount, PageFile file, Steps steps, DurableLog log) {
    this.file = file;
    this.steps = steps;
    this.log = log;
    snapshots = new Snapshots(steps);
    frames = new FrameMemory(account, frameCount, file.pageSizeBytes());
  }

  /** Bytes drawn for this many frames. */
  public static long accountBytes(int frameCount, int pageSizeBytes) {
    return FrameMemory.accountBytes(frameCount, pageSizeBytes);
  }

  public Snapshots snapshots() {
    return snapshots;
  }

  public Steps steps() {
    return steps;
  }

  public PageFile file() {
    return file;
  }

  public int frameCount() {
    return frames.frameCount();
  }

  public int freeFrames() {
    return frames.freeCount();
  }

  /** Address of the newest version not above the snapshot; inside a step. */
  public long resolve(int pageNo, long snapshot) {
    if (pageNo >= 0) {
      int frame = table.head(pageNo);
      while (frame != 0) {
        if (frames.batch(frame) <= snapshot) {
          return frames.address(frame);
        }
        frame = frames.older(frame);
      }
    }
    return file.mapped(pageNo);
  }

  /** As {@link #resolve}, with the version's checksum computed anew; inside a step. */
  public long resolveAnew(int pageNo, long snapshot) {
    if (pageNo >= 0) {
      int frame = table.head(pageNo);
      while (frame != 0) {
        if (frames.batch(frame) <= snapshot) {
          file.verify(pageNo, frames.address(frame));
          return frames.address(frame);
        }
        frame = frames.older(frame);
      }
    }
    return file.verifiedAnew(pageNo);
  }

  /** A private frame with undefined contents, or 0 where none is free. */
  public int tryTakeFrame() {
    return frames.tryTake();
  }

  /** As {@link #tryTakeFrame}, up to so many into an array; returns how many. */
  public int tryTakeFrames(int[] into, int from, int count) {
    return frames.tryTake(into, from, count);
  }

  /** Gives frames back that were never linked, those before an index of an array. */
  public void giveFrames(int[] taken, int count) {
    frames.give(taken, count);
  }

  /** Gives a frame back that was never linked. */
  public void giveFrame(int frame) {
    frames.give(frame);
  }

  public long frameAddress(int frame) {
    return frames.address(frame);
  }

  /** Makes a finished frame the newest version of its page. */
  public synchronized void link(int pageNo, int frame, long batch) {
    frames.describe(frame, pageNo, batch);
    int newest = table.head(pageNo);
    assert newest == 0 || frames.batch(newest) < batch;
    frames.older(frame, newest);
    table.head(pageNo, frame);
    if (recentCount < MOST_RECENT) {
      recent[recentCount++] = pageNo;
    }
  }

  /**
   * As {@link #retire}, but looks only at pages that got a version since the last call, and only
   * where few versions are: frames that are used again at once are still in the processor's caches.
   */
  public synchronized void retireRecent() {
    if (recentCount > 0) {
      long[] active = snapshots.active();
      long durable = log.durableBatch();
      for (int i = 0; i < recentCount; i++) {
        int newest = table.head(recent[i]);
        if (newest != 0) {
          shrink(recent[i], newest, SHORT_CHAIN, active, durable);
        }
      }
      recentCount = 0;
    }
    drainLimbo();
  }

  /**
   * Unlinks every version that nobody can need any more and frees what no step can see any more.
   * Returns the number of free frames afterwards.
   */
  public synchronized int retire() {
    long[] active = snapshots.active();
    long durable = log.durableBatch();
    table.forEach((pageNo, newest) -> shrink(pageNo, newest, Integer.MAX_VALUE, active, durable));
    drainLimbo();
    return frames.freeCount();
  }

  /** Unlinks the old end of a chain up to a version that may be needed, in one pass. */
  private void shrink(int pageNo, int newest, int mostVersions, long[] active, long durable) {
    chain.clear();
    for (int frame = newest; frame != 0; frame = frames.older(frame)) {
      if (chain.size() == mostVersions) {
        return;
      }
      chain.addInt(frame);
    }
    int kept = chain.size();
    while (kept > 0
        && mayUnlink(
            chain.getInt(kept - 1), kept == 1 ? 0 : chain.getInt(kept - 2), active, durable)) {
      unlinked.addInt(chain.getInt(--kept));
    }
    if (kept == chain.size()) {
      return;
    }
    if (kept == 0) {
      table.head(pageNo, 0);
    } else {
      frames.older(chain.getInt(kept - 1), 0);
    }
  }

  private boolean mayUnlink(int oldest, int younger, long[] active, long durable) {
    if (frames.isInFile(oldest)) {
      return true;
    }
    if (younger == 0) {
      return false;
    }
    long successor = frames.batch(younger);
    return successor <= durable
        && successor <= active[active.length - 1]
        && !Snapshots.anyIn(active, frames.batch(oldest), successor);
  }

  /** Sends what was unlinked to limbo, and frees what no step can see any more. */
  private void drainLimbo() {
    if (!unlinked.isEmpty()) {
      // The epoch begins after the unlinking: a step in it can not have met the frames.
      long epoch = steps.advance();
      unlinked.forEachInt(frame -> limbo.add(new Limbo(frame, epoch)));
      unlinked.clear();
    }
    while (!limbo.isEmpty() && steps.isPast(limbo.peek().epoch())) {
      int frame = limbo.poll().frame();
      if (frames.isBeingWritten(frame)) {
        keptForWriting.addInt(frame);
      } else {
        frames.give(frame);
      }
    }
  }

  /**
   * The version of a page that a write-back would put into the file now: the newest one published
   * and durable, where it is not there already. 0 where there is nothing to write.
   */
  int writable(int newest, long published, long durable) {
    int frame = newest;
    while (frame != 0 && (frames.batch(frame) > published || frames.batch(frame) > durable)) {
      frame = frames.older(frame);
    }
    return frame == 0 || frames.isInFile(frame) ? 0 : frame;
  }

  /** Whether an active snapshot may still read the page's bytes in the file. */
  boolean isFileNeeded(int pageNo, int newest, long[] active) {
    int oldest = newest;
    for (int older = newest; older != 0; older = frames.older(older)) {
      oldest = older;
    }
    if (frames.isInFile(oldest)) {
      return false;
    }
    long page = file.unverified(pageNo);
    if (Page.kind(page) == 0) {
      return false;
    }
    long inFile = file.isSound(pageNo) ? Page.batch(page) : 0;
    return Snapshots.anyIn(active, inFile, frames.batch(oldest));
  }

  /**
   * Links a copy of the file's bytes as the oldest version; false without a free frame. Bytes that
   * are not sound, like those a build left when the power was cut, become a page of no kind: who
   * reads it must find neither them nor a newer version.
   */
  boolean preserveFileVersion(int pageNo) {
    int frame = frames.tryTake();
    if (frame == 0) {
      return false;
    }
    long batch = 0;
    if (file.isSound(pageNo)) {
      long page = file.unverified(pageNo);
      batch = Page.batch(page);
      NativeMemory.copy(page, frames.address(frame), file.pageSizeBytes());
    } else {
      NativeMemory.fill(frames.address(frame), file.pageSizeBytes(), 0);
    }
    frames.describe(frame, pageNo, batch);
    int oldest = table.head(pageNo);
    for (int older = frames.older(oldest); older != 0; older = frames.older(oldest)) {
      oldest = older;
    }
    frames.older(oldest, frame);
    return true;
  }

  /** Remembers that the file durably holds this version and no other. */
  void markInFile(int pageNo, int written) {
    for (int frame = table.head(pageNo); frame != 0; frame = frames.older(frame)) {
      frames.isInFile(frame, frame == written);
    }
  }

  /**
   * Forgets which version of its page the file holds, which this one is about to be written over,
   * and keeps the frame from being given to another version.
   */
  void beginWriting(int frame) {
    markInFile(frames.pageNo(frame), 0);
    frames.isBeingWritten(frame, true);
  }

  /** Gives those of the frames back, the first ones of an array, that were unlinked meanwhile. */
  synchronized void endWriting(int[] written, int count) {
    for (int i = 0; i < count; i++) {
      frames.isBeingWritten(written[i], false);
    }
    keptForWriting.forEachInt(frames::give);
    keptForWriting.clear();
  }

  /** Drops all versions of a page that nothing can reach: free, and freed before every snapshot. */
  public synchronized void forget(int pageNo) {
    for (int frame = table.head(pageNo); frame != 0; frame = frames.older(frame)) {
      unlinked.addInt(frame);
    }
    if (!unlinked.isEmpty()) {
      table.head(pageNo, 0);
    }
    drainLimbo();
  }

  void forEachChain(VersionTable.ChainVisitor visitor) {
    table.forEach(visitor);
  }

  /** Frames in chains and in limbo. */
  public synchronized int usedFrames() {
    return frames.frameCount() - frames.freeCount();
  }

  public synchronized int chainCount() {
    return table.chainCount();
  }

  long batchOf(int frame) {
    return frames.batch(frame);
  }

  int pageNoOf(int frame) {
    return frames.pageNo(frame);
  }

  /** Frees the frames and closes the file. */
  @Override
  public void close() throws java.io.IOException {
    frames.close();
    file.close();
  }
}
