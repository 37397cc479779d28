package io.djinn.space;

import io.djinn.error.DjinnException;
import io.djinn.memory.NativeMemory;
import io.djinn.wal.EditFamily;

/**
 * The edits of the space page and of lists of extents.
 *
 * <pre>
 * SET_FIELD  1  space page    field id u8, value i64
 * PUSH       2  extent list   first page number i32, pages i32, tag i64
 * POP        3  extent list   nothing
 * SET_TOP    4  extent list   first page number i32, pages i32, tag i64
 * </pre>
 */
public final class SpaceRecords implements EditFamily {
  static final int SET_FIELD = 1;
  static final int PUSH = 2;
  static final int POP = 3;
  static final int SET_TOP = 4;

  static final int FIELD_BYTES = 9;
  static final int EXTENT_BYTES = 16;

  @Override
  public int firstOpCode() {
    return SET_FIELD;
  }

  @Override
  public int lastOpCode() {
    return SET_TOP;
  }

  @Override
  public void apply(int opCode, long page, int pageSizeBytes, long arguments, int length) {
    switch (opCode) {
      case SET_FIELD -> {
        need(opCode, length, FIELD_BYTES);
        SpacePage.Field field = SpacePage.Field.of(NativeMemory.getUnsignedByte(arguments));
        if (field == null) {
          throw new DjinnException(
              "unknown field " + NativeMemory.getUnsignedByte(arguments) + " of the space page");
        }
        field.set(page, NativeMemory.getLong(arguments + 1));
      }
      case PUSH -> {
        need(opCode, length, EXTENT_BYTES);
        if (ExtentListPage.count(page) < 0
            || ExtentListPage.count(page) >= ExtentListPage.capacity(pageSizeBytes)) {
          throw new DjinnException("no room for an extent");
        }
        ExtentListPage.push(
            page,
            NativeMemory.getInt(arguments),
            NativeMemory.getInt(arguments + 4),
            NativeMemory.getLong(arguments + 8));
      }
      case POP -> {
        need(opCode, length, 0);
        needEntry(page, pageSizeBytes);
        ExtentListPage.pop(page);
      }
      case SET_TOP -> {
        need(opCode, length, EXTENT_BYTES);
        needEntry(page, pageSizeBytes);
        ExtentListPage.set(
            page,
            ExtentListPage.count(page) - 1,
            NativeMemory.getInt(arguments),
            NativeMemory.getInt(arguments + 4),
            NativeMemory.getLong(arguments + 8));
      }
      default -> throw new DjinnException("unknown op code " + opCode);
    }
  }

  private static void need(int opCode, int length, int wanted) {
    if (length != wanted) {
      throw new DjinnException("op code " + opCode + " with " + length + " bytes, needs " + wanted);
    }
  }

  private static void needEntry(long page, int pageSizeBytes) {
    int count = ExtentListPage.count(page);
    if (count < 1 || count > ExtentListPage.capacity(pageSizeBytes)) {
      throw new DjinnException("list of extents with " + count + " entries");
    }
  }

  @Override
  public String describe(int opCode, long arguments, int length) {
    return switch (opCode) {
      case SET_FIELD ->
          "SET_FIELD "
              + SpacePage.Field.of(NativeMemory.getUnsignedByte(arguments))
              + " = "
              + NativeMemory.getLong(arguments + 1);
      case PUSH, SET_TOP ->
          (opCode == PUSH ? "PUSH" : "SET_TOP")
              + " pages from "
              + NativeMemory.getInt(arguments)
              + ", "
              + NativeMemory.getInt(arguments + 4)
              + " of them, tag "
              + NativeMemory.getLong(arguments + 8);
      case POP -> "POP";
      default -> "unknown op code " + opCode;
    };
  }
}
