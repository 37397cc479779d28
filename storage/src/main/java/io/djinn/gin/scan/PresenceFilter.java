package io.djinn.gin.scan;

import io.djinn.opclass.GinQuery;
import io.djinn.opclass.MalformedPayloadException;
import io.djinn.opclass.Ternary;
import io.djinn.page.StepReader;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Keeps of another stream's TIDs those a query does not refuse, deciding from the presence of its
 * keys.
 *
 * <p>A block of candidates at a time: the key streams are probed one after the other, rarer ones
 * first, for the candidates that are still open; after the first, second, fourth, eighth … and the
 * last key {@code consistent} is asked with the keys not yet probed as MAYBE, and what it decides
 * is probed no further. What no presence decides, the payloads of the keys may.
 *
 * <p>A query of very many keys takes long to answer: a step is left after so many answers as look
 * at {@link #LOOKS_PER_STEP} keys.
 */
final class PresenceFilter implements CandidateStream {
  /** Keys whose presence queries are given to look at in a step, about. */
  private static final int LOOKS_PER_STEP = 1 << 20;

  private final CandidateStream input;
  private final GinQuery query;
  private final BufferedTids[] keys;
  private final int[] order;
  private final BufferedTids excluded;

  /** Of each candidate the presence of the keys that are probed, in the order in which they are. */
  private final byte[][] presence;

  /** Presence of all keys as the query is asked with it. */
  private final byte[] asked;

  /** What rows are compared by before they are fetched, or null. */
  private final CandidatePayloads payloads;

  private final long[] candidates = new long[BLOCK];
  private final byte[] verdicts = new byte[BLOCK];
  private final int[] open = new int[BLOCK];

  /** Of each TID of the block given last, whether its row must be compared. */
  private final boolean[] rechecks = new boolean[BLOCK];

  private int count;
  private int openCount;
  private int probed;
  private int probedOpen;
  private int compared;
  private boolean isDecided;
  private boolean isMarked;
  private int decided;
  private int looksLeft;
  private boolean isExcluding;
  private boolean isExpected;
  private long floor;

  /**
   * @param keys the stream of each key of the query, null where presence is known
   * @param presence of each key what is known for all candidates; MAYBE for good of one that has no
   *     stream, and then there are no payloads
   * @param excluded TIDs that are dropped whatever the query says, or null
   * @param payloads of the candidates, or null where there are none or the query does not use them
   */
  PresenceFilter(
      CandidateStream input,
      GinQuery query,
      BufferedTids[] keys,
      byte[] presence,
      BufferedTids excluded,
      CandidatePayloads payloads) {
    this.input = input;
    this.query = query;
    this.keys = keys;
    this.excluded = excluded;
    order = rarestFirst(keys);
    this.payloads = payloads;
    this.presence = new byte[BLOCK][order.length];
    asked = presence.clone();
  }

  private static int[] rarestFirst(BufferedTids[] keys) {
    return IntStream.range(0, keys.length)
        .filter(i -> keys[i] != null)
        .boxed()
        .sorted(Comparator.comparingLong(i -> keys[i].stream().tidCount()))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  @Override
  public int next(StepReader step, long[] block) {
    looksLeft = LOOKS_PER_STEP;
    while (true) {
      if (count == 0) {
        int taken = begin(step);
        if (taken <= 0) {
          return taken;
        }
      }
      if (isExcluding && !exclude(step)) {
        return PAUSED;
      }
      if (!probe(step) || (payloads != null && !compare(step))) {
        return PAUSED;
      }
      int found = collect(block);
      count = 0;
      if (found > 0) {
        return found;
      }
    }
  }

  private int begin(StepReader step) {
    input.advance(floor);
    int taken = input.next(step, candidates);
    if (taken <= 0) {
      return taken;
    }
    count = taken;
    openCount = taken;
    probed = 0;
    probedOpen = 0;
    compared = 0;
    isDecided = false;
    isMarked = false;
    decided = 0;
    isExcluding = excluded != null;
    for (int i = 0; i < taken; i++) {
      open[i] = i;
      verdicts[i] = Ternary.MAYBE;
      Arrays.fill(presence[i], Ternary.MAYBE);
    }
    return taken;
  }

  /** Drops what is excluded; false where the step is spent. */
  private boolean exclude(StepReader step) {
    for (; probedOpen < openCount; probedOpen++) {
      long tid = candidates[open[probedOpen]];
      int found = excluded.seek(step, tid);
      if (found == PAUSED) {
        return false;
      }
      if (found == BufferedTids.READY && excluded.head() == tid) {
        verdicts[open[probedOpen]] = Ternary.NO;
      }
    }
    isExcluding = false;
    probedOpen = 0;
    keepOpen();
    return true;
  }

  /** Probes key after key until every candidate is decided; false where the step is spent. */
  private boolean probe(StepReader step) {
    if (order.length == 0 && !isDecided) {
      if (!decide()) {
        return false;
      }
      isDecided = true;
    }
    while (probed < order.length && openCount > 0) {
      if (!isMarked && !mark(step)) {
        return false;
      }
      int known = probed + 1;
      if ((known == order.length || Integer.bitCount(known) == 1) && !decide()) {
        return false;
      }
      probed = known;
      isMarked = false;
    }
    return true;
  }

  /** Marks which open candidates the next key has; false where the step is spent. */
  private boolean mark(StepReader step) {
    BufferedTids key = keys[order[probed]];
    if (key.isProbed() && !isExpected) {
      key.expect(candidates, open, 0, openCount);
    }
    isExpected = true;
    probedOpen = key.mark(step, candidates, open, probedOpen, openCount, presence, probed);
    if (probedOpen < openCount) {
      return false;
    }
    probedOpen = 0;
    isExpected = false;
    isMarked = true;
    return true;
  }

  /**
   * Asks the query about the candidates that presence leaves open with their payloads; false where
   * the step is spent.
   */
  private boolean compare(StepReader step) {
    for (; compared < openCount; compared++) {
      int candidate = open[compared];
      if (looksLeft <= 0 || !payloads.seek(step, candidates[candidate], presenceOf(candidate))) {
        return false;
      }
      try {
        verdicts[candidate] = (byte) query.consistent(asked, payloads);
      } catch (MalformedPayloadException malformed) {
        throw malformed.of(candidates[candidate]);
      }
      looksLeft -= asked.length;
    }
    return true;
  }

  /**
   * Asks the query about the open candidates and closes those it has decided; false where the step
   * has had enough of it.
   */
  private boolean decide() {
    for (; decided < openCount; decided++) {
      if (looksLeft <= 0) {
        return false;
      }
      verdicts[open[decided]] = (byte) query.consistent(presenceOf(open[decided]));
      looksLeft -= asked.length;
    }
    decided = 0;
    keepOpen();
    return true;
  }

  /** What is known of all keys for a candidate. */
  private byte[] presenceOf(int candidate) {
    byte[] known = presence[candidate];
    for (int i = 0; i < order.length; i++) {
      asked[order[i]] = known[i];
    }
    return asked;
  }

  /** Keeps open what may still become YES or NO. */
  private void keepOpen() {
    int kept = 0;
    for (int i = 0; i < openCount; i++) {
      if (verdicts[open[i]] == Ternary.MAYBE) {
        open[kept++] = open[i];
      }
    }
    openCount = kept;
  }

  private int collect(long[] block) {
    int found = 0;
    for (int i = 0; i < count; i++) {
      if (verdicts[i] != Ternary.NO && candidates[i] >= floor) {
        rechecks[found] = verdicts[i] == Ternary.MAYBE || input.needsRecheck(i);
        block[found++] = candidates[i];
      }
    }
    return found;
  }

  @Override
  public boolean needsRecheck(int index) {
    return rechecks[index];
  }

  @Override
  public void advance(long tid) {
    floor = Math.max(floor, tid);
  }

  @Override
  public long tidCount() {
    return input.tidCount();
  }
}
