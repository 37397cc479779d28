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
 * <p>The limits make sure that a page takes three of the longest tuples whatever its common prefix,
 * so that a split always finds a point at which both halves fit: a tuple with its slot is at most a
 * third of a page, less {@link #PREFIX_SLACK_BYTES}, by which a longer common prefix may make a
 * half longer than it was in the whole.
 */
public final class EntryKeys {
  /** Bytes before the key itself: column and category. */
  public static final int HEADER_BYTES = 2;

  static final int PREFIX_SLACK_BYTES = EntryPage.HEAD_BYTES;

  private EntryKeys() {}

  /** The longest composite key a store with pages of this size takes, bytes. */
  public static int maxKeyBytes(int pageSizeBytes) {
    return maxTupleBytes(pageSizeBytes) - EntryTuple.MAX_LENGTH_FIELD_BYTES - LeafValue.TREE_BYTES;
  }

  /** The most bytes a tuple may have, its slot not counted and no prefix elided. */
  static int maxTupleBytes(int pageSizeBytes) {
    return (pageSizeBytes - EntryPage.PREFIX) / 3 - EntryPage.SLOT_BYTES - PREFIX_SLACK_BYTES;
  }

  /**
   * The most bytes an encoded posting list of a key may have inline; a longer one goes to a posting
   * tree.
   *
   * @param keyLength bytes of the composite key
   */
  public static int maxInlineListBytes(int pageSizeBytes, int keyLength) {
    return maxTupleBytes(pageSizeBytes) - EntryTuple.MAX_LENGTH_FIELD_BYTES - keyLength;
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
