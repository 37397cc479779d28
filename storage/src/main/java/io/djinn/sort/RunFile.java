package io.djinn.sort;

import io.djinn.error.BuildFailedException;
import io.djinn.file.RawFile;
import io.djinn.memory.NativeMemory;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Runs in a file: each an extent of blocks, packed by LZ4 where that helps.
 *
 * <pre>
 * byteOffset bytes field        meaning, of a block
 *          0     4 checksum     CRC-32C of the stored bytes, usedBytes and firstRecord
 *          4     4 storedBytes  bytes behind this header; equal to usedBytes where not packed
 *          8     4 usedBytes    bytes of records
 *         12     4 firstRecord  byteOffset of the first record that starts here, or -1
 *         16       the stored bytes
 * </pre>
 *
 * Only engine-owned threads call it. Several threads may read one file at once.
 */
public final class RunFile {
  static final int CHECKSUM = 0;
  static final int STORED = CHECKSUM + 4;
  static final int USED = STORED + 4;
  static final int FIRST_RECORD = USED + 4;
  static final int HEADER_BYTES = FIRST_RECORD + 4;

  private RunFile() {}

  /** Counts bytes before they are written, and refuses them where a limit is met. */
  @FunctionalInterface
  public interface Meter {
    void write(long bytes);
  }

  /** Appends one run to a file. */
  public static final class Output implements BlockOutput {
    private final RawFile file;
    private final String name;
    private final BlockCodec codec;
    private final long buffer;
    private final int blockBytes;
    private final long start;
    private final Meter meter;
    private long end;

    /**
     * @param start byteOffset of the run's extent
     * @param buffer address of {@code blockBytes} bytes
     */
    public Output(
        RawFile file,
        String name,
        long start,
        BlockCodec codec,
        long buffer,
        int blockBytes,
        Meter meter) {
      this.file = file;
      this.name = name;
      this.start = start;
      this.codec = codec;
      this.buffer = buffer;
      this.blockBytes = blockBytes;
      this.meter = meter;
      end = start;
    }

    @Override
    public int capacityBytes() {
      return blockBytes - HEADER_BYTES;
    }

    @Override
    public long begin() {
      return buffer + HEADER_BYTES;
    }

    @Override
    public long write(int usedBytes, int firstRecord) {
      long place = end;
      int stored = codec.pack(buffer + HEADER_BYTES, usedBytes);
      meter.write(HEADER_BYTES + (long) stored);
      NativeMemory.putInt(buffer + CHECKSUM, codec.checksum(stored, usedBytes, firstRecord));
      NativeMemory.putInt(buffer + STORED, stored);
      NativeMemory.putInt(buffer + USED, usedBytes);
      NativeMemory.putInt(buffer + FIRST_RECORD, firstRecord);
      try {
        if (stored == usedBytes) {
          file.writeFully(place, buffer, HEADER_BYTES + stored);
        } else {
          file.writeFully(place, buffer, HEADER_BYTES);
          file.writeFully(place + HEADER_BYTES, codec.storedAddress(), stored);
        }
      } catch (IOException e) {
        throw new UncheckedIOException("temporary file " + name + " at byte " + place, e);
      }
      end = place + HEADER_BYTES + stored;
      return place;
    }

    @Override
    public long end() {
      return end - start;
    }
  }

  /** Reads one run of a file. */
  public static final class Input implements BlockInput {
    private final RawFile file;
    private final String name;
    private final BlockCodec codec;
    private final long buffer;
    private final int blockBytes;
    private final long start;
    private final long end;
    private long nextPlace;
    private int usedBytes;
    private int firstRecord;

    /**
     * @param start byteOffset of the run's extent
     * @param lengthBytes of the extent
     * @param buffer address of {@code blockBytes} bytes
     */
    public Input(
        RawFile file,
        String name,
        long start,
        long lengthBytes,
        BlockCodec codec,
        long buffer,
        int blockBytes) {
      this.file = file;
      this.name = name;
      this.codec = codec;
      this.buffer = buffer;
      this.blockBytes = blockBytes;
      this.start = start;
      end = start + lengthBytes;
    }

    @Override
    public void seek(long place) {
      nextPlace = place;
      if (place < start || !next()) {
        throw damaged(place, "no block of the run is here");
      }
    }

    @Override
    public boolean next() {
      long place = nextPlace;
      if (place == end) {
        return false;
      }
      if (end - place < HEADER_BYTES) {
        throw damaged(place, "the run ends inside a block's header");
      }
      try {
        file.readFully(place, buffer, HEADER_BYTES);
        int checksum = NativeMemory.getInt(buffer + CHECKSUM);
        int stored = NativeMemory.getInt(buffer + STORED);
        usedBytes = NativeMemory.getInt(buffer + USED);
        firstRecord = NativeMemory.getInt(buffer + FIRST_RECORD);
        if (usedBytes < 1
            || usedBytes > blockBytes - HEADER_BYTES
            || stored < 1
            || stored > usedBytes
            || stored > end - place - HEADER_BYTES
            || firstRecord < -1
            || firstRecord >= usedBytes) {
          throw damaged(place, "the block's header does not fit");
        }
        file.readFully(place + HEADER_BYTES, codec.storedAddress(), stored);
        int found = codec.checksum(stored, usedBytes, firstRecord);
        if (found != checksum) {
          throw damaged(
              place,
              "checksum "
                  + Integer.toHexString(found)
                  + " of the block is not "
                  + Integer.toHexString(checksum));
        }
        if (!codec.unpack(stored, buffer + HEADER_BYTES, usedBytes)) {
          throw damaged(place, "the block does not unpack to " + usedBytes + " bytes");
        }
        nextPlace = place + HEADER_BYTES + stored;
        return true;
      } catch (IOException e) {
        throw new UncheckedIOException("temporary file " + name + " at byte " + place, e);
      }
    }

    private BuildFailedException damaged(long place, String detail) {
      return new BuildFailedException(
          "temporary file " + name + " at byte " + place + ": " + detail);
    }

    @Override
    public long address() {
      return buffer + HEADER_BYTES;
    }

    @Override
    public int usedBytes() {
      return usedBytes;
    }

    @Override
    public int firstRecord() {
      return firstRecord;
    }
  }
}
