package io.djinn.build.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.sort.MergeSink;
import io.djinn.testkit.TestSeed;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WorkMeterTest {
  private long now;
  private final WorkMeter meter = new WorkMeter(() -> now);

  private long total() {
    return Arrays.stream(BuildWork.values()).mapToLong(meter::nanos).sum();
  }

  @Test
  void timeGoesToWhatTheThreadIsAt() {
    now = 100;
    assertNull(meter.turnTo(BuildWork.SCAN));
    now = 107;
    assertEquals(BuildWork.SCAN, meter.turnTo(BuildWork.ACCUMULATE));
    now = 110;
    assertEquals(BuildWork.ACCUMULATE, meter.turnTo(BuildWork.SCAN));
    now = 111;
    assertEquals(BuildWork.SCAN, meter.turnTo(null));
    now = 1_000;
    assertNull(meter.turnTo(BuildWork.MERGE));
    assertEquals(8, meter.nanos(BuildWork.SCAN));
    assertEquals(3, meter.nanos(BuildWork.ACCUMULATE));
    assertEquals(11, total());
  }

  @Test
  void aSampleStandsForTheOthersAndLeavesTheSumAsItIs() {
    meter.turnTo(BuildWork.SCAN);
    for (int row = 1; row <= 320; row++) {
      now += 10;
      if (row % 32 == 0) {
        long begun = meter.beginSample(BuildWork.EXTRACT);
        now += 20;
        BuildWork before = meter.turnTo(BuildWork.ACCUMULATE);
        now += 5;
        meter.turnTo(before);
        now += 10;
        meter.endSample(begun, 32, BuildWork.SCAN);
      } else {
        now += 30;
      }
    }
    meter.turnTo(null);
    assertEquals(320 * 10, meter.nanos(BuildWork.SCAN));
    assertEquals(320 * 30, meter.nanos(BuildWork.EXTRACT));
    assertEquals(10 * 5, meter.nanos(BuildWork.ACCUMULATE));
    assertEquals(now, total());
  }

  @Test
  void aSampleNeverTakesMoreThanThereIs() {
    meter.turnTo(BuildWork.SCAN);
    now += 100;
    long begun = meter.beginSample(BuildWork.EXTRACT);
    now += 50;
    meter.endSample(begun, 32, BuildWork.SCAN);
    meter.turnTo(null);
    assertEquals(0, meter.nanos(BuildWork.SCAN));
    assertEquals(150, meter.nanos(BuildWork.EXTRACT));
  }

  /** Costs so much for each key and so much for each TID. */
  private final class CostlySink implements MergeSink {
    private static final int KEY_NANOS = 300;
    private static final int TID_NANOS = 2;
    private long nanos;

    private void spend(long cost) {
      now += cost;
      nanos += cost;
    }

    @Override
    public void key(long address, int length) {
      spend(KEY_NANOS);
    }

    @Override
    public void tids(long[] tids, int count) {
      spend((long) count * TID_NANOS);
    }

    @Override
    public void endKey() {
      spend(KEY_NANOS);
    }
  }

  /** Calls of short lists are estimated, those of long ones measured: neither is far off. */
  @Test
  void aSinksTimeIsFoundWhateverTheLengthsOfTheLists() {
    SplittableRandom random = new SplittableRandom(TestSeed.forTest("WorkMeterTest"));
    for (int longest : new int[] {1, 30, 1_000, 20_000}) {
      long before = meter.nanos(BuildWork.LOAD);
      CostlySink sink = new CostlySink();
      MeteredSink metered = new MeteredSink(sink, meter, BuildWork.LOAD, BuildWork.MERGE);
      meter.turnTo(BuildWork.MERGE);
      for (int key = 0; key < 20_000; key++) {
        now += 400;
        metered.key(0, 0);
        int left = 1 + random.nextInt(longest);
        while (left > 0) {
          int count = Math.min(1_024, left);
          now += count;
          metered.tids(new long[0], count);
          left -= count;
        }
        metered.endKey();
      }
      meter.turnTo(null);
      double found = meter.nanos(BuildWork.LOAD) - before;
      assertEquals(1, found / sink.nanos, 0.08, "longest list " + longest);
    }
    assertEquals(now, total());
  }

  @Test
  void shortListsAreLookedAtSeldomAndLongOnesOnceABlock() {
    long[] looks = new long[1];
    WorkMeter counted = new WorkMeter(() -> ++looks[0]);
    MeteredSink metered =
        new MeteredSink(new CostlySink(), counted, BuildWork.LOAD, BuildWork.MERGE);
    counted.turnTo(BuildWork.MERGE);
    for (int key = 0; key < 32_000; key++) {
      metered.key(0, 0);
      metered.tids(new long[0], 3);
      metered.endKey();
    }
    assertTrue(looks[0] <= 1 + 6 * 1_001, looks[0] + " looks at the clock");
    looks[0] = 0;
    metered.key(0, 0);
    for (int block = 0; block < 1_000; block++) {
      metered.tids(new long[0], 1_024);
    }
    metered.endKey();
    assertTrue(looks[0] <= 2_006, looks[0] + " looks at the clock");
  }
}
