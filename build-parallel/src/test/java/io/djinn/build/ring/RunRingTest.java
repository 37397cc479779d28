package io.djinn.build.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.memory.MemoryAccount;
import io.djinn.sort.Run;
import io.djinn.sort.RunIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunRingTest {
  private static final int SMALLEST_BYTES = 1024;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 10, 11, 12, 13, 300, 1_000})
  void aRingOfAnySizeKeepsAllRunsInOrder(int runs) {
    MemoryAccount account = new MemoryAccount("test", RunRing.workBytes(SMALLEST_BYTES));
    try (RunRing ring = new RunRing(account, SMALLEST_BYTES, 1 << 16)) {
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
    try (RunRing ring = new RunRing(account, SMALLEST_BYTES, 1 << 16)) {
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

  @Test
  void aStoppedLeaderStopsNobodyAndCostsNothingOfTheBudget() throws InterruptedException {
    int participants = 4;
    int runs = 5_000;
    MemoryAccount account =
        new MemoryAccount("test", (long) participants * RunRing.workBytes(SMALLEST_BYTES));
    List<RunRing> rings = new ArrayList<>();
    for (int i = 0; i < participants; i++) {
      rings.add(new RunRing(account, SMALLEST_BYTES, 1 << 16));
    }
    long drawn = account.usedBytes();
    CountDownLatch handedOver = new CountDownLatch(participants);
    List<List<Run>> taken = new ArrayList<>();
    Thread leader =
        new Thread(
            () -> {
              try {
                // Stops until all participants are done: none of them may need it.
                handedOver.await();
                rings.forEach(ring -> taken.add(ring.take()));
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    leader.start();
    for (RunRing ring : rings) {
      new Thread(
              () -> {
                for (int i = 0; i < runs; i++) {
                  ring.put(run(i));
                }
                handedOver.countDown();
              })
          .start();
    }
    leader.join();
    assertEquals(drawn, account.usedBytes());
    assertEquals(drawn, account.peakBytes());
    int handles = SMALLEST_BYTES / RunRing.HANDLE_BYTES;
    for (int i = 0; i < participants; i++) {
      RunRing ring = rings.get(i);
      assertEquals(runs, taken.get(i).size());
      for (int j = 0; j < runs; j++) {
        assertSameRun(run(j), taken.get(i).get(j));
      }
      assertTrue(ring.stalls() >= runs / (handles + 1) - 1, "stalls: " + ring.stalls());
      assertTrue(ring.stalls() <= runs / 4, "stalls: " + ring.stalls());
      assertEquals(runs, ring.runs());
      assertEquals(runs, ring.blocks());
      assertEquals(12L * runs * (runs - 1) / 2, ring.bytes());
      ring.close();
    }
    assertEquals(0, account.usedBytes());
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
        17 + i,
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
        run.longestKey(),
        index);
  }
}
