package io.djinn.gin.scan;

import io.djinn.opclass.GinQuery;
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
 */
final class PresenceFilter implements CandidateStream {
  private final CandidateStream input;
  private final GinQuery query;
  private final BufferedTids[] keys;
  private final int[] order;
  private final BufferedTids excluded;

  /** Null where the query does not ask for payloads, or the index keeps none. */
  private final PayloadProbe payloads;

  private final byte[][] presence;

  /**
   * Presence before any key was probed: MAYBE, NO of keys the index does not have, YES of all where
   * every candidate has each.
   */
  private final byte[] unknown;

  private final long[] candidates = new long[BLOCK];
  private final byte[] verdicts = new byte[BLOCK];
  private final int[] open = new int[BLOCK];
  private int count;
  private int openCount;
  private int probed;
  private int probedOpen;
  private boolean isExcluding;
  private boolean isProbing;
  private boolean needsRecheck;
  private long floor;

  /**
   * @param keys the stream of each key of the query, null where the index does not have the key
   * @param excluded TIDs that are dropped whatever the query says, or null
   * @param payloads of the keys, or null
   */
  PresenceFilter(
      CandidateStream input,
      GinQuery query,
      BufferedTids[] keys,
      BufferedTids excluded,
      PayloadProbe payloads) {
    this.input = input;
    this.query = query;
    this.keys = keys;
    this.excluded = excluded;
    this.payloads = payloads;
    order = rarestFirst(keys);
    presence = new byte[BLOCK][keys.length];
    unknown = new byte[keys.length];
    for (int i = 0; i < keys.length; i++) {
      unknown[i] = keys[i] == null ? Ternary.NO : Ternary.MAYBE;
    }
  }

  /** A filter of candidates that have every key: only payloads are left to decide. */
  PresenceFilter(CandidateStream input, GinQuery query, PayloadProbe payloads) {
    this(input, query, new BufferedTids[query.keyCount()], null, payloads);
    Arrays.fill(unknown, Ternary.YES);
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
      if (isProbing && !probe(step)) {
        return PAUSED;
      }
      if (payloads != null && !askPayloads(step)) {
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
    isExcluding = excluded != null;
    isProbing = true;
    for (int i = 0; i < taken; i++) {
      open[i] = i;
      verdicts[i] = Ternary.MAYBE;
      System.arraycopy(unknown, 0, presence[i], 0, unknown.length);
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
    if (order.length == 0) {
      decide();
    }
    while (probed < order.length && openCount > 0) {
      int key = order[probed];
      probedOpen = keys[key].mark(step, candidates, open, probedOpen, openCount, presence, key);
      if (probedOpen < openCount) {
        return false;
      }
      probed++;
      probedOpen = 0;
      if (probed == order.length || Integer.bitCount(probed) == 1) {
        decide();
      }
    }
    isProbing = false;
    probedOpen = 0;
    return true;
  }

  /**
   * Asks the query about the open candidates with their payloads; false where the step is spent.
   */
  private boolean askPayloads(StepReader step) {
    for (; probedOpen < openCount; probedOpen++) {
      int candidate = open[probedOpen];
      if (!payloads.fetch(step, candidates[candidate], presence[candidate])) {
        return false;
      }
      verdicts[candidate] = (byte) query.consistent(presence[candidate], payloads);
    }
    return true;
  }

  /** Asks the query about the open candidates and closes those it has decided. */
  private void decide() {
    for (int i = 0; i < openCount; i++) {
      verdicts[open[i]] = (byte) query.consistent(presence[open[i]]);
    }
    keepOpen();
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
    needsRecheck = input.needsRecheck();
    for (int i = 0; i < count; i++) {
      if (verdicts[i] != Ternary.NO && candidates[i] >= floor) {
        needsRecheck |= verdicts[i] == Ternary.MAYBE;
        block[found++] = candidates[i];
      }
    }
    return found;
  }

  @Override
  public boolean needsRecheck() {
    return needsRecheck;
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
