package io.djinn.build.merge;

import io.djinn.sort.BlockInput;

/** Pulses at each block of a run, so that a long list is not passed over without a look around. */
final class PulsedInput implements BlockInput {
  private final BlockInput in;
  private final Runnable pulse;

  PulsedInput(BlockInput in, Runnable pulse) {
    this.in = in;
    this.pulse = pulse;
  }

  @Override
  public void seek(long place) {
    pulse.run();
    in.seek(place);
  }

  @Override
  public boolean next() {
    pulse.run();
    return in.next();
  }

  @Override
  public long address() {
    return in.address();
  }

  @Override
  public int usedBytes() {
    return in.usedBytes();
  }

  @Override
  public int firstRecord() {
    return in.firstRecord();
  }
}
