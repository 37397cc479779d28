package io.djinn.gin.entry;

import java.util.Arrays;

/**
 * Puts ascending keys into {@link KeyGroups groups} as they come, and counts what they then take.
 *
 * <p>A group costs its entry and its stem, and saves its stem on each of its keys. A key that would
 * shorten the stem by more than a new group costs begins one. And where the last keys of a group
 * have come to share so much more than its stem that it is worth a group, they leave it for one of
 * their own: keys of one length of stem that stand before longer ones are found so. On names, paths
 * and words that is within a few percent of the best there is, with a handful of numbers kept.
 */
final class KeyGrouping {
  private static final int UNKNOWN = Integer.MAX_VALUE;

  /**
   * The groups that are closed: the number of the first key, and bytes of the stem, those of all
   * keys' prefix where these are more.
   */
  private int[] firsts = new int[64];

  private int[] stems = new int[64];
  private int closed;
  private int stemsClosed;
  private int savedClosed;
  private boolean areGiven;

  private int keys;
  private int keyBytes;

  /** The group that is open. */
  private int first;

  private int stem;

  /** Of its keys, those from here on have more in common, if there are two of them. */
  private int tailFirst;

  private int tailStem;

  /** What the last key may have added to the table of the groups and to the keys before it. */
  private int growth;

  private boolean hasClosed;
  private int before;
  private int lengthBefore;
  private int stemBefore;
  private int tailFirstBefore;
  private int tailStemBefore;

  void clear() {
    closed = 0;
    stemsClosed = 0;
    savedClosed = 0;
    keys = 0;
    keyBytes = 0;
  }

  /**
   * Adds a key above all before.
   *
   * @param common bytes it has in common with the key before
   * @param length its bytes
   * @param prefix bytes all keys have in common
   */
  void add(int common, int length, int prefix) {
    areGiven = false;
    remember(length);
    if (keys == 0) {
      open(0, length);
    } else if (common < stem) {
      if ((keys - first - 1) * (stem - common) < KeyGroups.ENTRY_BYTES + common - prefix) {
        shorten(common);
        forgetTail();
      } else {
        close();
        open(keys, length);
      }
    } else if (common == stem) {
      forgetTail();
    } else {
      if (tailStem == UNKNOWN) {
        tailFirst = keys - 1;
        tailStem = common;
      }
      tailStem = Math.min(tailStem, common);
      if (tailFirst > first
          && (keys - tailFirst) * (tailStem - stem) > KeyGroups.ENTRY_BYTES + stem - prefix) {
        close(tailFirst);
      }
    }
    keys++;
    keyBytes += length;
  }

  /**
   * Adds a key above all before to the open group, or begins one with it.
   *
   * <p>A stem stays what it was on the page the keys are from, though they may share more: heads
   * are of one length for all groups, so that keys would not always get as much shorter.
   *
   * @param itsStem bytes of the stem of a group that the key begins, also with the first key of all
   */
  void add(int length, boolean begins, int itsStem) {
    areGiven = true;
    remember(length);
    if (keys == 0) {
      open(0, itsStem);
    } else if (begins) {
      close();
      open(keys, itsStem);
    }
    keys++;
    keyBytes += length;
  }

  private void remember(int length) {
    hasClosed = false;
    growth = 0;
    lengthBefore = length;
    before = first;
    stemBefore = stem;
    tailFirstBefore = tailFirst;
    tailStemBefore = tailStem;
  }

  /**
   * Makes the open group's stem shorter, and each of its keys longer, which may end to be whole.
   */
  private void shorten(int shorter) {
    growth = (keys - first) * (stem - shorter + 1);
    stem = shorter;
  }

  private void open(int key, int itsStem) {
    growth = KeyGroups.ENTRY_BYTES + itsStem;
    first = key;
    stem = itsStem;
    forgetTail();
  }

  private void forgetTail() {
    tailStem = UNKNOWN;
  }

  private void close() {
    close(keys);
  }

  /** Closes the open group before a key; the keys from there on, with their stem, are the next. */
  private void close(int end) {
    if (closed == firsts.length) {
      firsts = Arrays.copyOf(firsts, 2 * closed);
      stems = Arrays.copyOf(stems, 2 * closed);
    }
    firsts[closed] = first;
    stems[closed] = stem;
    closed++;
    stemsClosed += stem;
    savedClosed += (end - first) * stem;
    hasClosed = true;
    if (end < keys) {
      open(end, tailStem);
    }
  }

  /** Takes the last {@link #add} back. */
  void removeLast() {
    keys--;
    keyBytes -= lengthBefore;
    if (hasClosed) {
      closed--;
      stemsClosed -= stems[closed];
      savedClosed -= (first - firsts[closed]) * stems[closed];
    }
    first = before;
    stem = stemBefore;
    tailFirst = tailFirstBefore;
    tailStem = tailStemBefore;
  }

  /**
   * The most bytes that the last {@link #add} made the table of the groups and the keys before it
   * longer by, whatever the heads are.
   */
  int growthBytes() {
    return growth;
  }

  int count() {
    return keys == 0 ? 0 : closed + 1;
  }

  /** The number of a group's first key; of the group behind the last one, the number of keys. */
  int first(int group) {
    if (group < closed) {
      return firsts[group];
    }
    return group == closed ? first : keys;
  }

  /**
   * Bytes that all keys of a group begin with.
   *
   * @param prefix bytes all keys have in common
   */
  int stem(int group, int prefix) {
    return Math.max(prefix, group < closed ? stems[group] : stem);
  }

  /** Bytes of all stems behind a prefix. */
  int stemsBytes(int prefix) {
    if (!areGiven) {
      // None of them is shorter than the prefix.
      return stemsClosed + stem - count() * prefix;
    }
    int bytes = 0;
    for (int group = 0; group < count(); group++) {
      bytes += stem(group, prefix) - prefix;
    }
    return bytes;
  }

  /** Bytes of the table of the groups and of keys behind their stems. */
  int bytes(int prefix) {
    return KeyGroups.bytes(count(), stemsBytes(prefix)) + keyBytes - saved(prefix);
  }

  private int saved(int prefix) {
    if (!areGiven) {
      return savedClosed + (keys - first) * stem;
    }
    int saved = 0;
    for (int group = 0; group < count(); group++) {
      saved += (first(group + 1) - first(group)) * stem(group, prefix);
    }
    return saved;
  }
}
