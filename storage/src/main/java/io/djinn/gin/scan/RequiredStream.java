package io.djinn.gin.scan;

import io.djinn.gin.posting.TidStream;
import io.djinn.page.StepReader;

/** The TIDs all required streams leave, of which all need a recheck or none. */
final class RequiredStream implements CandidateStream {
  private final TidStream stream;
  private final boolean needsRecheck;

  RequiredStream(TidStream stream, boolean needsRecheck) {
    this.stream = stream;
    this.needsRecheck = needsRecheck;
  }

  @Override
  public int next(StepReader step, long[] block) {
    return stream.next(step, block);
  }

  @Override
  public void advance(long tid) {
    stream.advance(tid);
  }

  @Override
  public long tidCount() {
    return stream.tidCount();
  }

  @Override
  public boolean needsRecheck(int index) {
    return needsRecheck;
  }
}
