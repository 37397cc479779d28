package io.djinn.perf.micro;

import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
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

/** Comparison of off-heap keys of 32 bytes that share a prefix, nanoseconds a pair. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class KeyComparisonBenchmark {
  static final int PAIRS = 1024;
  private static final int KEY_BYTES = 32;

  /** Bytes all keys begin with. */
  @Param({"0", "20"})
  int commonBytes;

  private final MemoryAccount account = new MemoryAccount("key comparison", 1 << 20);
  private MemoryRegion keys;
  private int lessExpected;
  private int lessFound;

  @Setup
  public void makeKeys() {
    SplittableRandom random = new SplittableRandom(18);
    keys = MemoryRegion.allocate(account, (long) 2 * PAIRS * KEY_BYTES);
    byte[][] copies = new byte[2 * PAIRS][KEY_BYTES];
    for (int i = 0; i < copies.length; i++) {
      random.nextBytes(copies[i]);
      Arrays.fill(copies[i], 0, commonBytes, (byte) 0xAB);
      NativeMemory.copyFromArray(copies[i], 0, key(i), KEY_BYTES);
    }
    for (int i = 0; i < copies.length; i += 2) {
      lessExpected += Arrays.compareUnsigned(copies[i], copies[i + 1]) < 0 ? 1 : 0;
    }
  }

  private long key(int index) {
    return keys.address() + (long) index * KEY_BYTES;
  }

  @Benchmark
  @OperationsPerInvocation(PAIRS)
  public int compare() {
    int less = 0;
    for (int i = 0; i < 2 * PAIRS; i += 2) {
      less += NativeMemory.compare(key(i), KEY_BYTES, key(i + 1), KEY_BYTES) < 0 ? 1 : 0;
    }
    lessFound = less;
    return less;
  }

  @TearDown(Level.Iteration)
  public void check() {
    Check.equal(lessExpected, lessFound, "pairs in order");
  }

  @TearDown
  public void free() {
    keys.close();
  }
}
