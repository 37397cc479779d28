package io.djinn.verify;

import io.djinn.buffer.PageVersions;
import io.djinn.buffer.SnapshotReader;
import io.djinn.buffer.Snapshots;
import io.djinn.error.CorruptPageException;
import io.djinn.error.SnapshotExpiredException;
import io.djinn.error.StoreClosedException;
import io.djinn.file.Agent;
import io.djinn.file.EngineThread;
import io.djinn.file.Env;
import io.djinn.memory.MemoryAccount;
import io.djinn.space.SpacePage;
import java.util.List;
import java.util.TreeMap;

/**
 * Reads every page of a store once in a given time, over and over, so that bytes that go bad at
 * rest are found while there is still a copy of them.
 *
 * <p>A unit of work reads as many pages as are due by the clock, at most {@link #UNIT_PAGES}: each
 * in a step of its own and through a private copy, under a snapshot that lives as long as the unit.
 * A bad page is reported and refused to whoever reads it next; nothing is sealed. Pages that only a
 * build has written are not judged: they may hold anything, and may be written right now.
 */
public final class Scrub implements Agent, AutoCloseable {
  static final int UNIT_PAGES = 32;

  private static final int MAX_PROBLEMS = 1000;
  private static final long COARSEST_NANOS = 100_000_000;

  private final PageVersions versions;
  private final MemoryAccount account;
  private final Env env;
  private final long intervalNanos;
  private EngineThread thread;

  private boolean isPassBegun;
  private long passStart;
  private long pageCount;
  private int nextPage;

  private final TreeMap<Integer, String> problems = new TreeMap<>();
  private volatile long passes;
  private volatile long pagesRead;

  /**
   * @param account what copies of pages draw on
   * @param intervalNanos time in which every page is read once
   */
  public Scrub(PageVersions versions, MemoryAccount account, Env env, long intervalNanos) {
    this.versions = versions;
    this.account = account;
    this.env = env;
    this.intervalNanos = intervalNanos;
  }

  /** Begins the first pass. */
  public void start() {
    passStart = env.nanoTime();
    thread = env.start("djinn-scrub", this);
  }

  /** How often every page was read. */
  public long passes() {
    return passes;
  }

  public long pagesRead() {
    return pagesRead;
  }

  /** Pages that were bad when they were read last, in words. */
  public List<String> problems() {
    synchronized (problems) {
      return List.copyOf(problems.values());
    }
  }

  @Override
  public boolean work() {
    long elapsed = env.nanoTime() - passStart;
    if (elapsed < 0) {
      return false;
    }
    Snapshots.Registration snapshot = versions.snapshots().register();
    try (SnapshotReader reader = new SnapshotReader(versions, snapshot)) {
      if (!isPassBegun) {
        pageCount = pageCount(reader);
        nextPage = 0;
        isPassBegun = true;
      }
      return readDue(reader, elapsed);
    } catch (SnapshotExpiredException | StoreClosedException e) {
      // The pages not read yet are due still: the next unit reads them.
      return false;
    } finally {
      versions.snapshots().release(snapshot);
    }
  }

  private boolean readDue(SnapshotReader reader, long elapsed) {
    long due = Math.min(pageCount, (long) (pageCount * ((double) elapsed / intervalNanos)) + 1);
    int end = (int) Math.min(due, nextPage + (long) UNIT_PAGES);
    boolean isAny = nextPage < end;
    SpareExtents[] spare = new SpareExtents[1];
    while (nextPage < end) {
      read(reader, nextPage, spare);
      nextPage++;
      pagesRead++;
    }
    if (nextPage >= pageCount) {
      passes++;
      passStart += intervalNanos;
      isPassBegun = false;
      return false;
    }
    return isAny && nextPage < due;
  }

  private static long pageCount(SnapshotReader reader) {
    reader.enter();
    try {
      return SpacePage.Field.PAGE_COUNT.get(reader.page(SpacePage.PAGE_NO));
    } catch (CorruptPageException e) {
      // Page 0 is read, and reported, as any other.
      return 1;
    } finally {
      reader.leave();
    }
  }

  private void read(SnapshotReader reader, int pageNo, SpareExtents[] spare) {
    String problem = null;
    reader.enter();
    try {
      reader.pageAnew(pageNo);
    } catch (CorruptPageException e) {
      problem = e.getMessage();
    } catch (InternalError e) {
      problem = "page " + pageNo + ": " + e.getMessage();
    } finally {
      reader.leave();
    }
    if (problem != null && !isDamage(reader, pageNo, spare)) {
      problem = null;
    }
    synchronized (problems) {
      if (problem == null) {
        problems.remove(pageNo);
      } else if (problems.size() < MAX_PROBLEMS) {
        problems.put(pageNo, problem);
      }
    }
  }

  /**
   * Whether a page should have been sound. Bytes that the snapshot can reach are not overwritten
   * while it lives. A free page may have been reserved since, and then be half written: it is
   * damaged only where a snapshot taken after it was read still shows it as free by the same batch.
   */
  private boolean isDamage(SnapshotReader reader, int pageNo, SpareExtents[] spare) {
    if (spare[0] == null) {
      spare[0] = spareExtents(reader);
    }
    if (spare[0] == null || spare[0].isUsed(pageNo)) {
      return true;
    }
    if (spare[0].holdsAnything(pageNo)) {
      return false;
    }
    Snapshots.Registration later = versions.snapshots().register();
    try (SnapshotReader laterReader = new SnapshotReader(versions, later)) {
      SpareExtents now = spareExtents(laterReader);
      return now == null || now.isFreeSince(pageNo, reader.batch());
    } finally {
      versions.snapshots().release(later);
    }
  }

  /** The lists of a snapshot, or null where they are damaged themselves. */
  private SpareExtents spareExtents(SnapshotReader reader) {
    try (PageCopies copies = new PageCopies(reader, account)) {
      return new SpareExtents(copies);
    } catch (CorruptPageException e) {
      return null;
    }
  }

  @Override
  public long idleNanos() {
    long next = passStart;
    if (isPassBegun) {
      next += (long) (intervalNanos * ((double) nextPage / pageCount));
    }
    long coarsest = isPassBegun ? Math.min(COARSEST_NANOS, intervalNanos / UNIT_PAGES) : 1;
    return Math.max(Math.max(1, coarsest), next - env.nanoTime());
  }

  @Override
  public void failed(Throwable failure) {
    synchronized (problems) {
      problems.put(-1, "scrubbing failed: " + failure);
    }
    // What failed is passed over, so that the rest of the pages are still read.
    nextPage++;
  }

  @Override
  public void close() {
    if (thread != null) {
      thread.close();
    }
  }
}
