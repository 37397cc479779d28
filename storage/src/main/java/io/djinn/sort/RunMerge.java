package io.djinn.sort;

import io.djinn.memory.ByteStrings;
import io.djinn.memory.NativeMemory;

/**
 * Merges cursors of runs: keys in order, the lists of equal keys joined.
 *
 * <p>Which key is next the cursors play out in a {@link KeyTournament}. The lists of equal keys
 * stand in a heap by their next TIDs, and the first one is read up to the second's next TID: lists
 * of disjoint TID intervals are so concatenated, overlapping ones merged; a TID that two lists
 * share is taken once.
 */
public final class RunMerge {
  private static final int BLOCK_TIDS = 1024;

  /** Work between two pulses: a TID is one unit of it, more is what goes with a key or a step. */
  private static final int WORK_A_PULSE = 1 << 16;

  private static final int WORK_A_KEY = WORK_A_PULSE >> 6;
  private static final int WORK_A_STEP = 8;

  private final KeyTournament tournament;
  private final RunCursor[] group;
  private final long[] block = new long[BLOCK_TIDS];
  private final ByteStrings payloads = new ByteStrings();
  private final ByteStrings passed = new ByteStrings();
  private final long keyBuffer;
  private final Runnable pulse;
  private int untilPulse = WORK_A_PULSE;
  private MergeLimit end = MergeLimit.NONE;
  private int presentLength;

  /** Of the list that is joined, TIDs from here on are left out; all are in when a whole one is. */
  private long belowTid;

  private long keys;
  private long tids;

  /**
   * @param cursorLimit the most cursors of one merge
   * @param keyBuffer address of as many bytes as the longest key has
   * @param pulse run now and then; what it throws ends the merge
   */
  public RunMerge(int cursorLimit, long keyBuffer, Runnable pulse) {
    tournament = new KeyTournament(cursorLimit);
    group = new RunCursor[cursorLimit];
    this.keyBuffer = keyBuffer;
    this.pulse = pulse;
  }

  /** Adds a cursor that stands on a record. */
  public void add(RunCursor cursor) {
    tournament.add(cursor);
  }

  /**
   * Merges all keys below a limit into a sink.
   *
   * @param limitLength of the limit, -1 for none
   */
  public void run(long limit, int limitLength, MergeSink sink) {
    run(MergeLimit.fixed(limit, limitLength), sink);
  }

  /** Merges all keys below a limit, which may be lowered meanwhile, into a sink. */
  public void run(MergeLimit limit, MergeSink sink) {
    end = limit;
    tournament.start();
    for (RunCursor first = tournament.first(); first != null; first = tournament.first()) {
      int length = first.keyLength();
      if (end.keyLength() >= 0
          && NativeMemory.compare(first.key(), length, end.key(), end.keyLength()) >= 0) {
        break;
      }
      NativeMemory.copy(first.key(), keyBuffer, length);
      presentLength = length;
      boolean hasPayloads = first.hasPayloads();
      sink.key(keyBuffer, length, hasPayloads);
      join(tournament.take(group), hasPayloads, sink);
      sink.endKey();
      tournament.advance();
      keys++;
      spend(WORK_A_KEY);
    }
  }

  /**
   * Merges a part of the list of one key, on which all cursors stand, into a sink; which hears
   * nothing at all where there is nothing in that part.
   *
   * @param from TIDs below are left out; the part from 0 counts as the key
   * @param below and so are those from here on
   */
  public void runPart(long from, long below, MergeSink sink) {
    end = MergeLimit.NONE;
    int members = tournament.count();
    if (members == 0) {
      return;
    }
    RunCursor first = tournament.cursor(0);
    presentLength = first.keyLength();
    NativeMemory.copy(first.key(), keyBuffer, presentLength);
    boolean hasPayloads = first.hasPayloads();
    belowTid = below;
    int withTids = 0;
    for (int i = 0; i < members; i++) {
      RunCursor cursor = tournament.cursor(i);
      cursor.beginList();
      cursor.skipBelow(from);
      if (cursor.tid() < below) {
        group[withTids++] = cursor;
      }
    }
    if (withTids > 0) {
      sink.key(keyBuffer, presentLength, hasPayloads);
      joinBegun(withTids, hasPayloads, sink);
      sink.endKey();
    }
    keys += from == 0 ? 1 : 0;
  }

  /** Counts work; so one step that takes a TID pulses as surely as one that passes over it. */
  private void spend(int work) {
    untilPulse -= work;
    if (untilPulse <= 0) {
      untilPulse = WORK_A_PULSE;
      pulse.run();
      end.reached(keyBuffer, presentLength);
    }
  }

  /** Keys handed to sinks so far. */
  public long keys() {
    return keys;
  }

  /** TIDs handed to sinks so far. */
  public long tids() {
    return tids;
  }

  private void join(int members, boolean hasPayloads, MergeSink sink) {
    belowTid = RunCursor.END;
    for (int i = 0; i < members; i++) {
      group[i].beginList();
    }
    joinBegun(members, hasPayloads, sink);
  }

  private void joinBegun(int members, boolean hasPayloads, MergeSink sink) {
    for (int i = 0; i < members; i++) {
      if (group[i].hasPayloads() != hasPayloads) {
        throw new IllegalStateException("a key with payloads in one run and without in another");
      }
    }
    for (int i = members / 2 - 1; i >= 0; i--) {
      sinkInGroup(group[i], i, members);
    }
    if (hasPayloads) {
      joinWithPayloads(members, sink);
    } else {
      joinPlain(members, sink);
    }
  }

  private void joinPlain(int members, MergeSink sink) {
    int left = members;
    int count = 0;
    long last = -1;
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
      spend(WORK_A_STEP + count - start);
      if (count == BLOCK_TIDS) {
        sink.tids(block, count);
        tids += count;
        count = 0;
      }
      left = settle(left);
    }
    if (count > 0) {
      sink.tids(block, count);
      tids += count;
    }
  }

  private void joinWithPayloads(int members, MergeSink sink) {
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
        spend(WORK_A_KEY);
      }
      spend(WORK_A_STEP);
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
      return belowTid;
    }
    long below = group[1].tid();
    if (members > 2) {
      below = Math.min(below, group[2].tid());
    }
    return first.tid() == below ? below + 1 : below;
  }

  /**
   * Puts the first of the group where its next TID belongs, or takes it out.
   *
   * @return members left
   */
  private int settle(int members) {
    RunCursor cursor = group[0];
    if (cursor.tid() < belowTid) {
      sinkInGroup(cursor, 0, members);
      return members;
    }
    int left = members - 1;
    if (left > 0) {
      sinkInGroup(group[left], 0, left);
    }
    return left;
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
}
