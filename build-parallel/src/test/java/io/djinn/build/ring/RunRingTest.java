package io.djinn.build.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.djinn.memory.MemoryAccount;
import io.djinn.sort.Run;
import io.djinn.sort.RunIndex;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunRingTest {
  private static final int SMALLEST_BYTES = 1024;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 10, 11, 12, 13, 300, 1_000})
  void aRingOfAnySizeKeepsAllRunsInOrder(int runs) {
    MemoryAccount account = new MemoryAccount("test", RunRing.workBytes(SMALLEST_BYTES));
    try (RunRing ring = new RunRing(account, SMALLEST_BYTES)) {
      for (int i = 0; i < runs; i++) {
        ring.put(run(i));
      }
      List<Run> taken = ring.take();
      assertEquals(runs, taken.size());
      for (int i = 0; i < runs; i++) {
        assertSameRun(run(i), taken.get(i));
      }
      assertEquals(List.of(), ring.take());
    }
    assertEquals(0, account.usedBytes());
  }

  @Test
  void aRingIsTakenFromWhileItIsFilled() throws InterruptedException {
    MemoryAccount account = new MemoryAccount("test", RunRing.workBytes(SMALLEST_BYTES));
    int runs = 20_000;
    try (RunRing ring = new RunRing(account, SMALLEST_BYTES)) {
      Thread producer =
          new Thread(
              () -> {
                for (int i = 0; i < runs; i++) {
                  ring.put(run(i));
                }
              });
      producer.start();
      List<Run> taken = new ArrayList<>();
      while (taken.size() < runs) {
        taken.addAll(ring.take());
      }
      producer.join();
      for (int i = 0; i < runs; i++) {
        assertEquals(i, taken.get(i).number());
      }
    }
  }

  private static Run run(int i) {
    return new Run(
        7,
        i,
        i % 3 - 1,
        11L * i,
        12L * i,
        13L,
        14L,
        15L,
        16L,
        (1L << 48) - 1,
        new RunIndex(1_000 + i, 4, 2));
  }

  private static void assertSameRun(Run expected, Run found) {
    assertEquals(expected.index().address(), found.index().address());
    assertEquals(expected.index().count(), found.index().count());
    RunIndex none = new RunIndex(0, 1, 0);
    assertEquals(withIndex(expected, none), withIndex(found, none));
  }

  private static Run withIndex(Run run, RunIndex index) {
    return new Run(
        run.participant(),
        run.number(),
        run.file(),
        run.place(),
        run.storedBytes(),
        run.rawBytes(),
        run.keys(),
        run.tids(),
        run.base(),
        run.lastTid(),
        index);
  }
}
