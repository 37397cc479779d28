package io.djinn.opclass.builtin.trigram;

/** A query by SQL NULL, which matches nothing. */
final class NullQuery extends TrigramQuery {
  NullQuery() {
    super(Mode.NONE, new int[0]);
  }

  @Override
  boolean isPossible(byte[] presence) {
    return false;
  }

  @Override
  boolean matchesText(CharSequence text) {
    return false;
  }

  @Override
  public String toString() {
    return TrigramOps.NAME + " null";
  }
}
