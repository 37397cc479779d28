package io.djinn.opclass.builtin.text;

import io.djinn.opclass.MalformedPayloadException;
import org.agrona.DirectBuffer;

/**
 * The payload of a lexeme: its positions and weights, in no bytes where it has none.
 *
 * <p>A position is a varbyte number, low seven bits first: twice its distance from the one before,
 * plus one where its weight differs from that of the one before; then a byte with the new weight
 * follows. The first is counted from 0, with weight D. So positions of plain text take one byte
 * each where they are less than 64 apart.
 */
final class PositionCodec {
  /** Bytes of the longest payload: each position three and its weight one. */
  static final int MAX_BYTES = 4 * TsVector.MAX_POSITIONS;

  private static final int MORE = 0x80;

  private PositionCodec() {}

  /** Writes the positions of a lexeme; how many bytes that took. */
  static int encode(TsVector document, int lexeme, byte[] to) {
    int n = 0;
    int last = 0;
    int lastWeight = 0;
    for (int i = 0; i < document.positionCount(lexeme); i++) {
      char packed = document.packed(lexeme, i);
      int position = TsVector.positionOf(packed);
      int weight = TsVector.weightOf(packed);
      int number = (position - last) << 1 | (weight == lastWeight ? 0 : 1);
      for (; number >= MORE; number >>>= 7) {
        to[n++] = (byte) (number | MORE);
      }
      to[n++] = (byte) number;
      if (weight != lastWeight) {
        to[n++] = (byte) weight;
      }
      last = position;
      lastWeight = weight;
    }
    return n;
  }

  /**
   * Adds the positions of a payload.
   *
   * @throws MalformedPayloadException where it is none
   */
  static void decode(DirectBuffer payload, PositionList to) {
    int length = payload.capacity();
    int position = 0;
    int weight = 0;
    int count = 0;
    for (int at = 0; at < length; count++) {
      int number = 0;
      int next;
      int shift = 0;
      do {
        if (at == length || shift > 14) {
          throw damaged(length);
        }
        next = payload.getByte(at++) & 0xFF;
        number |= (next & MORE - 1) << shift;
        shift += 7;
      } while (next >= MORE);
      position += number >>> 1;
      if ((number & 1) != 0) {
        weight = at < length ? payload.getByte(at++) & 0xFF : 4;
      }
      if (number >>> 1 == 0
          || position > TsVector.MAX_POSITION
          || weight > 3
          || count == TsVector.MAX_POSITIONS) {
        throw damaged(length);
      }
      to.add(TsVector.pack(position, weight));
    }
  }

  private static MalformedPayloadException damaged(int length) {
    return new MalformedPayloadException(
        "a payload of " + length + " bytes is no list of positions");
  }
}
