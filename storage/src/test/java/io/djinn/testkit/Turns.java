package io.djinn.testkit;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.IntUnaryOperator;

/** The rule by which a {@link BatonEnv} chooses among the threads that can run. */
public interface Turns {
  /**
   * Chooses one.
   *
   * @param count threads that can run, more than one
   * @param number of the thread at each place, in the order the threads were made
   * @param step how often the baton was passed before
   * @return place of the one that runs next
   */
  int next(int count, IntUnaryOperator number, long step);

  /** Each as often as any other: many short turns, all alike. */
  static Turns uniform(SplittableRandom random) {
    return (count, number, step) -> random.nextInt(count);
  }

  /**
   * The thread with the highest priority, by which one thread can be held back for as long as the
   * others have something to do. Priorities are random, and at a few random steps the thread that
   * would run falls behind all others: any order of so many events as there are such steps comes up
   * with a likelihood that does not shrink with the number of threads' other events.
   *
   * @param changes number of such steps
   * @param within steps among which they are
   */
  static Turns byPriority(SplittableRandom random, int changes, int within) {
    TreeSet<Long> changeSteps = new TreeSet<>();
    for (int i = 0; i < changes; i++) {
      changeSteps.add(random.nextLong(within));
    }
    Map<Integer, Long> priorities = new HashMap<>();
    return new Turns() {
      private long lowest;

      @Override
      public int next(int count, IntUnaryOperator number, long step) {
        while (!changeSteps.isEmpty() && changeSteps.first() <= step) {
          changeSteps.pollFirst();
          priorities.put(number.applyAsInt(highest(count, number)), --lowest);
        }
        return highest(count, number);
      }

      private int highest(int count, IntUnaryOperator number) {
        int best = -1;
        long highest = Long.MIN_VALUE;
        for (int at = 0; at < count; at++) {
          long priority =
              priorities.computeIfAbsent(
                  number.applyAsInt(at), thread -> random.nextLong(Long.MAX_VALUE));
          if (best < 0 || priority > highest) {
            best = at;
            highest = priority;
          }
        }
        return best;
      }
    };
  }
}
