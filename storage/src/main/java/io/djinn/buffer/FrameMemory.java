package io.djinn.buffer;

import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;

/**
 * The off-heap frames of a store and, beside them, one node a frame for its place in a version
 * chain.
 *
 * <pre>
 * byteOffset bytes field    meaning
 *          0     8 batch    number of the batch that made the version
 *          8     4 older    frame of the next older version, 0 where there is none
 *         12     4 pageNo   page the frame is a version of
 *         16     4 inFile   1 where the page file durably holds exactly this version
 *         20     4 writing  1 while the version is being written to the page file
 *         24     8          unused
 * </pre>
 *
 * Frames are numbered from 1; 0 is "no frame". Taking and giving are safe from any thread.
 */
final class FrameMemory implements AutoCloseable {
  private static final int BATCH = 0;
  private static final int OLDER = BATCH + 8;
  private static final int PAGE_NO = OLDER + 4;
  private static final int IN_FILE = PAGE_NO + 4;
  private static final int WRITING = IN_FILE + 4;
  private static final int NODE_BYTES = 32;

  private final int pageSizeBytes;
  private final int frameCount;
  private final MemoryRegion frames;
  private final MemoryRegion nodes;
  private final int[] free;
  private volatile int freeCount;

  FrameMemory(MemoryAccount account, int frameCount, int pageSizeBytes) {
    this.pageSizeBytes = pageSizeBytes;
    this.frameCount = frameCount;
    frames = MemoryRegion.allocate(account, (long) frameCount * pageSizeBytes);
    try {
      nodes = MemoryRegion.allocate(account, (long) frameCount * NODE_BYTES);
    } catch (Throwable t) {
      frames.close();
      throw t;
    }
    free = new int[frameCount];
    for (int i = 0; i < frameCount; i++) {
      free[i] = frameCount - i;
    }
    freeCount = frameCount;
  }

  /** Bytes {@link #FrameMemory} draws for this many frames. */
  static long accountBytes(int frameCount, int pageSizeBytes) {
    return (long) frameCount * (pageSizeBytes + NODE_BYTES);
  }

  int frameCount() {
    return frameCount;
  }

  int freeCount() {
    return freeCount;
  }

  /** A frame with undefined contents, or 0 where none is free. */
  synchronized int tryTake() {
    return freeCount == 0 ? 0 : free[--freeCount];
  }

  /** Takes up to so many frames into an array, from an index on; returns how many. */
  synchronized int tryTake(int[] into, int from, int count) {
    int left = freeCount;
    int taken = Math.min(count, left);
    for (int i = 0; i < taken; i++) {
      into[from + i] = free[--left];
    }
    freeCount = left;
    return taken;
  }

  /** Gives the frames before an index of an array back, the last one first. */
  synchronized void give(int[] taken, int count) {
    assert freeCount + count <= frameCount : count + " frames too many";
    int total = freeCount;
    for (int i = count - 1; i >= 0; i--) {
      free[total++] = taken[i];
    }
    freeCount = total;
  }

  synchronized void give(int frame) {
    assert frame > 0 && frame <= frameCount && freeCount < frameCount : "frame " + frame;
    free[freeCount++] = frame;
  }

  long address(int frame) {
    return frames.address() + (long) (frame - 1) * pageSizeBytes;
  }

  long batch(int frame) {
    return NativeMemory.getLong(node(frame) + BATCH);
  }

  int older(int frame) {
    return NativeMemory.getIntVolatile(node(frame) + OLDER);
  }

  void older(int frame, int older) {
    NativeMemory.putIntRelease(node(frame) + OLDER, older);
  }

  int pageNo(int frame) {
    return NativeMemory.getInt(node(frame) + PAGE_NO);
  }

  boolean isInFile(int frame) {
    return NativeMemory.getInt(node(frame) + IN_FILE) != 0;
  }

  void isInFile(int frame, boolean inFile) {
    NativeMemory.putInt(node(frame) + IN_FILE, inFile ? 1 : 0);
  }

  boolean isBeingWritten(int frame) {
    return NativeMemory.getInt(node(frame) + WRITING) != 0;
  }

  void isBeingWritten(int frame, boolean beingWritten) {
    NativeMemory.putInt(node(frame) + WRITING, beingWritten ? 1 : 0);
  }

  void describe(int frame, int pageNo, long batch) {
    long node = node(frame);
    NativeMemory.putLong(node + BATCH, batch);
    NativeMemory.putInt(node + OLDER, 0);
    NativeMemory.putInt(node + PAGE_NO, pageNo);
    NativeMemory.putInt(node + IN_FILE, 0);
    NativeMemory.putInt(node + WRITING, 0);
  }

  private long node(int frame) {
    return nodes.address() + (long) (frame - 1) * NODE_BYTES;
  }

  @Override
  public void close() {
    nodes.close();
    frames.close();
  }
}
