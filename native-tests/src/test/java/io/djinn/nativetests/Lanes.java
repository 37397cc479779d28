package io.djinn.nativetests;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Work done twice beside each other: while a child process starts, another store is examined. */
final class Lanes {
  private static final int LANES = 2;

  /** One lane's share. */
  @FunctionalInterface
  interface Work {
    void run(int lane, int share, SplittableRandom random) throws Exception;
  }

  private Lanes() {}

  /** Divides a number of rounds among the lanes and throws what one of them threw. */
  static void run(int rounds, long seed, Work work) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    ExecutorService threads = Executors.newFixedThreadPool(LANES);
    try {
      List<Future<?>> lanes = new ArrayList<>();
      for (int at = 0; at < LANES; at++) {
        int lane = at;
        int share = rounds / LANES + (lane < rounds % LANES ? 1 : 0);
        SplittableRandom own = random.split();
        lanes.add(
            threads.submit(
                () -> {
                  work.run(lane, share, own);
                  return null;
                }));
      }
      for (Future<?> lane : lanes) {
        lane.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      } else if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw e;
    } finally {
      threads.shutdownNow();
    }
  }
}
