package io.djinn.gin.scan;

import io.djinn.memory.ByteStrings;
import io.djinn.opclass.Ternary;
import io.djinn.page.StepReader;
import org.agrona.DirectBuffer;

/**
 * Fetches for one candidate row after the other the payloads of the keys it has.
 *
 * <p>Of a range that has more keys than a scan reads payloads of, there are none, although the row
 * has some of its keys: what the query then can not decide is left to the row.
 */
final class PayloadProbe implements CandidatePayloads {
  private final PayloadSource[] sources;
  private final ByteStrings[] found;
  private int next;

  /**
   * @param sources one a key of the query, null where the index does not have the key, or more of a
   *     range than are read
   */
  PayloadProbe(PayloadSource[] sources) {
    this.sources = sources;
    found = new ByteStrings[sources.length];
    for (int i = 0; i < found.length; i++) {
      found[i] = new ByteStrings();
    }
  }

  /**
   * Fetches the payloads of a row; where the step is spent first, it is to be called again for the
   * same row in the next.
   *
   * @param tid not below the one before
   * @param presence of the keys, all known
   * @return false where the step is spent
   */
  @Override
  public boolean seek(StepReader step, long tid, byte[] presence) {
    for (; next < sources.length; next++) {
      found[next].clear();
      if (presence[next] == Ternary.YES
          && sources[next] != null
          && sources[next].find(step, tid, found[next]) == PayloadSource.PAUSED) {
        return false;
      }
    }
    next = 0;
    return true;
  }

  @Override
  public int count(int key) {
    return found[key].count();
  }

  @Override
  public void wrap(int key, int index, DirectBuffer view) {
    ByteStrings payloads = found[key];
    view.wrap(payloads.array(), payloads.offset(index), payloads.length(index));
  }
}
