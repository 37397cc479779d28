package io.djinn.wal;

import io.djinn.error.NoSpaceException;
import io.djinn.file.Agent;
import io.djinn.file.EngineThread;
import io.djinn.file.Env;
import io.djinn.file.OpenMode;
import io.djinn.file.RawFile;
import io.djinn.file.Vfs;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The segment files of this run of the store: prepared ahead of their use, recycled behind it.
 *
 * <p>A segment appears under its name only when it is complete: header and real blocks written and
 * synced under another name, then renamed. Running out of space while preparing is no failure of
 * the log: whoever reserved gets a {@link NoSpaceException} and may try again. The same goes for a
 * file that can not be created. Any other error is final.
 */
public final class LogSegments implements Agent, AutoCloseable {
  /** The log's directory. */
  public static final String DIRECTORY = "wal";

  static final String UNFINISHED = DIRECTORY + "/next";

  private static final int AHEAD = 1;

  private record Segment(long index, String name, RawFile file) {}

  private record Old(String name, long endLsn, boolean isUsable) {}

  private final Vfs vfs;
  private final LogFormat format;
  private final long epoch;
  private final long firstSequence;
  private final long startLsn;
  private final int segmentBytes;
  private final MemoryRegion headerBlock;
  private final Consumer<Throwable> onFailure;
  private final EngineThread thread;

  private final ArrayDeque<Segment> open = new ArrayDeque<>();
  private final List<Old> old = new ArrayList<>();
  private long prepared;
  private long wanted;
  private int ahead = AHEAD;
  private long using;
  private long recycleBelow;
  private NoSpaceException shortage;
  private boolean hasFailed;

  /**
   * @param epoch seeds this run's checksums; never used before
   * @param firstSequence sequence number of this run's first segment
   * @param startLsn LSN of its first byte
   * @param older whole or partial segments of earlier runs, recycled or deleted in time
   * @param misnamed files that are deleted in time
   */
  LogSegments(
      Env env,
      long storeId,
      long epoch,
      long firstSequence,
      long startLsn,
      int segmentBytes,
      List<LogReader.SegmentFile> older,
      List<LogReader.SegmentFile> misnamed,
      MemoryAccount account,
      Consumer<Throwable> onFailure) {
    vfs = env.vfs();
    format = new LogFormat(storeId);
    this.epoch = epoch;
    this.firstSequence = firstSequence;
    this.startLsn = startLsn;
    this.segmentBytes = segmentBytes;
    this.onFailure = onFailure;
    headerBlock = MemoryRegion.allocate(account, LogFormat.BLOCK_BYTES);
    for (LogReader.SegmentFile segment : older) {
      old.add(new Old(segment.name(), startLsn, segment.sizeBytes() == segmentBytes));
    }
    // Deleted, not used: a crash between the renames of recycling may have left such a file under
    // its
    // right name as well.
    for (LogReader.SegmentFile file : misnamed) {
      old.add(new Old(file.name(), startLsn, false));
    }
    thread = env.start("djinn-log-space", this);
  }

  /** Deletes the segment that a killed process was preparing. */
  public static void deleteUnfinished(Vfs vfs) throws IOException {
    if (vfs.exists(UNFINISHED)) {
      vfs.delete(UNFINISHED);
      vfs.syncDirectory(DIRECTORY);
    }
  }

  static String name(long sequence) {
    return DIRECTORY + String.format("/%016x", sequence);
  }

  int blocksPerSegment() {
    return segmentBytes / LogFormat.BLOCK_BYTES - 1;
  }

  long sequence(long index) {
    return firstSequence + index;
  }

  /**
   * Waits until segments up to an index of this run are prepared.
   *
   * @throws NoSpaceException where the files can not get their blocks; nothing has changed
   */
  void reserve(long index) {
    synchronized (this) {
      if (index < prepared || hasFailed) {
        return;
      }
      wanted = Math.max(wanted, index + 1 + ahead);
      shortage = null;
    }
    boolean isDecided = false;
    while (!isDecided) {
      thread.await(
          () -> {
            synchronized (this) {
              return index < prepared || shortage != null || hasFailed;
            }
          });
      synchronized (this) {
        isDecided = index < prepared || hasFailed;
        if (!isDecided && shortage != null) {
          // What was asked for in vain is not made later, when there is space but no need.
          wanted = Math.max(prepared, using + 1 + ahead);
          throw new NoSpaceException(shortage.getMessage(), shortage);
        }
        // Else the log thread went on to another segment meanwhile, and the shortage is tried anew.
      }
    }
  }

  /** Prepares none before it is needed, until told else: the disk has better things to do. */
  public synchronized void prepareOnlyNeeded() {
    ahead = 0;
  }

