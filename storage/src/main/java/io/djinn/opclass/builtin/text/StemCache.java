package io.djinn.opclass.builtin.text;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Lexemes of short ASCII words met before: a text's words are mostly those of the texts before it,
 * and stemming one takes several times as long as finding it here.
 *
 * <p>A word or lexeme is two longs, its first byte lowest, zeros behind it. Each word has one slot;
 * one that comes takes the place of the one there. For one thread at a time.
 */
final class StemCache {
  /** The longest word there is a slot for. */
  static final int MAX_BYTES = 16;

  private static final int SLOT_BITS = 11;

  /** Longs of a slot: a word and its lexeme, which is empty for a stop word. */
  private static final int SLOT_LONGS = 4;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final long[] slots = new long[SLOT_LONGS << SLOT_BITS];

  /**
   * The slot of a word, which {@link #has} may or may not.
   *
   * @param low its first eight bytes
   * @param high the next eight
   */
  static int slot(long low, long high) {
    long hash = (low ^ high * 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
    return (int) ((hash ^ hash >>> 32) * 0x94D049BB133111EBL >>> Long.SIZE - SLOT_BITS)
        * SLOT_LONGS;
  }

  /** Whether the slot has the lexeme of the word, which is not empty. */
  boolean has(int slot, long low, long high) {
    return slots[slot] == low && slots[slot + 1] == high;
  }

  /**
   * Writes the lexeme of a slot.
   *
   * @param out of {@link #MAX_BYTES} at least, all of which are written
   * @return its length in bytes, 0 for a stop word
   */
  int lexeme(int slot, byte[] out) {
    long low = slots[slot + 2];
    long high = slots[slot + 3];
    LONGS.set(out, 0, low);
    LONGS.set(out, Long.BYTES, high);
    return high == 0 ? bytes(low) : Long.BYTES + bytes(high);
  }

  private static int bytes(long packed) {
    return Long.BYTES - Long.numberOfLeadingZeros(packed) / Byte.SIZE;
  }

  /**
   * Puts a word's lexeme in its slot, if it is no longer than a word may be.
   *
   * @param lexeme of {@link #MAX_BYTES} at least; ASCII without zeros
   */
  void put(int slot, long low, long high, byte[] lexeme, int length) {
    if (length <= MAX_BYTES) {
      slots[slot] = low;
      slots[slot + 1] = high;
      slots[slot + 2] = first(lexeme, 0, length);
      slots[slot + 3] = first(lexeme, Long.BYTES, length - Long.BYTES);
    }
  }

  /** Some bytes from an index on, at most eight. */
  private static long first(byte[] bytes, int from, int count) {
    long packed = (long) LONGS.get(bytes, from);
    return count <= 0 ? 0 : count >= Long.BYTES ? packed : packed & (1L << count * Byte.SIZE) - 1;
  }
}
