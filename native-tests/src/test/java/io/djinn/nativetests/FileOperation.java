package io.djinn.nativetests;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One operation that a process did to files, as the shim wrote it down.
 *
 * @param path below the shim's directory
 * @param target of a rename
 */
record FileOperation(
    Kind kind, String path, String target, byte[] data, long byteOffset, long sizeBytes) {
  private static final int HEADER_BYTES = 32;

  /** What was done, with the number the shim gives it. */
  enum Kind {
    WRITE(1),
    SYNC(4),
    DATA_SYNC(5),
    TRUNCATE(6),
    ALLOCATE(7),
    RENAME(9),
    DELETE(10),
    CREATE_DIRECTORY(11),
    SYNC_DIRECTORY(64),
    CREATE(65);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    private static Kind of(int number) {
      for (Kind kind : values()) {
        if (kind.number == number) {
          return kind;
        }
      }
      throw new IllegalArgumentException("operation " + number + " in the shim's log");
    }
  }

  /** Reads a log; a last record that a kill has cut is left out. */
  static List<FileOperation> read(Path log) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(log)).order(ByteOrder.nativeOrder());
    List<FileOperation> operations = new ArrayList<>();
    while (bytes.remaining() >= HEADER_BYTES) {
      int kind = bytes.getInt();
      int pathLength = bytes.getInt();
      int targetLength = bytes.getInt();
      int dataLength = bytes.getInt();
      long byteOffset = bytes.getLong();
      long sizeBytes = bytes.getLong();
      if (bytes.remaining() < pathLength + targetLength + dataLength) {
        break;
      }
      String path = text(bytes, pathLength);
      String target = text(bytes, targetLength);
      byte[] data = new byte[dataLength];
      bytes.get(data);
      operations.add(new FileOperation(Kind.of(kind), path, target, data, byteOffset, sizeBytes));
    }
    return operations;
  }

  private static String text(ByteBuffer bytes, int length) {
    byte[] text = new byte[length];
    bytes.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }
}