  /** Prepares the next segment while one is being filled. */
  public void prepareAhead() {
    synchronized (this) {
      ahead = AHEAD;
      if (prepared > 0) {
        wanted = Math.max(wanted, using + 1 + ahead);
      }
    }
    thread.wake();
  }

  /** The file of a prepared segment; the log thread now writes there. */
  synchronized RawFile use(long index) {
    if (index > using) {
      using = index;
      wanted = Math.max(wanted, index + 1 + ahead);
      shortage = null;
      thread.wake();
    }
    for (Segment segment : open) {
      if (segment.index() == index) {
        return segment.file();
      }
    }
    throw new IllegalStateException("log segment " + index + " is not prepared");
  }

  /** Lets segments that end at or below an LSN be used again or deleted. */
  public void recycleBelow(long lsn) {
    synchronized (this) {
      recycleBelow = Math.max(recycleBelow, lsn);
    }
    thread.wake();
  }

  private long endLsn(long index) {
    return startLsn + (index + 1) * LogFormat.payloadBytes(segmentBytes);
  }

  @Override
  public boolean work() {
    try {
      return recycleOne() || prepareOne(null);
    } catch (IOException e) {
      failed(e);
      return false;
    }
  }

  /** Prepares and recycles no more, because of a failure elsewhere. */
  void stop() {
    synchronized (this) {
      hasFailed = true;
    }
    thread.signal();
  }

  @Override
  public void failed(Throwable t) {
    onFailure.accept(t);
    synchronized (this) {
      hasFailed = true;
    }
    thread.signal();
  }

  private boolean recycleOne() throws IOException {
    Old victim = null;
    synchronized (this) {
      if (hasFailed) {
        return false;
      }
      Segment oldest = open.peek();
      if (oldest != null && oldest.index() < using && endLsn(oldest.index()) <= recycleBelow) {
        open.poll();
        oldest.file().close();
        victim = new Old(oldest.name(), endLsn(oldest.index()), true);
      } else {
        for (Old candidate : old) {
          if (candidate.endLsn() <= recycleBelow) {
            victim = candidate;
            break;
          }
        }
        old.remove(victim);
      }
    }
    if (victim == null) {
      return false;
    }
    boolean reuse;
    synchronized (this) {
      reuse = victim.isUsable() && prepared < wanted + AHEAD;
    }
    if (reuse) {
      prepareOne(victim.name());
    } else {
      vfs.delete(victim.name());
      vfs.syncDirectory(DIRECTORY);
    }
    return true;
  }

  /** Makes the next segment, of an old file or a new one; false where none is wanted. */
  private boolean prepareOne(String recycled) throws IOException {
    long index;
    synchronized (this) {
      if (hasFailed || recycled == null && (prepared >= wanted || shortage != null)) {
        return false;
      }
      index = prepared;
    }
    RawFile file = recycled == null ? create() : reopen(recycled);
    if (file == null) {
      thread.signal();
      return false;
    }
    long sequence = sequence(index);
    format.writeSegmentHeader(
        headerBlock.address(),
        epoch,
        sequence,
        startLsn + index * LogFormat.payloadBytes(segmentBytes));
    file.writeFully(0, headerBlock.address(), LogFormat.BLOCK_BYTES);
    file.sync(true);
    String name = name(sequence);
    vfs.rename(UNFINISHED, name);
    vfs.syncDirectory(DIRECTORY);
    synchronized (this) {
      open.add(new Segment(index, name, file));
      prepared = index + 1;
    }
    thread.signal();
    return true;
  }

  private RawFile reopen(String recycled) throws IOException {
    vfs.rename(recycled, UNFINISHED);
    return vfs.open(UNFINISHED, OpenMode.READ_WRITE);
  }

  /** A new file with real blocks, or null where there is no space for it or it can not be made. */
  private RawFile create() throws IOException {
    RawFile file = null;
    try {
      if (vfs.exists(UNFINISHED)) {
        vfs.delete(UNFINISHED);
      }
      file = vfs.open(UNFINISHED, OpenMode.CREATE_NEW);
      file.allocate(0, segmentBytes);
      return file;
    } catch (IOException | NoSpaceException e) {
      NoSpaceException noSpace =
          new NoSpaceException(
              "no log segment of " + segmentBytes + " bytes can be allocated: " + e.getMessage(),
              e);
      if (file != null) {
        try {
          file.close();
          vfs.delete(UNFINISHED);
        } catch (IOException suppressed) {
          noSpace.addSuppressed(suppressed);
        }
      }
      synchronized (this) {
        shortage = noSpace;
      }
      return null;
    }
  }

  /** Ends the thread and closes the files; nothing is deleted. */
  @Override
  public void close() throws IOException {
    thread.close();
    for (Segment segment : open) {
      segment.file().close();
    }
    open.clear();
    headerBlock.close();
  }
}
