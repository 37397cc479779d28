package io.djinn.build.merge;

import io.djinn.sort.MergeLimit;

/**
 * A range of the key space; or one key whose list is so long that it is merged in parts.
 *
 * <p>The bounds lie in the indexes of runs. The end of a range that is being merged may be lowered,
 * by the thread that merges it, to a key that thread has not reached.
 */
public final class KeyRange implements MergeLimit {
  private final int number;
  private final long start;
  private final int startLength;
  private final boolean startsBehindKey;
  private final boolean isOneKey;
  private long end;
  private int endLength;
  private long weightBytes;
  private RangeQueue queue;
  private Runnable news;

  /** The range behind this one. */
  private KeyRange next;

  private KeyRange(
      int number,
      long start,
      int startLength,
      boolean startsBehindKey,
      boolean isOneKey,
      long weightBytes) {
    this.number = number;
    this.start = start;
    this.startLength = startLength;
    this.startsBehindKey = startsBehindKey;
    this.isOneKey = isOneKey;
    this.weightBytes = weightBytes;
    endLength = -1;
  }

  /** The whole key space. */
  static KeyRange all() {
    return from(0, 0, 0, false, 0);
  }

  /**
   * A range that has no end yet.
   *
   * @param start address of the first key that may be in it
   * @param startLength 0 where there is no lower bound
   * @param isBehind whether that key itself is not in it
   */
  static KeyRange from(
      int number, long start, int startLength, boolean isBehind, long weightBytes) {
    return new KeyRange(number, start, startLength, isBehind, false, weightBytes);
  }

  /** One key. */
  static KeyRange ofKey(int number, long key, int length, long weightBytes) {
    return new KeyRange(number, key, length, false, true, weightBytes);
  }

  /** Tells ranges apart; says nothing of their order. */
  public int number() {
    return number;
  }

  long start() {
    return start;
  }

  int startLength() {
    return startLength;
  }

  boolean startsBehindKey() {
    return startsBehindKey;
  }

  /** Whether it is one key, merged in parts. */
  public boolean isOneKey() {
    return isOneKey;
  }

  @Override
  public long key() {
    return end;
  }

  @Override
  public int keyLength() {
    return endLength;
  }

  /** Bytes of records in it, roughly. */
  public long weightBytes() {
    return weightBytes;
  }

  void weightBytes(long bytes) {
    weightBytes = bytes;
  }

  KeyRange next() {
    return next;
  }

  void end(long key, int length) {
    end = key;
    endLength = length;
  }

  void next(KeyRange behind) {
    next = behind;
  }

  /** Gives all from a key on, and some of the weight, to a new range behind this one. */
  KeyRange cut(int newNumber, long key, int length, long weightFromThere) {
    long itsWeight = Math.min(weightFromThere, weightBytes);
    KeyRange rest = from(newNumber, key, length, false, itsWeight);
    rest.end = end;
    rest.endLength = endLength;
    rest.next = next;
    end = key;
    endLength = length;
    next = rest;
    weightBytes -= itsWeight;
    return rest;
  }

  /**
   * A thread begins to merge it.
   *
   * @param whenCut run when a part of it was given to the queue
   */
  void begin(RangeQueue ofQueue, Runnable whenCut) {
    queue = ofQueue;
    news = whenCut;
  }

  @Override
  public void reached(long present, int length) {
    if (queue != null && queue.isWanted() && queue.offerRest(this, present, length)) {
      news.run();
    }
  }
}
