package io.djinn.build.cli;

import io.djinn.build.cli.grep.RawText;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;

/** Writes UTF-8, and bytes that are none where {@link RawText} has put them into strings. */
final class RawWriter extends Writer {
  private final OutputStream out;

  /** First half of a character whose second half has not come yet; 0 for none. */
  private char high;

  RawWriter(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(char[] text, int offset, int length) throws IOException {
    for (int i = offset; i < offset + length; i++) {
      write(text[i]);
    }
  }

  private void write(char c) throws IOException {
    if (c < 0x80 && high == 0) {
      out.write(c);
      return;
    }
    char before = high;
    high = 0;
    if (before != 0) {
      if (Character.isLowSurrogate(c)) {
        int whole = Character.toCodePoint(before, c);
        out.write(0xF0 | whole >> 18);
        out.write(0x80 | whole >> 12 & 0x3F);
        out.write(0x80 | whole >> 6 & 0x3F);
        out.write(0x80 | whole & 0x3F);
        return;
      }
      out.write('?');
    }
    int escaped = RawText.escapedByte(c);
    if (c < 0x80) {
      out.write(c);
    } else if (c < 0x800) {
      out.write(0xC0 | c >> 6);
      out.write(0x80 | c & 0x3F);
    } else if (Character.isHighSurrogate(c)) {
      high = c;
    } else if (escaped >= 0) {
      out.write(escaped);
    } else if (Character.isLowSurrogate(c)) {
      out.write('?');
    } else {
      out.write(0xE0 | c >> 12);
      out.write(0x80 | c >> 6 & 0x3F);
      out.write(0x80 | c & 0x3F);
    }
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    if (high != 0) {
      high = 0;
      out.write('?');
    }
    out.close();
  }
}
