package io.djinn.perf.micro;

import io.djinn.gin.posting.PostingList;
import io.djinn.gin.posting.Segment;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Encoding and decoding of posting lists with random gaps, nanoseconds a TID. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PostingCodecBenchmark {
  static final int TIDS = 16 * Segment.MAX_TIDS;

  /** The mean distance of neighbouring TIDs; 1 is a list without gaps. */
  @Param({"1", "16", "1000", "1000000"})
  int meanGap;

  private final MemoryAccount account = new MemoryAccount("posting codec", 1L << 30);
  private final PostingList list = new PostingList();
  private final long[] tids = new long[TIDS];
  private final long[] decoded = new long[TIDS];
  private MemoryRegion encoded;
  private MemoryRegion out;
  private int encodedBytes;
  private int outBytes;

  @Setup
  public void makeList() {
    SplittableRandom random = new SplittableRandom(18);
    long tid = 0;
    for (int i = 0; i < TIDS; i++) {
      tids[i] = tid;
      tid += meanGap == 1 ? 1 : 1 + random.nextInt(2 * meanGap - 1);
    }
    int room = TIDS * Segment.MAX_SINGLE_BYTES;
    encoded = MemoryRegion.allocate(account, room);
    out = MemoryRegion.allocate(account, room);
    encodedBytes = list.encode(tids, TIDS, encoded.address(), room);
  }

  @Setup(Level.Iteration)
  public void forgetResults() {
    Arrays.fill(decoded, -1);
    outBytes = -1;
  }

  @Benchmark
  @OperationsPerInvocation(TIDS)
  public int encode() {
    outBytes = list.encode(tids, TIDS, out.address(), (int) out.sizeBytes());
    return outBytes;
  }

  @Benchmark
  @OperationsPerInvocation(TIDS)
  public int decode() {
    return list.decode(encoded.address(), encodedBytes, decoded);
  }

  @TearDown(Level.Iteration)
  public void check() {
    if (outBytes >= 0) {
      Check.equal(encodedBytes, outBytes, "bytes of the list");
      list.decode(out.address(), outBytes, decoded);
    }
    Check.that(Arrays.equals(tids, decoded), "the TIDs decoded are not those encoded");
  }

  @TearDown
  public void free() {
    encoded.close();
    out.close();
  }
}
