package io.djinn.build.merge;

import io.djinn.memory.MemoryAccount;
import io.djinn.memory.NativeMemory;
import io.djinn.sort.Run;
import io.djinn.sort.RunIndex;
import java.util.Arrays;
import java.util.List;

/**
 * The keys of the sparse indexes of all runs, in order, each with the bytes of its run's records
 * around it.
 *
 * <p>A sample is the number of its run above the 32-bit number of its entry; so many are drawn on
 * an account until they are closed.
 */
public final class KeySamples implements AutoCloseable {
  private final List<Run> runs;
  private final MemoryAccount account;
  private long[] samples;

  /**
   * @param runs which must stay as they are
   */
  public KeySamples(List<Run> runs, MemoryAccount account) {
    this.runs = runs;
    this.account = account;
    int count = runs.stream().mapToInt(run -> run.index().count()).sum();
    account.draw(2 * bytes(count));
    try {
      samples = sorted(count);
    } catch (Throwable t) {
      account.release(2 * bytes(count));
      throw t;
    }
    account.release(bytes(count));
  }

  /** Bytes the samples of some runs draw at most. */
  public static long workBytes(List<Run> runs) {
    return 2 * bytes(runs.stream().mapToInt(run -> run.index().count()).sum());
  }

  private static long bytes(int count) {
    return (long) count * Long.BYTES;
  }

  /** Merges neighbouring sequences, at first those of the runs, until there is one. */
  private long[] sorted(int count) {
    long[] from = new long[count];
    int[] starts = new int[runs.size() + 1];
    int n = 0;
    for (int r = 0; r < runs.size(); r++) {
      for (int i = 0; i < runs.get(r).index().count(); i++) {
        from[n++] = (long) r << 32 | i;
      }
      starts[r + 1] = n;
    }
    long[] to = new long[count];
    for (int sequences = runs.size(); sequences > 1; sequences = (sequences + 1) / 2) {
      for (int i = 0; i < sequences; i += 2) {
        int middle = starts[i + 1];
        int end = starts[Math.min(i + 2, sequences)];
        merge(from, starts[i], middle, end, to);
        starts[i / 2] = starts[i];
      }
      starts[(sequences + 1) / 2] = count;
      long[] swap = from;
      from = to;
      to = swap;
    }
    return from;
  }

  private void merge(long[] from, int start, int middle, int end, long[] to) {
    int left = start;
    int right = middle;
    for (int i = start; i < end; i++) {
      boolean isLeft = right == end || (left < middle && compare(from[left], from[right]) <= 0);
      to[i] = isLeft ? from[left++] : from[right++];
    }
  }

  private int compare(long a, long b) {
    RunIndex left = index(a);
    RunIndex right = index(b);
    return NativeMemory.compare(
        left.prefix((int) a),
        left.prefixLength((int) a),
        right.prefix((int) b),
        right.prefixLength((int) b));
  }

  private RunIndex index(long sample) {
    return runs.get((int) (sample >>> 32)).index();
  }

  int count() {
    return samples.length;
  }

  /** The run a sample is of. */
  Run run(int i) {
    return runs.get((int) (samples[i] >>> 32));
  }

  /**
   * Bytes of records of a sample's run from it on: all of its own, or half up to the next sample.
   */
  long weightFrom(int i) {
    RunIndex index = index(samples[i]);
    int entry = (int) samples[i];
    if (entry + 1 == index.count()) {
      return run(i).rawBytes() - index.bytesBefore(entry);
    }
    long bytes = index.bytesBefore(entry + 1) - index.bytesBefore(entry);
    return index.isAlone(entry) ? bytes : bytes - bytes / 2;
  }

  /** Bytes of records of a sample's run just below it: the other half from the sample before. */
  long weightBelow(int i) {
    RunIndex index = index(samples[i]);
    int entry = (int) samples[i];
    if (entry == 0 || index.isAlone(entry - 1)) {
      return 0;
    }
    return (index.bytesBefore(entry) - index.bytesBefore(entry - 1)) / 2;
  }

  /** Address of the first bytes of a sample's key: no key of the sample is below them. */
  long key(int i) {
    return index(samples[i]).prefix((int) samples[i]);
  }

  /** How many bytes of it there are. */
  int keyLength(int i) {
    return index(samples[i]).prefixLength((int) samples[i]);
  }

  /** Whether these bytes are the whole key. */
  boolean isWhole(int i) {
    return index(samples[i]).keyLength((int) samples[i]) == keyLength(i);
  }

  boolean isEqual(int i, int j) {
    return compare(samples[i], samples[j]) == 0;
  }

  /** The first sample whose key is above one, or not below it. */
  int firstAbove(long key, int length, boolean orEqual) {
    int low = 0;
    int high = samples.length;
    int least = orEqual ? 0 : 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      int sign = NativeMemory.compare(key(middle), keyLength(middle), key, length);
      if (Integer.signum(sign) >= least) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  @Override
  public void close() {
    account.release(bytes(samples.length));
    samples = Arrays.copyOf(samples, 0);
  }
}
