package io.djinn.buffer;

import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import java.io.IOException;
import java.util.Arrays;

/**
 * Writes page versions over the file: offers it, and decides nothing about when.
 *
 * <p>A version goes into the file when it is published and durable and no active snapshot reads the
 * file's bytes; where one does, the caller chooses between leaving the page for later and keeping
 * those bytes in a frame. A frame leaves its chain only after write and covering sync. No step is
 * held while disks are waited for, only the frames that are being written: what batches meanwhile
 * unlink is free at once. Runs on one engine-owned thread.
 */
public final class WriteBack implements AutoCloseable {
  /**
   * Bytes after which a run of writes is ended by its sync: the frames of a run are free then, and
   * who waits for frames waits for no more than one run.
   */
  static final long RUN_BYTES = 8L << 20;

  private static final int BLOCK_PAGES = 32;

  /** What a write-back is to do about pages whose file bytes a snapshot still reads. */
  public enum Mode {
    /** Leave them for later. */
    SKIP_NEEDED,
    /** Copy their bytes into a frame first, giving up snapshots where no frame is free. */
    PRESERVE_NEEDED
  }

  private final PageVersions versions;
  private final PageFile file;
  private final DurableLog log;
  private final MemoryRegion block;
  private int[] frames = new int[1024];
  private int[] preserve = new int[64];

  public WriteBack(PageVersions versions, DurableLog log, MemoryAccount account) {
    this.versions = versions;
    this.log = log;
    file = versions.file();
    block = MemoryRegion.allocate(account, accountBytes(file.pageSizeBytes()));
  }

  /** Bytes drawn for gathering neighbouring pages into one write. */
  public static long accountBytes(int pageSizeBytes) {
    return (long) BLOCK_PAGES * pageSizeBytes;
  }

  /**
   * Writes every page whose newest durable version is not in the file and not newer than a batch.
   *
   * @param throughBatch versions newer than this stay unwritten
   * @param afterRun called after each run, when its pages are written and synced
   * @return pages written and synced
   */
  public int writeThrough(long throughBatch, Mode mode, Runnable afterRun) throws IOException {
    int total = 0;
    int limit = (int) Math.max(1, RUN_BYTES / file.pageSizeBytes());
    int fromPage = 0;
    while (true) {
      int count = collect(fromPage, throughBatch, mode, limit);
      if (count == 0) {
        return total;
      }
      try {
        fromPage = versions.pageNoOf(frames[count - 1]) + 1;
        // A reader whose snapshot has been released meanwhile may still be inside a step.
        versions.steps().awaitCurrent();
        writeRun(count);
        total += count;
      } finally {
        versions.endWriting(frames, count);
      }
      afterRun.run();
    }
  }

  /**
   * Gathers the frames of one run, by page number; keeps needed file bytes where it must. From here
   * on the file holds no version of these pages for sure, so that none is retired relying on it,
   * and none of the frames is given to another version until {@link PageVersions#endWriting}.
   */
  private int collect(int fromPage, long throughBatch, Mode mode, int limit) {
    while (true) {
      int[] counts = new int[2];
      synchronized (versions) {
        long[] active = versions.snapshots().active();
        long published = active[active.length - 1];
        long durable = log.durableBatch();
        versions.forEachChain(
            (pageNo, newest) -> {
              if (pageNo < fromPage || counts[0] == limit) {
                return;
              }
              int frame = versions.writable(newest, published, durable);
              if (frame == 0 || versions.batchOf(frame) > throughBatch) {
                return;
              }
              if (versions.isFileNeeded(pageNo, newest, active)) {
                if (mode == Mode.PRESERVE_NEEDED) {
                  preserve = put(preserve, counts[1]++, pageNo);
                }
                return;
              }
              frames = put(frames, counts[0]++, frame);
            });
        if (counts[1] == 0) {
          for (int i = 0; i < counts[0]; i++) {
            versions.beginWriting(frames[i]);
          }
        }
      }
      if (counts[1] == 0) {
        return counts[0];
      }
      preserve(counts[1]);
    }
  }

  private static int[] put(int[] array, int at, int value) {
    int[] target = at < array.length ? array : Arrays.copyOf(array, array.length * 2);
    target[at] = value;
    return target;
  }

  /**
   * Puts the file bytes of pages into frames; where none is free snapshots are given up instead.
   */
  private void preserve(int count) {
    boolean isShort = false;
    synchronized (versions) {
      for (int i = 0; i < count && !isShort; i++) {
        isShort = !versions.preserveFileVersion(preserve[i]);
      }
    }
    if (isShort && versions.retire() == 0) {
      versions.snapshots().expireOldest();
    }
    versions.steps().awaitCurrent();
  }

  private void writeRun(int count) throws IOException {
    int i = 0;
    while (i < count) {
      int first = versions.pageNoOf(frames[i]);
      int pages = 0;
      while (i + pages < count
          && pages < BLOCK_PAGES
          && versions.pageNoOf(frames[i + pages]) == first + pages) {
        NativeMemory.copy(
            versions.frameAddress(frames[i + pages]),
            block.address() + (long) pages * file.pageSizeBytes(),
            file.pageSizeBytes());
        pages++;
      }
      file.write(first, block.address(), pages);
      i += pages;
    }
    file.sync();
    synchronized (versions) {
      for (i = 0; i < count; i++) {
        versions.markInFile(versions.pageNoOf(frames[i]), frames[i]);
      }
    }
  }

  @Override
  public void close() {
    block.close();
  }
}
