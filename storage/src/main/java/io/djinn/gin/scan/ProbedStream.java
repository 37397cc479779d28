package io.djinn.gin.scan;

import io.djinn.gin.posting.TidStream;
import io.djinn.page.StepReader;
import java.util.List;

/**
 * The TIDs of a stream that each of very many keys has too: one reader goes from key to key with a
 * block of candidates, so that memory does not grow with the keys.
 */
final class ProbedStream implements TidStream {
  private final TidStream input;
  private final List<ScanKey> keys;
  private final KeyRangeStream reader;
  private final ExpectedTids expected = new ExpectedTids();
  private final long[] candidates = new long[BLOCK];
  private final long[] found = new long[BLOCK];
  private long floor;
  private int count;
  private int key;
  private int kept;
  private boolean isExpected;

  /**
   * @param keys rarest first
   * @param reader reads any of them
   */
  ProbedStream(TidStream input, List<ScanKey> keys, KeyRangeStream reader) {
    this.input = input;
    this.keys = keys;
    this.reader = reader;
  }

  @Override
  public int next(StepReader step, long[] block) {
    while (true) {
      if (count == 0) {
        int taken = input.next(step, candidates);
        if (taken <= 0) {
          return taken;
        }
        count = taken;
        key = 0;
      }
      for (; key < keys.size() && count > 0; key++) {
        if (!probe(step)) {
          return PAUSED;
        }
      }
      int from = 0;
      while (from < count && candidates[from] < floor) {
        from++;
      }
      int given = count - from;
      System.arraycopy(candidates, from, block, 0, given);
      count = 0;
      if (given > 0) {
        return given;
      }
    }
  }

  /** Keeps the candidates the present key has; false where the step is spent. */
  private boolean probe(StepReader step) {
    if (!isExpected) {
      expected.clear();
      for (int i = 0; i < count; i++) {
        expected.expect(candidates[i]);
      }
      reader.expect(expected, keys.get(key));
      kept = 0;
      isExpected = true;
    }
    while (true) {
      int taken = reader.next(step, found);
      if (taken == PAUSED) {
        return false;
      }
      if (taken == END) {
        count = kept;
        isExpected = false;
        return true;
      }
      System.arraycopy(found, 0, candidates, kept, taken);
      kept += taken;
    }
  }

  @Override
  public void advance(long tid) {
    floor = Math.max(floor, tid);
    input.advance(tid);
  }

  @Override
  public long tidCount() {
    return input.tidCount();
  }
}
