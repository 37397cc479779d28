package io.djinn.file;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import net.openhft.chronicle.bytes.MappedBytesStore;
import net.openhft.chronicle.bytes.MappedFile;
import net.openhft.chronicle.core.io.IORuntimeException;
import net.openhft.chronicle.core.io.ReferenceOwner;

/**
 * Read-only mappings of one file in chunks of one size, each held by one reservation until close.
 *
 * <p>chronicle-bytes is used as a mapper and for nothing else: read-only, so that it neither grows
 * the file nor maps it writable, and with overlap 0. A chunk may reach past the end of the file;
 * what is written there later is seen through it.
 */
final class PageFileMapper implements AutoCloseable {
  /** Chunks are multiples of this, whatever the machine's page size. */
  private static final long CHUNK_UNIT_BYTES = 64 << 10;

  private final long chunkBytes;
  private final MappedFile mappedFile;
  private final ReferenceOwner owner = ReferenceOwner.temporary("djinn-page-file");
  private final List<MappedBytesStore> chunks = new ArrayList<>();

  PageFileMapper(File file, long chunkBytes) throws IOException {
    if (chunkBytes <= 0 || chunkBytes % CHUNK_UNIT_BYTES != 0) {
      throw new IllegalArgumentException(
          "chunk of " + chunkBytes + " bytes is no multiple of " + CHUNK_UNIT_BYTES);
    }
    this.chunkBytes = chunkBytes;
    mappedFile = MappedFile.of(file, chunkBytes, 0, true);
    mappedFile.setNewChunkListener(null);
  }

  /** The address of a chunk, mapped now if it was not yet. */
  synchronized long map(long byteOffset, long lengthBytes) throws IOException {
    if (lengthBytes != chunkBytes || byteOffset < 0 || byteOffset % chunkBytes != 0) {
      throw new IllegalArgumentException(
          "range at " + byteOffset + " of " + lengthBytes + " is no chunk of " + chunkBytes);
    }
    for (MappedBytesStore chunk : chunks) {
      if (chunk.start() == byteOffset) {
        return chunk.addressForRead(byteOffset);
      }
    }
    try {
      MappedBytesStore chunk = mappedFile.acquireByteStore(owner, byteOffset);
      chunks.add(chunk);
      return chunk.addressForRead(byteOffset);
    } catch (IORuntimeException e) {
      throw new IOException(mappedFile.file() + ": cannot map at byte " + byteOffset, e);
    }
  }

  /** Gives up the mappings; the memory may go away a little later. */
  @Override
  public synchronized void close() {
    for (MappedBytesStore chunk : chunks) {
      chunk.release(owner);
    }
    chunks.clear();
    mappedFile.releaseLast();
  }
}
