package io.djinn.sort;

import io.djinn.memory.NativeMemory;

/**
 * Finds the lowest key of many cursors: a tournament whose inner nodes keep who lost there.
 *
 * <p>Each cursor has a code that tells its key from the one that beat it, or, where none did, from
 * the key taken last: how far the two are the same, and the first byte behind. Of two keys that
 * were told from the same third one the lower code has the lower key, and keeps the other's code
 * true; only where codes are the same too the keys themselves are looked at, from there on. Runs
 * say of each key how much of the one before it shares, so that no byte is compared twice (trees of
 * losers: Knuth, volume 3, 5.4.1; offset-value codes: Conner 1977, Graefe and Do 2023).
 *
 * <p>Equal keys are taken together: they lost to each other with the code {@link #EQUAL}.
 */
final class KeyTournament {
  /** Code of a key that is the same as the one it is told from. */
  private static final int EQUAL = 0;

  /** Code of a cursor that has come to its end. */
  private static final int EXHAUSTED = Integer.MAX_VALUE;

  private static final int BYTE_BITS = 8;

  private final RunCursor[] cursors;
  private final int[] codes;

  /** Cursors at inner nodes, by number; the children of node {@code n} are 2n and 2n + 1. */
  private final int[] losers;

  private final int[] taken;
  private final boolean[] isTaken;
  private int count;
  private int takenCount;
  private int first;

  KeyTournament(int cursorLimit) {
    cursors = new RunCursor[cursorLimit];
    codes = new int[cursorLimit];
    losers = new int[cursorLimit];
    taken = new int[cursorLimit];
    isTaken = new boolean[cursorLimit];
  }

  /** Adds a cursor that stands on a record, before {@link #start}. */
  void add(RunCursor cursor) {
    cursors[count] = cursor;
    codes[count] = cursor.keyLength() == 0 ? EQUAL : code(cursor, 0);
    count++;
  }

  int count() {
    return count;
  }

  RunCursor cursor(int number) {
    return cursors[number];
  }

  /** Lets all play. */
  void start() {
    if (count > 0) {
      first = playAll(1);
    }
  }

  /** The cursor with the lowest key, or null where all have come to their ends. */
  RunCursor first() {
    return count == 0 || codes[first] == EXHAUSTED ? null : cursors[first];
  }

  /** Gives all cursors on the lowest key; {@link #advance} must follow. */
  int take(RunCursor[] into) {
    takenCount = 0;
    take(first, 0);
    for (int i = 0; i < takenCount; i++) {
      into[i] = cursors[taken[i]];
    }
    return takenCount;
  }

  /** Takes a cursor, and those it beat below a node that have its key. */
  private void take(int number, int below) {
    taken[takenCount++] = number;
    isTaken[number] = true;
    for (int node = count + number >>> 1; node != below; node >>>= 1) {
      int loser = losers[node];
      if (codes[loser] == EQUAL) {
        take(loser, node);
      }
    }
  }

  /** Moves the cursors that were taken to their next records; they have passed their lists. */
  void advance() {
    for (int i = 0; i < takenCount; i++) {
      int number = taken[i];
      RunCursor cursor = cursors[number];
      codes[number] = cursor.nextRecord() ? code(cursor, cursor.sharedLength()) : EXHAUSTED;
    }
    if (takenCount == 1) {
      first = taken[0];
      for (int node = count + first >>> 1; node > 0; node >>>= 1) {
        first = play(node, first, losers[node]);
      }
    } else {
      first = playTaken(1);
    }
    for (int i = 0; i < takenCount; i++) {
      isTaken[taken[i]] = false;
    }
  }

  private static int code(RunCursor cursor, int sharedLength) {
    return RunWriter.MAX_KEY_BYTES - sharedLength << BYTE_BITS
        | NativeMemory.getUnsignedByte(cursor.key() + sharedLength);
  }

  private int playAll(int node) {
    return node >= count ? node - count : play(node, playAll(2 * node), playAll(2 * node + 1));
  }

  /** Plays anew where somebody won who was taken; only there a winner may be another. */
  private int playTaken(int node) {
    if (node >= count) {
      return node - count;
    }
    int loser = losers[node];
    if (isTaken[loser]) {
      return play(node, playTaken(2 * node), playTaken(2 * node + 1));
    }
    int leaf = count + loser;
    int levels = Integer.numberOfLeadingZeros(node) - Integer.numberOfLeadingZeros(leaf);
    int child = leaf >>> levels - 1;
    return play(node, loser, playTaken(child ^ 1));
  }

  /** Leaves the loser at a node; returns the winner. */
  private int play(int node, int a, int b) {
    boolean isFirst = codes[a] == codes[b] ? playOut(a, b) : codes[a] < codes[b];
    losers[node] = isFirst ? b : a;
    return isFirst ? a : b;
  }

  /** Compares keys with the same code; returns whether the first one wins. */
  private boolean playOut(int a, int b) {
    int code = codes[a];
    if (code == EQUAL || code == EXHAUSTED) {
      return true;
    }
    RunCursor one = cursors[a];
    RunCursor other = cursors[b];
    int from = RunWriter.MAX_KEY_BYTES - (code >>> BYTE_BITS) + 1;
    int shared =
        from
            + NativeMemory.commonPrefix(
                one.key() + from,
                one.keyLength() - from,
                other.key() + from,
                other.keyLength() - from);
    boolean isFirst;
    if (shared == one.keyLength()) {
      isFirst = true;
    } else if (shared == other.keyLength()) {
      isFirst = false;
    } else {
      isFirst =
          NativeMemory.getUnsignedByte(one.key() + shared)
              < NativeMemory.getUnsignedByte(other.key() + shared);
    }
    int loser = isFirst ? b : a;
    RunCursor losing = cursors[loser];
    codes[loser] = shared == losing.keyLength() ? EQUAL : code(losing, shared);
    return isFirst;
  }
}
