package io.djinn.memory;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A budget of off-heap bytes: draws are counted, a draw beyond the limit is refused, and the peak
 * is remembered.
 */
public final class MemoryAccount {
  private final String name;
  private final long limitBytes;
  private final MemorySource source;
  private final AtomicLong usedBytes = new AtomicLong();
  private final AtomicLong peakBytes = new AtomicLong();

  /**
   * @param name what the account is for, used in errors
   * @param limitBytes the most that may be drawn at one time
   */
  public MemoryAccount(String name, long limitBytes) {
    this(name, limitBytes, MemorySource.NATIVE);
  }

  /**
   * @param name what the account is for, used in errors
   * @param limitBytes the most that may be drawn at one time
   * @param source where the bytes come from
   */
  public MemoryAccount(String name, long limitBytes, MemorySource source) {
    if (limitBytes < 0) {
      throw new IllegalArgumentException(name + ": limit of " + limitBytes + " bytes is negative");
    }
    this.name = name;
    this.limitBytes = limitBytes;
    this.source = source;
  }

  MemorySource source() {
    return source;
  }

  String name() {
    return name;
  }

  public long limitBytes() {
    return limitBytes;
  }

  public long usedBytes() {
    return usedBytes.get();
  }

  /** The most that was drawn at one time. */
  public long peakBytes() {
    return peakBytes.get();
  }

  public long leftBytes() {
    return limitBytes - usedBytes.get();
  }

  /** Draws bytes if they are left; says whether it did. */
  public boolean tryDraw(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException(name + ": draw of " + bytes + " bytes is negative");
    }
    while (true) {
      long used = usedBytes.get();
      if (bytes > limitBytes - used) {
        return false;
      }
      if (usedBytes.compareAndSet(used, used + bytes)) {
        peakBytes.accumulateAndGet(used + bytes, Math::max);
        return true;
      }
    }
  }

  /** Draws bytes, or throws where they are not left: whoever calls this has planned its memory. */
  public void draw(long bytes) {
    if (!tryDraw(bytes)) {
      throw new IllegalStateException(
          name
              + ": drawing "
              + bytes
              + " bytes with "
              + leftBytes()
              + " of "
              + limitBytes
              + " left");
    }
  }

  /** Gives drawn bytes back. */
  public void release(long bytes) {
    long left = usedBytes.addAndGet(-bytes);
    assert bytes >= 0 && left >= 0 : name + ": released " + bytes + " bytes, now " + left;
  }
}
