package io.djinn.page;

import io.djinn.memory.NativeMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.agrona.BufferUtil;

/**
 * Computes the CRC-32C of pages over a private copy, seeded with file id and page number.
 *
 * <p>The copy is the point: an intrinsic reading a mapping whose file was cut short kills the JVM,
 * while copying raises a catchable {@link InternalError}. Belongs to one thread at a time.
 */
public final class PageChecksum {
  private static final int SEED_BYTES = 12;
  private static final int ALIGNMENT = 16;

  private final CRC32C crc = new CRC32C();
  private final ByteBuffer buffer;
  private final long copy;
  private final int pageSizeBytes;
  private final long fileId;

  public PageChecksum(int pageSizeBytes, long fileId) {
    this.pageSizeBytes = pageSizeBytes;
    this.fileId = fileId;
    // The seed lies right before byte 4 of the copy, over the place of the checksum itself.
    buffer = ByteBuffer.allocateDirect(ALIGNMENT + pageSizeBytes).order(ByteOrder.nativeOrder());
    copy = BufferUtil.address(buffer) + ALIGNMENT;
  }

  /** Copies a page and returns the checksum it should carry. */
  public int compute(long page, int pageNo) {
    NativeMemory.copy(page, copy, pageSizeBytes);
    return ofCopy(pageNo);
  }

  /** Address of the private copy the last {@link #compute} made. */
  public long copy() {
    return copy;
  }

  private int ofCopy(int pageNo) {
    int carried = NativeMemory.getInt(copy);
    long seed = copy + Integer.BYTES - SEED_BYTES;
    NativeMemory.putLong(seed, fileId);
    NativeMemory.putInt(seed + Long.BYTES, pageNo);
    crc.reset();
    int start = ALIGNMENT + Integer.BYTES - SEED_BYTES;
    buffer.limit(ALIGNMENT + pageSizeBytes).position(start);
    crc.update(buffer);
    NativeMemory.putInt(copy, carried);
    return (int) crc.getValue();
  }
}
