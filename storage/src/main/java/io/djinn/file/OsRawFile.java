package io.djinn.file;

import io.djinn.error.NoSpaceException;
import io.djinn.memory.NativeMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.agrona.BufferUtil;

/** A file of the operating system, read and written at positions through its channel. */
final class OsRawFile implements RawFile {
  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(StagingBuffers.SIZE_BYTES);

  private final Path path;
  private final Object key;
  private final FileChannel channel;
  private final StagingBuffers staging;
  private PageFileMapper mapper;

  OsRawFile(Path path, FileChannel channel, StagingBuffers staging) throws IOException {
    key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    this.path = path;
    this.channel = channel;
    this.staging = staging;
  }

  @Override
  public int pread(long byteOffset, long address, int length) throws IOException {
    ByteBuffer buffer = staging.acquire();
    try {
      buffer.limit(Math.min(length, StagingBuffers.SIZE_BYTES));
      int count = channel.read(buffer, byteOffset);
      if (count <= 0) {
        return 0;
      }
      NativeMemory.copy(BufferUtil.address(buffer), address, count);
      return count;
    } finally {
      staging.release(buffer);
    }
  }

  @Override
  public int pwrite(long byteOffset, long address, int length) throws IOException {
    ByteBuffer buffer = staging.acquire();
    try {
      int count = Math.min(length, StagingBuffers.SIZE_BYTES);
      NativeMemory.copy(address, BufferUtil.address(buffer), count);
      buffer.limit(count);
      return channel.write(buffer, byteOffset);
    } finally {
      staging.release(buffer);
    }
  }

  @Override
  public void sync(boolean metadata) throws IOException {
    channel.force(metadata);
  }

  @Override
  public long sizeBytes() throws IOException {
    return channel.size();
  }

  @Override
  public boolean isInPlace(long leastBytes) throws IOException {
    try {
      BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
      return Objects.equals(found.fileKey(), key) && found.size() >= leastBytes;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  @Override
  public void truncate(long sizeBytes) throws IOException {
    channel.truncate(sizeBytes);
  }

  @Override
  public void allocate(long byteOffset, long lengthBytes) throws IOException {
    long oldSize = channel.size();
    long newSize = Math.addExact(byteOffset, lengthBytes);
    try {
      ByteBuffer zeros = ZEROS.duplicate();
      for (long at = oldSize; at < newSize; ) {
        zeros.clear().limit((int) Math.min(newSize - at, zeros.capacity()));
        at += channel.write(zeros, at);
      }
    } catch (IOException e) {
      channel.truncate(oldSize);
      throw new NoSpaceException(
          path + ": no space to grow from " + oldSize + " to " + newSize + " bytes", e);
    }
  }

  @Override
  public synchronized long map(long byteOffset, long lengthBytes) throws IOException {
    if (mapper == null) {
      mapper = new PageFileMapper(path.toFile(), lengthBytes);
    }
    return mapper.map(byteOffset, lengthBytes);
  }

  @Override
  public synchronized void close() throws IOException {
    try {
      if (mapper != null) {
        mapper.close();
        mapper = null;
      }
    } finally {
      channel.close();
    }
  }
}
