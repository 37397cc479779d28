package io.djinn.gin.entry;

import io.djinn.gin.posting.PayloadPart;
import io.djinn.opclass.GinQuery;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Composite keys {@code [column u8][category u8][key bytes]} and how long they and their tuples may
 * be.
 *
 * <p>The limits make sure that a split always finds a point at which both halves fit. A page takes
 * three of the longest keys: the halves of an inner page have one each, and one goes up. A tuple of
 * a leaf, with its list, is at most half a page, less {@link #SLACK_BYTES}: what does not fit is at
 * most a full page and one such tuple, so where as many as fit go to the left, the right gets less
 * than two of the longest. In a half the common prefix is no shorter and no padding is needed, so
 * it takes no more than its part of the whole. Only the tuples of an even page grow where a key of
 * another length comes: the list that comes with it is shorter by {@link EntryPage#growthBytes}, so
 * it fits beside the shorter side of what was there. Of a page with groups each part keeps those it
 * had, and their stems, so that both sides of a key that comes take no more than they took; with it
 * the one that is shorter fits, for a stem that both sides need now was in the key that comes
 * between as well.
 */
public final class EntryKeys {
  /** Bytes before the key itself: column and category. */
  public static final int HEADER_BYTES = 2;

  static final int SLACK_BYTES = 10;

  private EntryKeys() {}

  /** The longest composite key a store with pages of this size takes, bytes. */
  public static int maxKeyBytes(int pageSizeBytes) {
    return maxTupleBytes(pageSizeBytes, 3)
        - EntryTuple.MAX_LENGTH_FIELD_BYTES
        - LeafValue.TREE_BYTES;
  }

  /** The most bytes a tuple may have of which a page takes so many, its slot not counted. */
  private static int maxTupleBytes(int pageSizeBytes, int tuples) {
    return (pageSizeBytes - EntryPage.PREFIX) / tuples - SlotLayout.MAX_SLOT_BYTES - SLACK_BYTES;
  }

  /**
   * The most bytes an encoded posting list of a key may have inline; a longer one goes to a posting
   * tree.
   *
   * @param keyLength bytes of the composite key
   */
  public static int maxInlineListBytes(int pageSizeBytes, int keyLength) {
    return maxTupleBytes(pageSizeBytes, 2) - EntryTuple.MAX_LENGTH_FIELD_BYTES - keyLength;
  }

  /** The most bytes of a payload of a TID that a store with pages of this size takes. */
  public static int maxPayloadBytes(int pageSizeBytes) {
    return PayloadPart.maxPayloadBytes(pageSizeBytes);
  }

  /** A composite key in words: column, and its text, or its bytes where they are no text. */
  public static String describe(byte[] key) {
    if (key.length < HEADER_BYTES) {
      return "key " + HexFormat.of().formatHex(key);
    }
    String words = "column " + (key[0] & 0xFF) + ", ";
    return words
        + switch (key[1]) {
          case GinQuery.NORMAL_KEY -> "key " + text(key);
          case GinQuery.NULL_ELEMENT -> "null element";
          case GinQuery.EMPTY_ITEM -> "empty item";
          case GinQuery.NULL_ITEM -> "null item";
          default -> "unknown category " + (key[1] & 0xFF) + " " + text(key);
        };
  }

  private static String text(byte[] key) {
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(key, HEADER_BYTES, key.length - HEADER_BYTES))
              .toString();
      if (text.codePoints().noneMatch(Character::isISOControl)) {
        return '"' + text + '"';
      }
    } catch (CharacterCodingException e) {
      // No text: shown as bytes below.
    }
    return "0x" + HexFormat.of().formatHex(key, HEADER_BYTES, key.length);
  }

  /** The composite key of a key of an operator class. */
  public static byte[] compose(int column, int category, byte[] key) {
    byte[] composite = new byte[HEADER_BYTES + key.length];
    composite[0] = (byte) column;
    composite[1] = (byte) category;
    System.arraycopy(key, 0, composite, HEADER_BYTES, key.length);
    return composite;
  }
}
