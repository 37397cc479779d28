package io.djinn.wal;

import io.djinn.memory.NativeMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.agrona.BufferUtil;

/**
 * The layout of log segments and blocks.
 *
 * <p>A segment file is a header block followed by blocks of {@link #BLOCK_BYTES}; each block has a
 * header and a payload, and the payloads of all segments of a run make one stream of bytes. An LSN
 * is a position in that stream; each run of the store (from opening to closing) has its own epoch
 * and starts above every LSN used before.
 *
 * <p>A record is length, checksum and body. It begins right behind the one before, but never where
 * fewer bytes than its header are left in a sector; zeros mean that the next one begins at the next
 * sector, or at the latest in the next block.
 *
 * <pre>
 * segment header, at byte 0 of the file        block header, at the start of each further block
 * byteOffset bytes field                       byteOffset bytes field
 *          0     4 checksum                             0     4 checksum
 *          4     4 format version                       4     4 reserved, 0
 *          8     8 magic "DjinnLog"                      8     8 LSN of the first payload byte
 *         16     8 store id                             16     8 LSN known synced when the block was begun
 *         24     8 epoch                                24     8 segment's sequence number
 *         32     8 sequence number
 *         40     8 LSN of the first payload byte
 *         48     4 block size
 * </pre>
 *
 * Checksums are CRC-32C of the bytes behind them in the header; those of blocks and records are
 * seeded with store id and epoch, so that nothing an older segment left behind is ever valid.
 */
public final class LogFormat {
  /** Version of segments, blocks and records. */
  public static final int FORMAT_VERSION = 1;

  public static final int BLOCK_BYTES = 4096;
  public static final int BLOCK_HEADER_BYTES = 32;
  public static final int BLOCK_PAYLOAD_BYTES = BLOCK_BYTES - BLOCK_HEADER_BYTES;

  /** What a synced part of the log shares with nothing that is written later. */
  public static final int SECTOR_BYTES = 512;

  /** Length and checksum in front of every record's body. */
  public static final int RECORD_HEADER_BYTES = 8;

  /** The longest body there is: an image of a page of 64 KiB with its fields, and room to spare. */
  public static final int MAX_BODY_BYTES = 80 << 10;

  static final long MAGIC = 0x676f4c6e6e696a44L;
  static final int SEGMENT_HEADER_BYTES = 52;

  private static final int CHECKSUM = 0;
  private static final int VERSION = 4;
  private static final int SEGMENT_MAGIC = 8;
  private static final int STORE_ID = 16;
  private static final int EPOCH = 24;
  private static final int SEQUENCE = 32;
  private static final int START_LSN = 40;
  private static final int BLOCK_SIZE = 48;

  private static final int BLOCK_LSN = 8;
  private static final int BLOCK_SYNCED = 16;
  private static final int BLOCK_SEQUENCE = 24;

  private final ByteBuffer scratch = ByteBuffer.allocateDirect(128).order(ByteOrder.nativeOrder());
  private final long address = BufferUtil.address(scratch);
  private final CRC32C crc = new CRC32C();
  private final long storeId;

  /** Belongs to one thread at a time. */
  LogFormat(long storeId) {
    this.storeId = storeId;
  }

  /** Payload bytes of a segment file of this size. */
  static long payloadBytes(long segmentBytes) {
    return (segmentBytes / BLOCK_BYTES - 1) * BLOCK_PAYLOAD_BYTES;
  }

  void writeSegmentHeader(long to, long epoch, long sequence, long startLsn) {
    NativeMemory.fill(to, BLOCK_BYTES, 0);
    NativeMemory.putInt(to + VERSION, FORMAT_VERSION);
    NativeMemory.putLong(to + SEGMENT_MAGIC, MAGIC);
    NativeMemory.putLong(to + STORE_ID, storeId);
    NativeMemory.putLong(to + EPOCH, epoch);
    NativeMemory.putLong(to + SEQUENCE, sequence);
    NativeMemory.putLong(to + START_LSN, startLsn);
    NativeMemory.putInt(to + BLOCK_SIZE, BLOCK_BYTES);
    NativeMemory.putInt(to + CHECKSUM, checksum(to, SEGMENT_HEADER_BYTES, 0, 0));
  }

  /** Whether the bytes are a header of a segment of this store. */
  boolean isSegmentHeader(long from) {
    return NativeMemory.getLong(from + SEGMENT_MAGIC) == MAGIC
        && NativeMemory.getInt(from + CHECKSUM) == checksum(from, SEGMENT_HEADER_BYTES, 0, 0)
        && NativeMemory.getLong(from + STORE_ID) == storeId
        && NativeMemory.getInt(from + BLOCK_SIZE) == BLOCK_BYTES;
  }

  static int version(long header) {
    return NativeMemory.getInt(header + VERSION);
  }

  static long epoch(long header) {
    return NativeMemory.getLong(header + EPOCH);
  }

  static long sequence(long header) {
    return NativeMemory.getLong(header + SEQUENCE);
  }

  static long startLsn(long header) {
    return NativeMemory.getLong(header + START_LSN);
  }

  void writeBlockHeader(long to, long epoch, long sequence, long lsn, long syncedLsn) {
    NativeMemory.putInt(to + VERSION, 0);
    NativeMemory.putLong(to + BLOCK_LSN, lsn);
    NativeMemory.putLong(to + BLOCK_SYNCED, syncedLsn);
    NativeMemory.putLong(to + BLOCK_SEQUENCE, sequence);
    NativeMemory.putInt(to + CHECKSUM, checksum(to, BLOCK_HEADER_BYTES, epoch, storeId));
  }

  /** Whether the bytes are the header of the block that belongs in this place. */
  boolean isBlockHeader(long from, long epoch, long sequence, long lsn) {
    return NativeMemory.getLong(from + BLOCK_LSN) == lsn
        && NativeMemory.getLong(from + BLOCK_SEQUENCE) == sequence
        && NativeMemory.getInt(from + CHECKSUM)
            == checksum(from, BLOCK_HEADER_BYTES, epoch, storeId);
  }

  static long blockLsn(long blockHeader) {
    return NativeMemory.getLong(blockHeader + BLOCK_LSN);
  }

  static long syncedLsn(long blockHeader) {
    return NativeMemory.getLong(blockHeader + BLOCK_SYNCED);
  }

  private int checksum(long header, int headerBytes, long epoch, long seed) {
    NativeMemory.putLong(address, epoch);
    NativeMemory.putLong(address + 8, seed);
    NativeMemory.copy(header + VERSION, address + 16, headerBytes - VERSION);
    crc.reset();
    scratch.limit(16 + headerBytes - VERSION).position(0);
    crc.update(scratch);
    return (int) crc.getValue();
  }
}
