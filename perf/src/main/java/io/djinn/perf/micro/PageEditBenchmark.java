package io.djinn.perf.micro;

import io.djinn.gin.entry.EntryKeys;
import io.djinn.gin.entry.EntryPage;
import io.djinn.gin.entry.EntryTree;
import io.djinn.gin.entry.GinCounts;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
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

/**
 * Edits of one entry leaf of 8 KiB, nanoseconds an edit: a key with one TID is inserted between the
 * keys there are and deleted again, or a TID is added to a key and removed again. Finding the slot
 * is part of it; frames and log are not.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PageEditBenchmark {
  static final int EDITS = 256;
  private static final int PAGE_BYTES = 8 << 10;
  private static final int KEYS = EDITS / 2;

  private final MemoryAccount account = new MemoryAccount("page edit", 64 << 20);
  private final GinCounts counts = new GinCounts();
  private final long[] baseTid = {1000};
  private final long[] otherTid = {2000};
  private MemoryRegion work;
  private MemoryRegion keyMemory;
  private int keyBytes;
  private LonePage page;
  private EntryTree tree;
  private int root;
  private long changed;
  private long expected;

  /** Fills half a page with the keys of even numbers; those of odd ones come and go. */
  @Setup
  public void makeLeaf() {
    work = MemoryRegion.allocate(account, EntryTree.workBytes(PAGE_BYTES));
    page = new LonePage(account, PAGE_BYTES);
    tree = new EntryTree(work.address(), PAGE_BYTES, counts);
    root = EntryTree.create(page);
    keyBytes = composite(0).length;
    keyMemory = MemoryRegion.allocate(account, (long) 2 * KEYS * keyBytes);
    for (int i = 0; i < 2 * KEYS; i++) {
      NativeMemory.copyFromArray(composite(i), 0, key(i), keyBytes);
    }
    for (int i = 0; i < KEYS; i++) {
      tree.insert(page, root, key(2 * i), keyBytes, baseTid, 0, 1);
    }
    check();
  }

  private static byte[] composite(int number) {
    byte[] key = {'k', 'e', 'y', 0, 0, (byte) (number >>> 8), (byte) number, 'x', 'y', 'z'};
    return EntryKeys.compose(0, 0, key);
  }

  private long key(int number) {
    return keyMemory.address() + (long) number * keyBytes;
  }

  @Benchmark
  @OperationsPerInvocation(EDITS)
  public long insertAndDeleteKeys() {
    for (int i = 0; i < KEYS; i++) {
      // A stride over the page, so that slots move by all distances.
      long key = key(2 * (i * 37 % KEYS) + 1);
      changed += tree.insert(page, root, key, keyBytes, otherTid, 0, 1);
      changed += tree.remove(page, root, key, keyBytes, otherTid, 0, 1);
    }
    expected += EDITS;
    return changed;
  }

  @Benchmark
  @OperationsPerInvocation(EDITS)
  public long addAndRemoveTids() {
    for (int i = 0; i < KEYS; i++) {
      long key = key(2 * (i * 37 % KEYS));
      changed += tree.insert(page, root, key, keyBytes, otherTid, 0, 1);
      changed += tree.remove(page, root, key, keyBytes, otherTid, 0, 1);
    }
    expected += EDITS;
    return changed;
  }

  @TearDown(Level.Iteration)
  public void check() {
    Check.equal(expected, changed, "TIDs that came and went");
    EntryPage leaf = new EntryPage().wrap(page.page(root), PAGE_BYTES, root);
    Check.equal(KEYS, leaf.slotCount(), "keys on the leaf");
    for (int i = 0; i < KEYS; i++) {
      Check.that(Arrays.equals(composite(2 * i), leaf.key(i)), "key " + i + " of the leaf");
    }
    Check.equal(KEYS, counts.get(GinCounts.Field.TIDS), "TIDs counted");
  }

  @TearDown
  public void free() {
    keyMemory.close();
    page.close();
    work.close();
  }
}
