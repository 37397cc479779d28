package io.djinn.gin.entry;

import java.util.Arrays;

/**
 * Counts what tuples take on a page, their common prefix elided, and chooses the page's {@link
 * SlotLayout}: a pure function of the lengths of its keys, and of which of them end with a zero.
 *
 * <p>Keys of one length, 8 at most, make an even page. Else the head is as wide as it can be with a
 * byte for {@value #PADDING_SHARE} tuples more than with the head that takes least, and none where
 * the page has no room for it: bytes of long keys cost the same in the head as in the tail, and
 * found in the head they are compared faster. A wider head costs padding in the slots of shorter
 * keys, and saves the length fields of those that become whole in it.
 */
final class PageMeasure {
  /** A byte more than the least is let pass for so many tuples. */
  private static final int PADDING_SHARE = 4;

  private static final int LONGER = SlotLayout.MAX_HEAD_BYTES + 1;

  /** Keys by length; the last of all that are longer than a head. */
  private final int[] lengths = new int[LONGER + 1];

  /** Of those the ones that are whole in a head with room for them. */
  private final int[] wholes = new int[LONGER + 1];

  private final int pageSizeBytes;
  private final boolean isMarked;
  private int count;
  private int suffixBytes;
  private int lengthFieldBytes;
  private int valueBytes;

  PageMeasure(int pageSizeBytes) {
    this.pageSizeBytes = pageSizeBytes;
    isMarked = SlotLayout.canBeMarked(pageSizeBytes);
  }

  void clear() {
    Arrays.fill(lengths, 0);
    Arrays.fill(wholes, 0);
    count = 0;
    suffixBytes = 0;
    lengthFieldBytes = 0;
    valueBytes = 0;
  }

  /**
   * @param canBeWhole whether the key is whole in a head with room for it
   */
  void add(int addedSuffixBytes, boolean canBeWhole, int addedValueBytes) {
    change(addedSuffixBytes, canBeWhole, addedValueBytes, 1);
  }

  /** Takes back what was {@link #add added} so. */
  void remove(int removedSuffixBytes, boolean canBeWhole, int removedValueBytes) {
    change(removedSuffixBytes, canBeWhole, removedValueBytes, -1);
  }

  private void change(int ofSuffix, boolean canBeWhole, int ofValue, int times) {
    int length = Math.min(ofSuffix, LONGER);
    lengths[length] += times;
    if (isMarked && canBeWhole) {
      wholes[length] += times;
    }
    count += times;
    suffixBytes += times * ofSuffix;
    lengthFieldBytes += times * LengthField.bytes(ofSuffix);
    valueBytes += times * ofValue;
  }

  /**
   * Bytes of tuples and slots without padding, which the layout chosen is sure to leave room for.
   */
  int bytes() {
    return isEven() ? plainBytes() - lengthFieldBytes : unevenBytes();
  }

  /** The same of a page that must not be even. */
  int unevenBytes() {
    int least = Integer.MAX_VALUE;
    int bytes = plainBytes() - wholes[0];
    int shorter = 0;
    for (int headBytes = 0; headBytes <= SlotLayout.MAX_HEAD_BYTES; headBytes++) {
      least = Math.min(least, bytes);
      // One byte wider: all that are not longer than this have a byte of padding more.
      shorter += lengths[headBytes];
      bytes += shorter - wholes[headBytes + 1];
    }
    return least;
  }

  /** The most {@link #bytes} can be: with a length field for each key, and without padding. */
  int plainBytes() {
    return bytesWithoutKeys() + suffixBytes;
  }

  /** Those of them that are not of keys, where none is whole: offsets, length fields, values. */
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
        : SlotLayout.marked(SlotLayout.of(headBytes(roomBytes), false), pageSizeBytes);
  }

  /**
   * How wide heads are best where the page is not even.
   *
   * @param roomBytes that tuples and slots may take
   */
  int headBytes(int roomBytes) {
    int least = unevenBytes();
    int most = least + Math.min(count / PADDING_SHARE, roomBytes - least);
    int widest = 0;
    int bytes = plainBytes() - wholes[0];
    int shorter = 0;
    for (int headBytes = 0; headBytes <= SlotLayout.MAX_HEAD_BYTES; headBytes++) {
      if (bytes <= most) {
        widest = headBytes;
      }
      shorter += lengths[headBytes];
      bytes += shorter - wholes[headBytes + 1];
    }
    return widest;
  }
}
