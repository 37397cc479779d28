package io.djinn.file;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.agrona.BufferUtil;

/**
 * Direct buffers that file reads and writes pass through, because a channel takes no raw address;
 * as many as there were threads at it at one time, freed at close.
 */
final class StagingBuffers implements AutoCloseable {
  /** The most one read or write moves. */
  static final int SIZE_BYTES = 256 << 10;

  private final ArrayDeque<ByteBuffer> idle = new ArrayDeque<>();
  private boolean closed;

  /** A cleared buffer of the caller's own until {@link #release}. */
  ByteBuffer acquire() {
    synchronized (idle) {
      ByteBuffer buffer = idle.pollLast();
      if (buffer != null) {
        return buffer;
      }
    }
    return ByteBuffer.allocateDirect(SIZE_BYTES);
  }

  void release(ByteBuffer buffer) {
    buffer.clear();
    synchronized (idle) {
      if (!closed) {
        idle.addLast(buffer);
        return;
      }
    }
    BufferUtil.free(buffer);
  }

  /** Frees the idle buffers; one in use is freed when it comes back. */
  @Override
  public void close() {
    synchronized (idle) {
      closed = true;
      idle.forEach(BufferUtil::free);
      idle.clear();
    }
  }
}
