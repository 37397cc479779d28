package io.djinn.gin.entry;

import java.util.Arrays;

/**
 * Counts what tuples take on a page, their common prefix elided, and chooses the page's {@link
 * SlotLayout}: a pure function of the lengths of its keys.
 *
 * <p>Keys of one length, 8 at most, make an even page. Else the head is as wide as it can be with a
 * byte of padding, which keys shorter than the head leave in it, for {@value #PADDING_SHARE} tuples
 * at most, and none where the page has no room for it: bytes of long keys cost the same in the head
 * as in the tail, and found in the head they are compared faster.
 */
final class PageMeasure {
  /** A byte of padding is let pass for so many tuples. */
  private static final int PADDING_SHARE = 4;

  private static final int LONGER = SlotLayout.MAX_HEAD_BYTES + 1;

  /** Keys by length; the last of all that are longer than a head. */
  private final int[] lengths = new int[LONGER + 1];

  private int count;
  private int suffixBytes;
  private int lengthFieldBytes;
  private int valueBytes;

  void clear() {
    Arrays.fill(lengths, 0);
    count = 0;
    suffixBytes = 0;
    lengthFieldBytes = 0;
    valueBytes = 0;
  }

  void add(int addedSuffixBytes, int addedValueBytes) {
    change(addedSuffixBytes, addedValueBytes, 1);
  }

  void remove(int removedSuffixBytes, int removedValueBytes) {
    change(removedSuffixBytes, removedValueBytes, -1);
  }

  private void change(int ofSuffix, int ofValue, int times) {
    lengths[Math.min(ofSuffix, LONGER)] += times;
    count += times;
    suffixBytes += times * ofSuffix;
    lengthFieldBytes += times * LengthField.bytes(ofSuffix);
    valueBytes += times * ofValue;
  }

  /**
   * Bytes of tuples and slots without padding, which the layout chosen is sure to leave room for.
   */
  int bytes() {
    return unevenBytes() - (isEven() ? lengthFieldBytes : 0);
  }

  /** The same of a page that must not be even. */
  int unevenBytes() {
    return bytesWithoutKeys() + suffixBytes;
  }

  /** Those of them that are not of keys: offsets, length fields, values. */
  int bytesWithoutKeys() {
    return count * SlotLayout.OFFSET_BYTES + lengthFieldBytes + valueBytes;
  }

  /** Whether all keys are of one length, which a head holds. */
  boolean isEven() {
    for (int length = 0; length <= SlotLayout.MAX_HEAD_BYTES; length++) {
      if (lengths[length] > 0) {
        return lengths[length] == count;
      }
    }
    return false;
  }

  /**
   * The layout these tuples are best kept in.
   *
   * @param roomBytes that tuples and slots may take, at least {@link #bytes}
   */
  int layout(int roomBytes) {
    if (count == 0) {
      return SlotLayout.OF_EMPTY_PAGE;
    }
    return isEven()
        ? SlotLayout.of(suffixBytes / count, true)
        : SlotLayout.of(headBytes(roomBytes), false);
  }

  /**
   * How wide heads are best where the page is not even.
   *
   * @param roomBytes that tuples and slots may take
   */
  int headBytes(int roomBytes) {
    int mostPadding = Math.min(count / PADDING_SHARE, roomBytes - unevenBytes());
    int padding = 0;
    int shorter = 0;
    int headBytes = 0;
    while (headBytes < SlotLayout.MAX_HEAD_BYTES) {
      // One byte wider, and all that are not longer than this pay for it.
      shorter += lengths[headBytes];
      padding += shorter;
      if (padding > mostPadding) {
        break;
      }
      headBytes++;
    }
    return headBytes;
  }
}
