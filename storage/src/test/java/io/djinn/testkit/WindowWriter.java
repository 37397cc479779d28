package io.djinn.testkit;

import io.djinn.api.Djinn;
import io.djinn.api.Durability;
import io.djinn.api.GinIndex;
import io.djinn.api.WriteBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.ObjLongConsumer;

/**
 * A writer whose rows are a window over an endless sequence of groups of rows: a step adds the next
 * group at the front or removes some at the back, so that the number of steps alone says which rows
 * there are, with which keys. Steps alternate; each is one batch, and seen wholly or not at all.
 *
 * <p>TIDs are its own and come again with other keys when the window has moved on. Keys are shared
 * with other writers but one, which all its rows have and no other's.
 */
public final class WindowWriter {
  private static final int ROWS = 4;

  /** Groups removed together. */
  private static final int REMOVED = 3;

  private static final int SHARED_KEYS = 300;
  private static final int FIRST_SHARED = 1_000;

  /** A key that all rows of all writers have. */
  public static final int COMMON = -1;

  private final int number;
  private final int writers;
  private final int width;
  private final SplittableRandom random;
  private volatile long begun;
  private volatile long done;

  /**
   * @param number of this writer among so many, from 0
   * @param width groups in the window
   */
  public WindowWriter(int number, int writers, int width, long seed) {
    this.number = number;
    this.writers = writers;
    this.width = width;
    random = new SplittableRandom(seed + number);
  }

  /** A key that every store of such writers knows. */
  static int sharedKey(SplittableRandom random) {
    return FIRST_SHARED + random.nextInt(SHARED_KEYS);
  }

  /** The key of this writer's rows. */
  public int key() {
    return number;
  }

  /** Steps that have been begun, and whose batch may be visible. */
  public long begun() {
    return begun;
  }

  /** Steps whose batch is visible for certain. */
  public long done() {
    return done;
  }

  /** Groups that were ever added after so many steps. */
  private static long front(long steps) {
    return (steps + 1) / 2;
  }

  /** Groups that were removed again after so many steps. */
  private long back(long steps) {
    long beyond = Math.max(0, front(steps - steps % 2) - width);
    return beyond - beyond % REMOVED;
  }

  private long tid(long group, int row) {
    long place = (group % (2L * width)) * ROWS + row;
    return (place * writers + number) * 17;
  }

  private List<Integer> value(long group, int row) {
    long mixed = SimDisk.mix(group * ROWS + row + number * 0x9E3779B9L);
    return List.of(
        COMMON,
        number,
        FIRST_SHARED + Math.floorMod(mixed, SHARED_KEYS),
        FIRST_SHARED + Math.floorMod(mixed >>> 20, SHARED_KEYS),
        2_000 + (int) (group % 5_000));
  }

  /** Does the next step. */
  public void step(Djinn db, GinIndex index) {
    long step = done + 1;
    giveUp(db, index, step);
    try (WriteBatch batch = db.begin(durability())) {
      for (long group = back(step - 1); group < back(step); group++) {
        for (int row = 0; row < ROWS; row++) {
          index.delete(batch, tid(group, row), value(group, row));
        }
      }
      for (long group = front(step - 1); group < front(step); group++) {
        for (int row = 0; row < ROWS; row++) {
          index.insert(batch, tid(group, row), value(group, row));
        }
      }
      begun = step;
      batch.commit();
    }
    done = step;
  }

  /** Now and then collects a batch that is forgotten. */
  private void giveUp(Djinn db, GinIndex index, long step) {
    if (random.nextInt(20) == 0) {
      try (WriteBatch batch = db.begin()) {
        index.insert(batch, tid(front(step), 0), List.of(-2));
        index.delete(batch, tid(back(step), 0), value(back(step), 0));
      }
    }
  }

  private Durability durability() {
    return switch (random.nextInt(16)) {
      case 0 -> Durability.sync();
      case 1 -> Durability.group(1);
      case 2 -> Durability.async(5);
      default -> Durability.none();
    };
  }

  /** TIDs of the rows there are after so many steps that have all of some keys. */
  public TreeSet<Long> rows(long steps, int... keys) {
    TreeSet<Long> rows = new TreeSet<>();
    for (long group = back(steps); group < front(steps); group++) {
      for (int row = 0; row < ROWS; row++) {
        List<Integer> value = value(group, row);
        boolean hasAll = true;
        for (int key : keys) {
          hasAll &= value.contains(key);
        }
        if (hasAll) {
          rows.add(tid(group, row));
        }
      }
    }
    return rows;
  }

  /** Visits the rows there are after so many steps: TID and keys. */
  public void forEachRow(long steps, ObjLongConsumer<List<Integer>> visitor) {
    for (long group = back(steps); group < front(steps); group++) {
      for (int row = 0; row < ROWS; row++) {
        visitor.accept(value(group, row), tid(group, row));
      }
    }
  }

  /** All keys the rows may have. */
  public static List<Integer> sharedKeys() {
    List<Integer> keys = new ArrayList<>();
    for (int key = 0; key < SHARED_KEYS; key++) {
      keys.add(FIRST_SHARED + key);
    }
    return keys;
  }
}
