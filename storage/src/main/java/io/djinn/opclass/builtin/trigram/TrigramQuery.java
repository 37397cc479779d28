package io.djinn.opclass.builtin.trigram;

import io.djinn.opclass.GinQuery;
import io.djinn.opclass.Ternary;

/** A query whose keys are trigrams; the row itself has the last word. */
abstract sealed class TrigramQuery implements GinQuery
    permits RequiredTrigrams, SimilarityQuery, ExpressionQuery, NullQuery {
  private final Mode mode;
  private final byte[][] keys;

  /**
   * @param trigrams distinct, ascending
   */
  TrigramQuery(Mode mode, int[] trigrams) {
    this.mode = mode;
    keys = new byte[trigrams.length][];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = Trigrams.bytes(trigrams[i]);
    }
  }

  /** Whether the trigrams present, or not known, leave it possible that the row matches. */
  abstract boolean isPossible(byte[] presence);

  abstract boolean matchesText(CharSequence text);

  @Override
  public final Mode mode() {
    return mode;
  }

  @Override
  public final int keyCount() {
    return keys.length;
  }

  @Override
  public final byte[] key(int index) {
    return keys[index];
  }

  @Override
  public final int category(int index) {
    return NORMAL_KEY;
  }

  @Override
  public final int consistent(byte[] presence) {
    return mode != Mode.NONE && isPossible(presence) ? Ternary.MAYBE : Ternary.NO;
  }

  @Override
  public final boolean needsRecheck() {
    return mode != Mode.NONE;
  }

  @Override
  public final boolean matches(Object value) {
    return value != null && mode != Mode.NONE && matchesText(TrigramOps.text(value));
  }

  @Override
  public final String operatorClass() {
    return TrigramOps.NAME;
  }
}
