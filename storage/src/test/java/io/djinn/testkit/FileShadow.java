package io.djinn.testkit;

import io.djinn.memory.NativeMemory;
import io.djinn.wal.LogFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/**
 * What a {@link StoreProtocol} knows of one file: sizes, what was written and synced, and bytes.
 */
final class FileShadow {
  /** What a sync will have made durable when it returns. */
  record Mark(long writtenBytes, long sizeBytes, long loggedWrites) {}

  String name;

  /** Its size, or -1 while nobody has asked. */
  long sizeBytes = -1;

  /** The size that a sync with metadata covers. */
  long syncedSizeBytes;

  /** End of what was written since the file got its header. */
  long writtenBytes;

  /** End of what of that was synced. */
  long syncedBytes;

  /** Whether the process itself has written the file's header. */
  boolean isOwn;

  /** Whether the name it has now was given to it and the directory has not been synced since. */
  boolean isNameFresh;

  private final Map<Integer, byte[]> blocks = new HashMap<>();

  FileShadow(String name) {
    this.name = name;
  }

  Mark mark(long loggedWrites) {
    return new Mark(writtenBytes, sizeBytes, loggedWrites);
  }

  /** Keeps bytes that were read or written. */
  void keep(long byteOffset, long address, int length) {
    int done = 0;
    while (done < length) {
      int block = Math.toIntExact((byteOffset + done) / LogFormat.BLOCK_BYTES);
      int from = (int) ((byteOffset + done) % LogFormat.BLOCK_BYTES);
      int count = Math.min(length - done, LogFormat.BLOCK_BYTES - from);
      byte[] bytes = blocks.computeIfAbsent(block, b -> new byte[LogFormat.BLOCK_BYTES]);
      NativeMemory.copyToArray(address + done, bytes, from, count);
      done += count;
    }
  }

  /** Forgets the bytes, which nobody will ask for any more. */
  void forgetBytes() {
    blocks.clear();
  }

  /** Forgets the bytes of a block. */
  void forgetBlock(int block) {
    blocks.remove(block);
  }

  /** A block's bytes, or null where they were never seen. */
  ByteBuffer block(int block) {
    byte[] bytes = blocks.get(block);
    return bytes == null ? null : ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Numbers of the blocks seen. */
  Iterable<Integer> blockNumbers() {
    return blocks.keySet();
  }

  @Override
  public String toString() {
    return name;
  }
}
