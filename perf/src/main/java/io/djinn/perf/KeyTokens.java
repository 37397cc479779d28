package io.djinn.perf;

import io.djinn.opclass.GinQuery;
import io.djinn.opclass.KeySink;
import java.util.Arrays;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.BytesTermAttribute;
import org.apache.lucene.util.BytesRef;

/** The keys of one row as a stream of Lucene's terms; payloads are left out. */
final class KeyTokens extends TokenStream implements KeySink {
  private final BytesTermAttribute term = addAttribute(BytesTermAttribute.class);
  private final BytesRef key = new BytesRef();
  private byte[] bytes = new byte[1 << 12];
  private int[] ends = new int[1 << 8];
  private int count;
  private int next;
  private int others;

  /** Forgets the row before. */
  void beginRow() {
    count = 0;
    others = 0;
  }

  /** Whether the row has a key of this category, which is not a normal one. */
  boolean has(int category) {
    return (others & 1 << category) != 0;
  }

  @Override
  public void key(byte[] source, int offset, int length) {
    int begin = end(count);
    int end = Math.addExact(begin, length);
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
    }
    if (count == ends.length) {
      ends = Arrays.copyOf(ends, 2 * count);
    }
    System.arraycopy(source, offset, bytes, begin, length);
    ends[count++] = end;
  }

  private int end(int keys) {
    return keys == 0 ? 0 : ends[keys - 1];
  }

  @Override
  public void nullElement() {
    others |= 1 << GinQuery.NULL_ELEMENT;
  }

  @Override
  public void emptyItem() {
    others |= 1 << GinQuery.EMPTY_ITEM;
  }

  @Override
  public void nullItem() {
    others |= 1 << GinQuery.NULL_ITEM;
  }

  @Override
  public void reset() {
    next = 0;
  }

  @Override
  public boolean incrementToken() {
    if (next == count) {
      return false;
    }
    clearAttributes();
    key.bytes = bytes;
    key.offset = end(next);
    key.length = ends[next] - key.offset;
    next++;
    term.setBytesRef(key);
    return true;
  }
}
