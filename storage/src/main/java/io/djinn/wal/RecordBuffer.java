package io.djinn.wal;

import io.djinn.memory.NativeMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.agrona.BufferUtil;

/**
 * Room for one record's body, with its checksum: CRC-32C of store id, epoch, LSN, length and body.
 *
 * <p>Position and length are in the checksum, so a record is valid in one place only and neither
 * has to be stored twice. The eight bytes before the body are free for the record's header once the
 * checksum is computed. Belongs to one thread at a time.
 */
final class RecordBuffer {
  private static final int SEED_BYTES = 32;

  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(SEED_BYTES + LogFormat.MAX_BODY_BYTES)
          .order(ByteOrder.nativeOrder());
  private final long seed = BufferUtil.address(buffer);
  private final CRC32C crc = new CRC32C();
  private final long storeId;

  RecordBuffer(long storeId) {
    this.storeId = storeId;
  }

  /** Address of the body; {@link LogFormat#MAX_BODY_BYTES} bytes may be used. */
  long body() {
    return seed + SEED_BYTES;
  }

  int checksum(long epoch, long lsn, int length) {
    NativeMemory.putLong(seed, storeId);
    NativeMemory.putLong(seed + 8, epoch);
    NativeMemory.putLong(seed + 16, lsn);
    NativeMemory.putLong(seed + 24, length);
    crc.reset();
    buffer.limit(SEED_BYTES + length).position(0);
    crc.update(buffer);
    return (int) crc.getValue();
  }
}
