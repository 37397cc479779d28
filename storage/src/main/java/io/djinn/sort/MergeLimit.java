package io.djinn.sort;

/** Where a merge ends: a key that may be lowered while it goes on, as long as it is not reached. */
public interface MergeLimit {
  /** No limit. */
  MergeLimit NONE = fixed(0, -1);

  /** Address of the first key that is not merged. */
  long key();

  /** Its length, -1 where there is no limit. */
  int keyLength();

  /**
   * Told now and then how far the merge has come; only here may the limit change.
   *
   * @param key address of the key merged last, or that is being merged: the limit stays above it
   */
  void reached(long key, int length);

  /** A limit that stays. */
  static MergeLimit fixed(long key, int length) {
    return new MergeLimit() {
      @Override
      public long key() {
        return key;
      }

      @Override
      public int keyLength() {
        return length;
      }

      @Override
      public void reached(long ofKey, int itsLength) {}
    };
  }
}
