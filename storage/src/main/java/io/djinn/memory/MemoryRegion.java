package io.djinn.memory;

import io.djinn.error.NoMemoryException;
import net.openhft.posix.PosixAPI;

/**
 * One block of off-heap memory drawn on an account, aligned to 2 MiB with huge pages advised when
 * it is that large; contents are undefined at first.
 */
public final class MemoryRegion implements AutoCloseable {
  private static final long HUGE_PAGE_BYTES = 2L << 20;
  private static final int MADV_HUGEPAGE = 14;

  private final MemoryAccount account;
  private final long sizeBytes;
  private final long address;
  private long allocation;

  private MemoryRegion(MemoryAccount account, long sizeBytes) {
    this.account = account;
    this.sizeBytes = sizeBytes;
    boolean huge = sizeBytes >= 4 * HUGE_PAGE_BYTES;
    allocation =
        account.source().allocate(huge ? sizeBytes + HUGE_PAGE_BYTES : Math.max(8, sizeBytes));
    if (huge) {
      address = (allocation + HUGE_PAGE_BYTES - 1) & -HUGE_PAGE_BYTES;
      PosixAPI.posix().madvise(address, sizeBytes & -HUGE_PAGE_BYTES, MADV_HUGEPAGE);
    } else {
      address = allocation;
    }
  }

  /**
   * Draws and allocates; throws {@link IllegalStateException} where the account is short, and
   * {@link NoMemoryException} where there is no memory.
   */
  public static MemoryRegion allocate(MemoryAccount account, long sizeBytes) {
    account.draw(sizeBytes);
    return allocateDrawn(account, sizeBytes);
  }

  /** Draws and allocates, or returns null where the account is short. */
  public static MemoryRegion tryAllocate(MemoryAccount account, long sizeBytes) {
    return account.tryDraw(sizeBytes) ? allocateDrawn(account, sizeBytes) : null;
  }

  private static MemoryRegion allocateDrawn(MemoryAccount account, long sizeBytes) {
    try {
      return new MemoryRegion(account, sizeBytes);
    } catch (OutOfMemoryError e) {
      account.release(sizeBytes);
      throw new NoMemoryException(
          account.name() + ": no " + sizeBytes + " bytes of memory: " + e.getMessage(), e);
    } catch (Throwable t) {
      account.release(sizeBytes);
      throw t;
    }
  }

  public long address() {
    return address;
  }

  public long sizeBytes() {
    return sizeBytes;
  }

  /** Frees the block and gives its bytes back; a second call does nothing. */
  @Override
  public synchronized void close() {
    if (allocation != 0) {
      account.source().free(allocation);
      allocation = 0;
      account.release(sizeBytes);
    }
  }
}
