package io.djinn.build.work;

import io.djinn.memory.ByteStrings;
import io.djinn.sort.MergeSink;

/**
 * Measures how long the sink behind it takes: each block of many TIDs, and of the calls with less
 * those of one key in {@value #KEYS_A_SAMPLE}.
 */
public final class MeteredSink implements MergeSink {
  private static final int KEYS_A_SAMPLE = 32;

  /** A call with so many TIDs takes long beside a look at the clock. */
  private static final int MANY_TIDS = 512;

  private final MergeSink sink;
  private final WorkMeter meter;
  private final BuildWork kind;
  private final BuildWork around;
  private int untilSample = KEYS_A_SAMPLE / 2;

  /** Whether the present key has had a block of many TIDs, so that its end is like no other's. */
  private boolean isLong;

  /**
   * @param kind what the sink does
   * @param around what its calls come from
   */
  public MeteredSink(MergeSink sink, WorkMeter meter, BuildWork kind, BuildWork around) {
    this.sink = sink;
    this.meter = meter;
    this.kind = kind;
    this.around = around;
  }

  @Override
  public void key(long address, int length) {
    key(address, length, false);
  }

  @Override
  public void key(long address, int length, boolean hasPayloads) {
    isLong = false;
    if (--untilSample > 0) {
      sink.key(address, length, hasPayloads);
      return;
    }
    long begun = meter.beginSample(kind);
    sink.key(address, length, hasPayloads);
    meter.endSample(begun, KEYS_A_SAMPLE, around);
  }

  @Override
  public void tids(long[] tids, int count) {
    if (count < MANY_TIDS && untilSample > 0) {
      sink.tids(tids, count);
      return;
    }
    long begun = meter.beginSample(kind);
    sink.tids(tids, count);
    meter.endSample(begun, standsFor(count), around);
  }

  @Override
  public void tids(long[] tids, int count, ByteStrings payloads) {
    if (count < MANY_TIDS && untilSample > 0) {
      sink.tids(tids, count, payloads);
      return;
    }
    long begun = meter.beginSample(kind);
    sink.tids(tids, count, payloads);
    meter.endSample(begun, standsFor(count), around);
  }

  /** A block of many TIDs stands for itself, a shorter one for those of the keys not measured. */
  private int standsFor(int count) {
    if (count >= MANY_TIDS) {
      isLong = true;
      return 1;
    }
    return KEYS_A_SAMPLE;
  }

  @Override
  public void endKey() {
    if (untilSample > 0 && !isLong) {
      sink.endKey();
      return;
    }
    long begun = meter.beginSample(kind);
    sink.endKey();
    meter.endSample(begun, isLong ? 1 : KEYS_A_SAMPLE, around);
    if (untilSample == 0) {
      untilSample = KEYS_A_SAMPLE;
    }
  }
}
