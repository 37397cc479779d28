package io.djinn.build;

import java.util.SplittableRandom;

/** Shapes of rows that stress different parts of a build. */
enum RowShape {
  NO_ROWS {
    @Override
    void fill(TestRows rows, SplittableRandom random) {}
  },
  ONE_ROW {
    @Override
    void fill(TestRows rows, SplittableRandom random) {
      rows.add(7, 1, 2, 3);
    }
  },
  ALL_NULL {
    @Override
    void fill(TestRows rows, SplittableRandom random) {
      for (int i = 0; i < 5_000; i++) {
        rows.add(i, (int[]) null);
      }
    }
  },
  ALL_EMPTY {
    @Override
    void fill(TestRows rows, SplittableRandom random) {
      for (int i = 0; i < 5_000; i++) {
        rows.add(3L * i);
      }
    }
  },
  ONE_KEY {
    @Override
    void fill(TestRows rows, SplittableRandom random) {
      for (int i = 0; i < 20_000; i++) {
        rows.add(100L * i, 42);
      }
    }
  },
  SKEW {
    @Override
    void fill(TestRows rows, SplittableRandom random) {
      for (int i = 0; i < 4_000; i++) {
        int[] value = new int[1 + random.nextInt(40)];
        for (int j = 0; j < value.length; j++) {
          value[j] = random.nextInt(1 + random.nextInt(1 + random.nextInt(20_000)));
        }
        rows.add((long) i << 4 | random.nextInt(16), value);
      }
    }
  },
  DISTINCT {
    @Override
    void fill(TestRows rows, SplittableRandom random) {
      for (int i = 0; i < 40_000; i++) {
        rows.add(i, i * -1_640_531_527);
      }
    }
  },
  DUPLICATES {
    @Override
    void fill(TestRows rows, SplittableRandom random) {
      for (int i = 0; i < 2_000; i++) {
        int key = random.nextInt(50);
        rows.add(i, key, key, 60, key, 60, 60);
      }
    }
  },
  WIDE_ROWS {
    @Override
    void fill(TestRows rows, SplittableRandom random) {
      for (int i = 0; i < 6; i++) {
        int[] value = new int[30_000];
        for (int j = 0; j < value.length; j++) {
          value[j] = random.nextInt(20_000);
        }
        rows.add(i, value);
      }
    }
  },
  HIGH_TIDS {
    @Override
    void fill(TestRows rows, SplittableRandom random) {
      rows.add(0, 1, 2);
      for (int i = 1_000; i > 0; i--) {
        rows.add((1L << 48) - i, random.nextInt(9), 2);
      }
    }
  },
  WRAPPED {
    @Override
    void fill(TestRows rows, SplittableRandom random) {
      for (int i = 0; i < 3_000; i++) {
        rows.add((i + 1_234) % 3_000, random.nextInt(2_000), random.nextInt(5), 9);
      }
    }
  },
  BACKWARDS {
    @Override
    void fill(TestRows rows, SplittableRandom random) {
      for (int i = 0; i < 300; i++) {
        rows.add(300 - i, random.nextInt(20), 9);
      }
    }
  },
  REPEATED {
    @Override
    void fill(TestRows rows, SplittableRandom random) {
      for (int i = 0; i < 1_000; i++) {
        rows.add(i / 3 + (i % 400 == 0 ? 500 : 0), random.nextInt(7), random.nextInt(3_000));
      }
    }
  };

  abstract void fill(TestRows rows, SplittableRandom random);
}
