package io.djinn.nativetests;

import io.djinn.memory.NativeMemory;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.agrona.BufferUtil;

/** The process in which something is done to a file that another process looks at, or dies of. */
final class JvmFact {
  static final String LOCK = "lock";
  static final String CHECKSUM = "checksum";
  static final String COPY = "copy";
  static final String LOCKED = "locked";
  static final String REFUSED = "refused";
  static final String CAUGHT = "caught";
  static final String ALIVE = "alive";
  static final int MAPPED_BYTES = 1 << 20;

  private static final int PAGE_BYTES = 8192;
  private static final int REPEATS = 20_000;

  private JvmFact() {}

  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[1]);
    switch (arguments[0]) {
      case LOCK -> lock(file);
      case CHECKSUM -> checksum(file);
      case COPY -> copy(file);
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private static void lock(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      System.out.println(lock == null ? REFUSED : LOCKED);
    }
  }

  private static MappedByteBuffer truncated(Path file) throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      MappedByteBuffer mapped =
          access.getChannel().map(FileChannel.MapMode.READ_ONLY, 0, MAPPED_BYTES);
      access.setLength(0);
      return mapped;
    }
  }

  private static void checksum(Path file) throws IOException {
    CRC32C crc = new CRC32C();
    ByteBuffer whole = ByteBuffer.allocateDirect(PAGE_BYTES);
    for (int i = 0; i < REPEATS; i++) {
      // Until it is compiled: the interpreter's checksum is an intrinsic of its own.
      crc.update(whole.clear());
    }
    crc.update(truncated(file).limit(PAGE_BYTES));
    System.out.println(ALIVE + " " + crc.getValue());
  }

  private static void copy(Path file) throws IOException {
    ByteBuffer to = ByteBuffer.allocateDirect(PAGE_BYTES);
    MappedByteBuffer mapped = truncated(file);
    try {
      NativeMemory.copy(BufferUtil.address(mapped), BufferUtil.address(to), PAGE_BYTES);
      // The error may be late.
      for (int i = 0; i < REPEATS; i++) {
        NativeMemory.putByte(BufferUtil.address(to), (byte) i);
      }
      System.out.println(ALIVE);
    } catch (InternalError e) {
      System.out.println(CAUGHT);
    }
  }
}
