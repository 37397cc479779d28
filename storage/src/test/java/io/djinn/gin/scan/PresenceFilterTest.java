package io.djinn.gin.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.djinn.gin.posting.TidStream;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.KeyPayloads;
import io.djinn.opclass.Ternary;
import io.djinn.page.StepReader;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;

/** What presence leaves open is decided by payloads, wherever a step ends. */
class PresenceFilterTest {
  private static final int ROWS = 1_000;

  /** Answers by the one payload of key 0: 0 for NO, 1 for YES, 2 for MAYBE. */
  private record PayloadQuery() implements GinQuery {
    @Override
    public Mode mode() {
      return Mode.DEFAULT;
    }

    @Override
    public int keyCount() {
      return 2;
    }

    @Override
    public byte[] key(int index) {
      return new byte[] {(byte) index};
    }

    @Override
    public int category(int index) {
      return NORMAL_KEY;
    }

    @Override
    public int consistent(byte[] presence) {
      return presence[0] == Ternary.NO || presence[1] == Ternary.NO ? Ternary.NO : Ternary.MAYBE;
    }

    @Override
    public boolean usesPayloads() {
      return true;
    }

    @Override
    public int consistent(byte[] presence, KeyPayloads payloads) {
      assertEquals(Ternary.YES, presence[0]);
      assertEquals(Ternary.YES, presence[1]);
      return payloads.count(0);
    }

    @Override
    public boolean needsRecheck() {
      return true;
    }

    @Override
    public boolean matches(Object value) {
      throw new UnsupportedOperationException("rows are not compared here");
    }
  }

  /** Payload counts stand for payloads; every third candidate is not reached in its first step. */
  private static final class Payloads implements CandidatePayloads {
    private long tid = -1;
    private long paused = -1;
    private int asked;

    @Override
    public boolean seek(StepReader step, long candidate, byte[] presence) {
      if (++asked % 3 == 0 && paused != candidate) {
        paused = candidate;
        return false;
      }
      if (candidate <= tid) {
        throw new AssertionError(candidate + " after " + tid);
      }
      tid = candidate;
      return true;
    }

    @Override
    public int count(int key) {
      return (int) (tid % 3);
    }

    @Override
    public void wrap(int key, int index, DirectBuffer view) {
      throw new UnsupportedOperationException("no bytes here");
    }
  }

  @Test
  void payloadsDecideWhatPresenceLeavesOpen() {
    SplittableRandom random = new SplittableRandom(5);
    long[] second = LongStream.range(0, ROWS).filter(tid -> random.nextInt(4) > 0).toArray();
    TreeMap<Long, Boolean> expected = new TreeMap<>();
    LongStream.of(second).filter(tid -> tid % 3 > 0).forEach(tid -> expected.put(tid, tid % 3 > 1));
    long[] all = LongStream.range(0, ROWS).toArray();
    for (boolean isKnown : new boolean[] {false, true}) {
      // Of a conjunction presence is known and nothing is probed.
      CandidateStream input = new RequiredStream(new HeldTids(isKnown ? second : all), false);
      BufferedTids[] keys = {
        isKnown ? null : new BufferedTids(new HeldTids(all)),
        isKnown ? null : new BufferedTids(new HeldTids(second))
      };
      byte presence = isKnown ? Ternary.YES : Ternary.MAYBE;
      PresenceFilter filter =
          new PresenceFilter(
              input,
              new PayloadQuery(),
              keys,
              new byte[] {presence, presence},
              null,
              new Payloads());
      TreeMap<Long, Boolean> found = new TreeMap<>();
      List<Integer> pauses = new ArrayList<>();
      long[] block = new long[TidStream.BLOCK];
      for (int taken = 0; taken != TidStream.END; taken = filter.next(null, block)) {
        for (int i = 0; i < taken; i++) {
          found.put(block[i], filter.needsRecheck(i));
        }
        if (taken == TidStream.PAUSED) {
          pauses.add(taken);
        }
      }
      assertEquals(expected, found);
      assertEquals(true, pauses.size() > 100);
    }
  }
}
