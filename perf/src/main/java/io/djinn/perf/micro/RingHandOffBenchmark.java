package io.djinn.perf.micro;

import io.djinn.build.ring.RunRing;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.sort.Run;
import io.djinn.sort.RunIndex;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.GroupThreads;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Control;

/**
 * Handles of finished runs through a participant's ring, nanoseconds a handle: by one thread that
 * puts and takes, and from one thread to another.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RingHandOffBenchmark {
  static final int HANDLES = 64;
  private static final int RING_BYTES = 64 << 10;

  /** A ring, and what must come out of it next. */
  @State(Scope.Group)
  public static class Ring {
    private final MemoryAccount account = new MemoryAccount("ring hand-off", 1 << 20);
    private final AtomicLong taken = new AtomicLong();
    private RunRing ring;
    private MemoryRegion indexMemory;
    private RunIndex index;
    private long put;

    @Setup
    public void open() {
      ring = new RunRing(account, RING_BYTES, 64 << 10);
      indexMemory = MemoryRegion.allocate(account, RunIndex.ENTRY_BYTES);
      index = new RunIndex(indexMemory.address(), 1, 0);
    }

    void putNext() {
      long n = put++;
      ring.put(new Run(1, (int) n, Run.IN_MEMORY, n, 2, 3, 4, 5, 6, 7, 8, index));
    }

    /** Takes what is there, in order; returns how many. */
    int takeAll() {
      int count = 0;
      long expected = taken.get();
      for (Run run : ring.take()) {
        Check.equal(expected, run.place(), "place of the run taken");
        expected++;
        count++;
      }
      taken.set(expected);
      return count;
    }

    /** Nothing was lost and nothing came twice. */
    @TearDown(Level.Iteration)
    public void check() {
      takeAll();
      Check.equal(put, taken.get(), "runs taken");
    }

    @TearDown
    public void close() {
      indexMemory.close();
      ring.close();
    }
  }

  @Benchmark
  @Group("oneThread")
  @GroupThreads(1)
  @OperationsPerInvocation(HANDLES)
  public int putAndTake(Ring ring) {
    for (int i = 0; i < HANDLES; i++) {
      ring.putNext();
    }
    return ring.takeAll();
  }

  /** Puts once the handles put before were taken, all but one load. */
  @Benchmark
  @Group("twoThreads")
  @GroupThreads(1)
  @OperationsPerInvocation(HANDLES)
  public long put(Ring ring, Control control) {
    while (ring.put - ring.taken.get() > HANDLES && !control.stopMeasurement) {
      Thread.yield();
    }
    for (int i = 0; i < HANDLES; i++) {
      ring.putNext();
    }
    return ring.put;
  }

  @Benchmark
  @Group("twoThreads")
  @GroupThreads(1)
  @OperationsPerInvocation(HANDLES)
  public int take(Ring ring, Control control) {
    int count = 0;
    while (count < HANDLES && !control.stopMeasurement) {
      int now = ring.takeAll();
      count += now;
      if (now == 0) {
        Thread.yield();
      }
    }
    return count;
  }
}
