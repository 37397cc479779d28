package io.djinn.build.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.build.merge.MergeWorker;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.sort.MemoryBlocks;
import io.djinn.sort.MergeSink;
import io.djinn.sort.Run;
import io.djinn.sort.RunIndex;
import io.djinn.sort.RunWriter;
import io.djinn.testkit.SimVfs;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunStoreTest {
  private static final int BLOCK_BYTES = 8 << 10;
  private static final int KEY_BYTES = 8;
  private static final int RUNS = 5_000;
  private static final int KEYS = 2_000;

  @Test
  void noNumberOfRunsUsesTheBudgetUpForTheirIndexes() {
    MemoryAccount account =
        new MemoryAccount("test", RunStore.workBytes(BLOCK_BYTES) + KEY_BYTES + (64 << 10));
    List<Run> runs = new ArrayList<>();
    long[] found = new long[2];
    SpillFiles files = new SpillFiles(new SimVfs(), "many", Long.MAX_VALUE);
    try (MemoryBlocks blocks = new MemoryBlocks(account, BLOCK_BYTES, Long.MAX_VALUE, 0, 0);
        MemoryRegion key = MemoryRegion.allocate(account, KEY_BYTES);
        RunStore store = new RunStore(0, account, blocks, files, BLOCK_BYTES, 64, () -> {})) {
      store.open();
      for (int run = 0; run < RUNS; run++) {
        RunWriter writer = store.begin(run, (long) KEYS * KEY_BYTES);
        for (int i = 0; i < (run % 500 == 0 ? KEYS : 1); i++) {
          NativeMemory.putLong(key.address(), Long.reverseBytes(i));
          writer.key(key.address(), KEY_BYTES);
          writer.tid(run);
          writer.endKey();
        }
        runs.add(store.finish(writer));
      }
      assertTrue(runs.get(0).index().count() > 1);
      assertEquals(0, runs.get(RUNS - 500).index().count());
      assertTrue(account.usedBytes() + RunIndex.ENTRY_BYTES > account.limitBytes());
      store.closeBuffers();
      merge(List.of(runs.get(0), runs.get(RUNS - 500)), files, found);
    } finally {
      files.deleteAll();
    }
    assertEquals(KEYS, found[0]);
    assertEquals(2 * KEYS, found[1]);
    assertEquals(0, account.usedBytes());
  }

  private static void merge(List<Run> runs, SpillFiles files, long[] found) {
    MemoryAccount account = new MemoryAccount("merge", 1 << 20);
    try (MergeWorker worker =
        new MergeWorker(account, files, BLOCK_BYTES, runs.size(), KEY_BYTES, () -> {})) {
      worker.merge(
          runs,
          new MergeSink() {
            @Override
            public void key(long address, int length) {
              found[0]++;
            }

            @Override
            public void tids(long[] list, int count) {
              found[1] += count;
            }

            @Override
            public void endKey() {}
          });
    }
  }
}
