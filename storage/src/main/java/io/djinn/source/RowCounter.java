package io.djinn.source;

import io.djinn.error.DjinnException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Counts the rows that start in each block of a file of lines, in one parallel scan. */
final class RowCounter {
  private static final int READ_BYTES = 256 << 10;

  /** Bytes a thread takes at a time; below this a second thread does not pay. */
  private static final long STRETCH_BYTES = 4L << 20;

  private final Path path;
  private final long length;
  private final int blockBytes;
  private final int[] counts;
  private final int blocksPerStretch;
  private final AtomicInteger nextStretch = new AtomicInteger();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  private RowCounter(Path path, long length, int blockBytes) {
    this.path = path;
    this.length = length;
    this.blockBytes = blockBytes;
    counts = new int[blockCount(length, blockBytes)];
    blocksPerStretch = (int) Math.max(1, STRETCH_BYTES / blockBytes);
  }

  /**
   * @throws IllegalArgumentException where there would be too many blocks
   */
  static int blockCount(long length, int blockBytes) {
    long blocks = (length + blockBytes - 1) / blockBytes;
    if (blocks > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          blocks + " blocks of " + blockBytes + " bytes are too many: take larger blocks");
    }
    return (int) blocks;
  }

  /** Rows that start in each block of the first {@code length} bytes. */
  static int[] count(Path path, long length, int blockBytes) {
    RowCounter counter = new RowCounter(path, length, blockBytes);
    counter.run();
    return counter.counts;
  }

  private void run() {
    long stretches = (counts.length + blocksPerStretch - 1L) / blocksPerStretch;
    long threadCount = Math.min(stretches, Runtime.getRuntime().availableProcessors());
    List<Thread> others = new ArrayList<>();
    for (int i = 1; i < threadCount; i++) {
      Thread thread = new Thread(this::work, "djinn-row-counter-" + i);
      thread.setDaemon(true);
      thread.start();
      others.add(thread);
    }
    work();
    boolean interrupted = false;
    for (Thread thread : others) {
      interrupted |= join(thread);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    Throwable first = failure.get();
    if (first instanceof DjinnException e) {
      throw e;
    }
    if (first != null) {
      throw new DjinnException("counting the rows of " + path + " failed: " + first, first);
    }
  }

  /** Waits to the end: the others stop by themselves within one stretch of a failure. */
  private static boolean join(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        return interrupted;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
  }

  private void work() {
    try (SourceFile file = SourceFile.open(path)) {
      byte[] buffer = new byte[READ_BYTES];
      while (failure.get() == null) {
        long from = (long) nextStretch.getAndIncrement() * blocksPerStretch;
        if (from >= counts.length) {
          return;
        }
        countStretch(
            file, buffer, (int) from, (int) Math.min(counts.length, from + blocksPerStretch));
      }
    } catch (Throwable t) {
      failure.compareAndSet(null, t);
    }
  }

  /** A row starts at byte 0 and after each line end that is not the file's last byte. */
  private void countStretch(SourceFile file, byte[] buffer, int fromBlock, int toBlock) {
    long position = Math.max(0, (long) fromBlock * blockBytes - 1);
    long end = Math.min((long) toBlock * blockBytes, length) - 1;
    if (fromBlock == 0) {
      counts[0] = 1;
    }
    int block = fromBlock;
    while (position < end) {
      int n = (int) Math.min(buffer.length, end - position);
      file.readFully(position, buffer, 0, n);
      int done = 0;
      while (done < n) {
        // The line end before a block's first byte starts a row of that block.
        long blockEnd = (block + 1L) * blockBytes - 1;
        int part = (int) Math.min(n, blockEnd - position);
        counts[block] += Newlines.count(buffer, done, part);
        done = part;
        if (position + done == blockEnd) {
          block++;
        }
      }
      position += n;
    }
  }
}
