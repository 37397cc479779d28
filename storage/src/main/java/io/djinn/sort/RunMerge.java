package io.djinn.sort;

import io.djinn.memory.ByteStrings;
import io.djinn.memory.NativeMemory;

/**
 * Merges cursors of runs: keys in order, the lists of equal keys joined.
 *
 * <p>The cursors stand in a heap by the first eight bytes of their keys, then by the whole keys.
 * The lists of equal keys stand in a heap by their next TIDs, and the first one is read up to the
 * second's next TID: lists of disjoint TID intervals are so concatenated, overlapping ones merged;
 * a TID that two lists share is taken once.
 */
public final class RunMerge {
  private static final int BLOCK_TIDS = 1024;

  /** Keys, or blocks of TIDs of one key, between two pulses; a power of two. */
  private static final int KEYS_A_PULSE = 64;

  private final RunCursor[] heap;
  private final RunCursor[] group;
  private final long[] block = new long[BLOCK_TIDS];
  private final ByteStrings payloads = new ByteStrings();
  private final ByteStrings passed = new ByteStrings();
  private final long keyBuffer;
  private final Runnable pulse;
  private int size;
  private long keys;
  private long tids;

  /**
   * @param cursorLimit the most cursors of one merge
   * @param keyBuffer address of as many bytes as the longest key has
   * @param pulse run now and then; what it throws ends the merge
   */
  public RunMerge(int cursorLimit, long keyBuffer, Runnable pulse) {
    heap = new RunCursor[cursorLimit];
    group = new RunCursor[cursorLimit];
    this.keyBuffer = keyBuffer;
    this.pulse = pulse;
  }

  /** Adds a cursor that stands on a record. */
  public void add(RunCursor cursor) {
    int i = size++;
    while (i > 0) {
      int parent = (i - 1) >>> 1;
      if (!isBefore(cursor, heap[parent])) {
        break;
      }
      heap[i] = heap[parent];
      i = parent;
    }
    heap[i] = cursor;
  }

  /**
   * Merges all keys below a limit into a sink.
   *
   * @param limitLength of the limit, -1 for none
   */
  public void run(long limit, int limitLength, MergeSink sink) {
    int untilPulse = KEYS_A_PULSE;
    while (size > 0) {
      RunCursor first = heap[0];
      int length = first.keyLength();
      if (limitLength >= 0 && NativeMemory.compare(first.key(), length, limit, limitLength) >= 0) {
        break;
      }
      if (--untilPulse == 0) {
        untilPulse = KEYS_A_PULSE;
        pulse.run();
      }
      NativeMemory.copy(first.key(), keyBuffer, length);
      long head = first.head();
      int members = 0;
      do {
        group[members++] = heap[0];
        removeFirst();
      } while (size > 0
          && heap[0].head() == head
          && NativeMemory.compare(heap[0].key(), heap[0].keyLength(), keyBuffer, length) == 0);
      boolean hasPayloads = group[0].hasPayloads();
      sink.key(keyBuffer, length, hasPayloads);
      if (hasPayloads) {
        joinWithPayloads(members, sink);
      } else {
        join(members, sink);
      }
      sink.endKey();
      keys++;
    }
    size = 0;
  }

  /** Keys handed to sinks so far. */
  public long keys() {
    return keys;
  }

  /** TIDs handed to sinks so far. */
  public long tids() {
    return tids;
  }

  private void join(int members, MergeSink sink) {
    for (int i = 0; i < members; i++) {
      group[i].beginList();
    }
    orderGroup(members);
    int left = members;
    int count = 0;
    long last = -1;
    int blocks = 0;
    while (left > 0) {
      RunCursor cursor = group[0];
      if (cursor.tid() == last) {
        count = skip(cursor, count);
      }
      int start = count;
      count = cursor.read(block, count, below(cursor, left));
      if (count > start) {
        assert block[start] > last : "TID " + block[start] + " behind " + last;
        last = block[count - 1];
      }
      if (count == BLOCK_TIDS) {
        sink.tids(block, count);
        tids += count;
        count = 0;
        if ((++blocks & (KEYS_A_PULSE - 1)) == 0) {
          pulse.run();
        }
      }
      left = settle(left);
    }
    if (count > 0) {
      sink.tids(block, count);
      tids += count;
    }
  }

  /** Joins lists as {@link #join} does, with their payloads. */
  private void joinWithPayloads(int members, MergeSink sink) {
    for (int i = 0; i < members; i++) {
      if (!group[i].hasPayloads()) {
        throw new IllegalStateException("a key with payloads in one run and without in another");
      }
      group[i].beginList();
    }
    orderGroup(members);
    payloads.clear();
    int left = members;
    int count = 0;
    long last = -1;
    while (left > 0) {
      RunCursor cursor = group[0];
      if (cursor.tid() == last) {
        cursor.skipTid(passed);
      }
      count = cursor.read(block, count, below(cursor, left), payloads);
      last = count > 0 ? block[count - 1] : last;
      if (count == BLOCK_TIDS || payloads.totalBytes() >= RunCursor.PAYLOAD_BYTES) {
        sink.tids(block, count, payloads);
        tids += count;
        count = 0;
        payloads.clear();
        pulse.run();
      }
      left = settle(left);
    }
    if (count > 0) {
      sink.tids(block, count, payloads);
      tids += count;
    }
  }

  /** Drops a cursor's next TID, which was taken from another list; needs room for one TID. */
  private int skip(RunCursor cursor, int count) {
    return cursor.read(block, count, cursor.tid() + 1) - 1;
  }

  /** TIDs of the group's first list below this are in no other list, but for its next one. */
  private long below(RunCursor first, int members) {
    if (members == 1) {
      return RunCursor.END;
    }
    long below = group[1].tid();
    if (members > 2) {
      below = Math.min(below, group[2].tid());
    }
    return first.tid() == below && below != RunCursor.END ? below + 1 : below;
  }

  /**
   * Puts the first of the group where its next TID belongs, or its next record back among the keys.
   *
   * @return members left
   */
  private int settle(int members) {
    RunCursor cursor = group[0];
    if (cursor.tid() != RunCursor.END) {
      sinkInGroup(cursor, 0, members);
      return members;
    }
    if (cursor.nextRecord()) {
      add(cursor);
    }
    int left = members - 1;
    if (left > 0) {
      sinkInGroup(group[left], 0, left);
    }
    return left;
  }

  private void orderGroup(int members) {
    for (int i = members / 2 - 1; i >= 0; i--) {
      sinkInGroup(group[i], i, members);
    }
  }

  private void sinkInGroup(RunCursor cursor, int from, int members) {
    long tid = cursor.tid();
    int i = from;
    while (true) {
      int child = 2 * i + 1;
      if (child >= members) {
        break;
      }
      if (child + 1 < members && group[child + 1].tid() < group[child].tid()) {
        child++;
      }
      if (group[child].tid() >= tid) {
        break;
      }
      group[i] = group[child];
      i = child;
    }
    group[i] = cursor;
  }

  private void removeFirst() {
    RunCursor last = heap[--size];
    int i = 0;
    while (true) {
      int child = 2 * i + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && isBefore(heap[child + 1], heap[child])) {
        child++;
      }
      if (!isBefore(heap[child], last)) {
        break;
      }
      heap[i] = heap[child];
      i = child;
    }
    heap[i] = last;
  }

  private static boolean isBefore(RunCursor a, RunCursor b) {
    if (a.head() != b.head()) {
      return Long.compareUnsigned(a.head(), b.head()) < 0;
    }
    return NativeMemory.compare(a.key(), a.keyLength(), b.key(), b.keyLength()) < 0;
  }
}
