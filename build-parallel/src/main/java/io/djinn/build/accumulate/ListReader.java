package io.djinn.build.accumulate;

import io.djinn.memory.NativeMemory;
import io.djinn.sort.RunWriter;

/**
 * Reads the bytes of a list of a {@link KeyTable}: those of its chunks, then those of the buffer.
 *
 * <p>A place in a list is the chunk's reference, 0 for the buffer, above 16 bits of byteOffset.
 */
final class ListReader {
  private static final int OFFSET_BITS = 16;
  private static final int BUFFER = 0;

  private final KeyTable table;
  private long entry;
  private int tailRef;
  private int ref;
  private long piece;
  private long position;
  private long end;

  ListReader(KeyTable table) {
    this.table = table;
  }

  /** Goes to the beginning of an entry's list. */
  void open(long ofEntry) {
    entry = ofEntry;
    tailRef = NativeMemory.getInt(entry + KeyTable.TAIL_CHUNK);
    enter(tailRef == 0 ? BUFFER : NativeMemory.getInt(table.chunk(tailRef) + KeyTable.CHUNK_NEXT));
    position = ref == BUFFER ? piece : piece + KeyTable.CHUNK_LIST;
  }

  private void enter(int nextRef) {
    ref = nextRef;
    if (ref == BUFFER) {
      int length = NativeMemory.getUnsignedShort(entry + KeyTable.KEY_LENGTH);
      piece = entry + KeyTable.KEY + length;
      end = piece + (NativeMemory.getLong(entry + KeyTable.LAST_TID) >>> 48);
    } else {
      piece = table.chunk(ref);
      end =
          piece
              + (ref == tailRef
                  ? NativeMemory.getUnsignedShort(entry + KeyTable.TAIL_USED)
                  : table.chunkBytes(piece));
    }
  }

  private void nextPiece() {
    if (ref == BUFFER) {
      throw new IllegalStateException("a list of a table ends inside a TID or its payload");
    }
    enter(ref == tailRef ? BUFFER : NativeMemory.getInt(piece + KeyTable.CHUNK_NEXT));
    position = ref == BUFFER ? piece : piece + KeyTable.CHUNK_LIST;
  }

  /** Whether the list goes on. */
  boolean hasMore() {
    while (position == end) {
      if (ref == BUFFER) {
        return false;
      }
      nextPiece();
    }
    return true;
  }

  /** The next number, a varbyte. */
  long number() {
    long number = 0;
    for (int shift = 0; ; shift += 7) {
      while (position == end) {
        nextPiece();
      }
      int value = NativeMemory.getByte(position++);
      number |= (value & 0x7FL) << shift;
      if (value >= 0) {
        return number;
      }
    }
  }

  /** Where the list is read. */
  long place() {
    return (ref & 0xFFFF_FFFFL) << OFFSET_BITS | (position - piece);
  }

  /** Passes over a payload, from before its length. */
  void skipPayload() {
    for (long left = number(); left > 0; ) {
      left -= takePart(left);
    }
  }

  /** Hands the payload at a place over. */
  void copyPayload(long place, RunWriter out) {
    enter((int) (place >>> OFFSET_BITS));
    position = piece + (place & (1 << OFFSET_BITS) - 1);
    int left = (int) number();
    out.payloadLength(left);
    while (left > 0) {
      int part = takePart(left);
      out.bytes(position - part, part);
      left -= part;
    }
  }

  private int takePart(long most) {
    while (position == end) {
      nextPiece();
    }
    int part = (int) Math.min(most, end - position);
    position += part;
    return part;
  }
}
