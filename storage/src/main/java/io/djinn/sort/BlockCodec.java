package io.djinn.sort;

import io.djinn.memory.MemoryAccount;
import io.djinn.memory.NativeMemory;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import org.agrona.BufferUtil;

/**
 * Packs blocks with LZ4 and checks their CRC-32C before it unpacks them; a block that LZ4 does not
 * make an eighth smaller is stored as it is, and after a few such in a row most are not tried.
 *
 * <p>Holds two scratch buffers, drawn on the account; belongs to one thread.
 */
public final class BlockCodec implements AutoCloseable {
  /** Blocks in a row that LZ4 does not help with before it is tried on few. */
  private static final int MISSES = 4;

  /** Then one block of so many is tried. */
  private static final int BLOCKS_A_TRY = 16;

  private final LZ4Compressor compressor = LZ4Factory.nativeInstance().fastCompressor();
  private final LZ4SafeDecompressor decompressor = LZ4Factory.nativeInstance().safeDecompressor();
  private final CRC32C checksum = new CRC32C();
  private final MemoryAccount account;
  private final int blockBytes;
  private final int sizeBytes;
  private int misses;
  private int untried;
  private long tries;
  private ByteBuffer raw;
  private ByteBuffer stored;
  private final long rawAddress;
  private final long storedAddress;

  /**
   * @param blockBytes the most bytes a block has before packing
   */
  public BlockCodec(MemoryAccount account, int blockBytes) {
    this.account = account;
    this.blockBytes = blockBytes;
    sizeBytes = workBytes(blockBytes);
    account.draw(sizeBytes);
    try {
      raw = ByteBuffer.allocateDirect(blockBytes);
      stored = ByteBuffer.allocateDirect(sizeBytes - blockBytes);
    } catch (Throwable t) {
      free();
      throw t;
    }
    rawAddress = BufferUtil.address(raw);
    storedAddress = BufferUtil.address(stored);
  }

  /** Bytes a codec for blocks of that size draws. */
  public static int workBytes(int blockBytes) {
    return blockBytes
        + LZ4Factory.nativeInstance().fastCompressor().maxCompressedLength(blockBytes);
  }

  /** Packs a block into the stored buffer and returns its length there. */
  int pack(long address, int length) {
    if (misses < MISSES || ++untried == BLOCKS_A_TRY) {
      untried = 0;
      tries++;
      NativeMemory.copy(address, rawAddress, length);
      int packed = compressor.compress(raw, 0, length, stored, 0, stored.capacity());
      if (packed < length - length / 8) {
        misses = 0;
        return packed;
      }
      misses++;
    }
    NativeMemory.copy(address, storedAddress, length);
    return length;
  }

  /** Blocks that LZ4 was tried on. */
  long tries() {
    return tries;
  }

  /** Address of the stored buffer: what {@link #pack} made, or what {@link #unpack} reads. */
  long storedAddress() {
    return storedAddress;
  }

  /** The longest block as stored. */
  int storedLimit() {
    return blockBytes;
  }

  /** CRC-32C of the first bytes of the stored buffer and of the header's other two fields. */
  int checksum(int storedLength, int usedBytes, int firstRecord) {
    checksum.reset();
    checksum.update(stored.limit(storedLength).position(0));
    stored.clear();
    update(usedBytes);
    update(firstRecord);
    return (int) checksum.getValue();
  }

  private void update(int value) {
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      checksum.update(value >>> shift);
    }
  }

  /** Unpacks the stored buffer, whose checksum was compared; false where it does not fit. */
  boolean unpack(int storedLength, long address, int length) {
    if (storedLength == length) {
      NativeMemory.copy(storedAddress, address, length);
      return true;
    }
    try {
      if (decompressor.decompress(stored, 0, storedLength, raw, 0, length) != length) {
        return false;
      }
    } catch (LZ4Exception e) {
      return false;
    }
    NativeMemory.copy(rawAddress, address, length);
    return true;
  }

  @Override
  public void close() {
    if (raw != null) {
      free();
    }
  }

  private void free() {
    BufferUtil.free(raw);
    BufferUtil.free(stored);
    raw = null;
    stored = null;
    account.release(sizeBytes);
  }
}
