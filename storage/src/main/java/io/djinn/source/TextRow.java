package io.djinn.source;

import io.djinn.error.InvalidRowException;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.KeySink;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** A row that is a line of text; its one column is {@code $}, a String. */
final class TextRow extends LineRow {
  private static final char REPLACEMENT = '\uFFFD';

  private final KeyBuffer buffer = new KeyBuffer();

  TextRow(String file) {
    super(file);
  }

  @Override
  void forget() {}

  @Override
  public void extract(ColumnPath column, GinOperatorClass operatorClass, KeySink keys) {
    String line = line(column);
    buffer.clear();
    try {
      operatorClass.extract(line, buffer);
    } catch (IllegalArgumentException | InvalidRowException e) {
      throw invalid(1, e.getMessage(), e);
    }
    buffer.replay(keys);
  }

  @Override
  public Object value(ColumnPath column, GinOperatorClass operatorClass) {
    return line(column);
  }

  @Override
  public boolean has(ColumnPath column) {
    return column.isWholeRow();
  }

  private String line(ColumnPath column) {
    if (!column.isWholeRow()) {
      throw new IllegalArgumentException(
          this + ": plain lines have one column, $, and no column " + column);
    }
    String line = text();
    if (line.indexOf(REPLACEMENT) >= 0) {
      requireUtf8();
    }
    return line;
  }

  /**
   * Tells a replacement character of the file from one that stands for bytes that are not UTF-8.
   */
  private void requireUtf8() {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes, start, end - start);
    CharBuffer out = CharBuffer.allocate(end - start);
    if (decoder.decode(in, out, true).isError()) {
      int at = in.position();
      throw invalid(
          at - start + 1,
          String.format("the bytes from 0x%02X on are not UTF-8", bytes[at] & 0xFF),
          null);
    }
  }
}
