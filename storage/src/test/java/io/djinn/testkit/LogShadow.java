package io.djinn.testkit;

import io.djinn.wal.LogFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Reads the records of one run of the log out of the bytes that passed through a {@link CheckVfs},
 * as far as they are durable; written from the description of the format, not with the engine's
 * reader.
 */
final class LogShadow {
  /** Takes what is read. */
  interface Records {
    /** A record that is no COMMIT; the body is valid during the call. */
    void record(byte[] body, int length);

    /** A COMMIT whose last byte is durable. */
    void commit(long batch);
  }

  private static final int SEGMENT_MAGIC = 8;
  private static final int EPOCH = 24;
  private static final int SEQUENCE = 32;
  private static final int START_LSN = 40;
  private static final int BLOCK_LSN = 8;
  private static final int BLOCK_SYNCED = 16;
  private static final int BLOCK_SEQUENCE = 24;
  private static final long MAGIC = 0x676f4c6e6e696a44L;
  private static final int COMMIT = 3;

  /** A segment with what its header says. */
  record Segment(FileShadow file, long epoch, long sequence, long startLsn) {
    /** The segment a file's first block describes, or null. */
    static Segment of(FileShadow file) {
      ByteBuffer header = file.block(0);
      if (header == null || header.getLong(SEGMENT_MAGIC) != MAGIC) {
        return null;
      }
      return new Segment(
          file, header.getLong(EPOCH), header.getLong(SEQUENCE), header.getLong(START_LSN));
    }

    /** LSN behind its last byte. */
    long endLsn() {
      return startLsn
          + Math.max(0, file.sizeBytes / LogFormat.BLOCK_BYTES - 1) * LogFormat.BLOCK_PAYLOAD_BYTES;
    }

    /** Whether it has the name its sequence number asks for. */
    boolean isNamedRight() {
      return file.name.equals(StoreProtocol.LOG_DIRECTORY + String.format("/%016x", sequence));
    }
  }

  final long epoch;
  private final Records records;
  private final List<Segment> segments = new ArrayList<>();
  private final byte[] body = new byte[LogFormat.MAX_BODY_BYTES + LogFormat.RECORD_HEADER_BYTES];
  private long lsn;
  private final long limitLsn;
  private boolean isBroken;

  /**
   * @param lsn where to begin
   * @param limitLsn first LSN that is not durable; the highest long for a run of this process,
   *     whose bytes count as far as they were synced
   */
  LogShadow(long epoch, long lsn, long limitLsn, Records records) {
    this.epoch = epoch;
    this.lsn = lsn;
    this.limitLsn = limitLsn;
    this.records = records;
  }

  void add(Segment segment) {
    segments.add(segment);
  }

  void remove(FileShadow file) {
    segments.removeIf(segment -> segment.file() == file);
  }

  /** Reads on to the end of what is durable. */
  void readOn() {
    while (!isBroken) {
      Segment segment = find(lsn);
      if (segment == null) {
        return;
      }
      int offset =
          (int) ((lsn - segment.startLsn()) % LogFormat.BLOCK_PAYLOAD_BYTES)
              + LogFormat.BLOCK_HEADER_BYTES;
      int room = LogFormat.SECTOR_BYTES - (offset & (LogFormat.SECTOR_BYTES - 1));
      if (room < LogFormat.RECORD_HEADER_BYTES) {
        lsn += room;
        continue;
      }
      if (!copy(lsn, LogFormat.RECORD_HEADER_BYTES)) {
        return;
      }
      int length = ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).getInt(0);
      if (length == 0) {
        lsn += room;
        continue;
      }
      if (length < 0 || length > LogFormat.MAX_BODY_BYTES) {
        isBroken = true;
        return;
      }
      if (!copy(lsn + LogFormat.RECORD_HEADER_BYTES, length)) {
        return;
      }
      lsn += LogFormat.RECORD_HEADER_BYTES + length;
      if (body[0] == COMMIT) {
        records.commit(ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).getLong(1));
      } else {
        records.record(body, length);
      }
    }
  }

  private Segment find(long at) {
    for (Segment segment : segments) {
      if (segment.startLsn() <= at && at < segment.endLsn()) {
        return segment;
      }
    }
    return null;
  }

  /** Copies payload bytes to the body; false where some are not durable yet. */
  private boolean copy(long from, int length) {
    int done = 0;
    while (done < length) {
      long at = from + done;
      Segment segment = find(at);
      if (segment == null || at >= limitLsn) {
        return false;
      }
      int block = (int) ((at - segment.startLsn()) / LogFormat.BLOCK_PAYLOAD_BYTES) + 1;
      int offset =
          (int) ((at - segment.startLsn()) % LogFormat.BLOCK_PAYLOAD_BYTES)
              + LogFormat.BLOCK_HEADER_BYTES;
      long fileOffset = (long) block * LogFormat.BLOCK_BYTES + offset;
      long end = Math.min(LogFormat.BLOCK_BYTES - offset, (long) length - done);
      if (segment.file().isOwn) {
        end = Math.min(end, segment.file().syncedBytes - fileOffset);
      } else {
        end = Math.min(end, limitLsn - at);
      }
      ByteBuffer bytes = segment.file().block(block);
      if (end <= 0 || bytes == null) {
        return false;
      }
      bytes.get(offset, body, done, (int) end);
      done += (int) end;
    }
    return true;
  }

  /** The highest LSN that a valid block of a segment says was synced when it was begun. */
  static long vouchedLsn(Segment segment, long storeId) {
    long highest = 0;
    for (int block : segment.file().blockNumbers()) {
      ByteBuffer bytes = segment.file().block(block);
      if (block > 0
          && bytes.getLong(BLOCK_LSN)
              == segment.startLsn() + (block - 1L) * LogFormat.BLOCK_PAYLOAD_BYTES
          && bytes.getLong(BLOCK_SEQUENCE) == segment.sequence()
          && bytes.getInt(0) == checksum(bytes, segment.epoch(), storeId)) {
        highest = Math.max(highest, bytes.getLong(BLOCK_SYNCED));
      }
    }
    return highest;
  }

  private static int checksum(ByteBuffer block, long epoch, long storeId) {
    ByteBuffer seed = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    seed.putLong(epoch).putLong(storeId);
    CRC32C crc = new CRC32C();
    crc.update(seed.array(), 0, 16);
    crc.update(block.array(), Integer.BYTES, LogFormat.BLOCK_HEADER_BYTES - Integer.BYTES);
    return (int) crc.getValue();
  }
}
