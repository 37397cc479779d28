package io.djinn.api;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/** What the rows and keys of a model run are like. */
enum ModelShape {
  /** TIDs anywhere in 48 bits, one key in nearly every row: a posting tree grows deep. */
  FAR {
    @Override
    long[] tids(SplittableRandom random) {
      return random.longs(78_000, 0, GinIndex.MAX_TID + 1).sorted().distinct().toArray();
    }

    @Override
    String[] keys(SplittableRandom random) {
      return distinct(random, 400, 8);
    }

    @Override
    int[] value(SplittableRandom random, int keys) {
      return random.nextInt(50) == 0
          ? odd(random, keys)
          : new int[] {0, 1 + random.nextInt(keys - 1)};
    }
  },

  /** TIDs without gaps, some keys frequent and most rare. */
  DENSE {
    @Override
    long[] tids(SplittableRandom random) {
      long[] tids = new long[60_000];
      for (int i = 0; i < tids.length; i++) {
        tids[i] = i;
      }
      return tids;
    }

    @Override
    String[] keys(SplittableRandom random) {
      return distinct(random, 1_500, 20);
    }

    @Override
    int[] value(SplittableRandom random, int keys) {
      if (random.nextInt(20) == 0) {
        return odd(random, keys);
      }
      int[] value = new int[1 + random.nextInt(4)];
      for (int i = 0; i < value.length; i++) {
        value[i] = skewed(random, keys);
      }
      return value;
    }
  },

  /** Keys of all lengths up to the limit, alike for most of it: the entry tree grows deep. */
  LONG_KEYS {
    @Override
    long[] tids(SplittableRandom random) {
      return random.longs(20_000, 0, 1L << 36).sorted().distinct().toArray();
    }

    @Override
    String[] keys(SplittableRandom random) {
      return distinct(random, 14_000, MOST_KEY_BYTES);
    }

    @Override
    int[] value(SplittableRandom random, int keys) {
      return random.nextInt(30) == 0
          ? odd(random, keys)
          : new int[] {random.nextInt(keys), random.nextInt(keys)};
    }
  },

  /** Clusters of TIDs, keys that are just over what a leaf holds inline: lists become trees. */
  CLUSTERS {
    @Override
    long[] tids(SplittableRandom random) {
      TreeSet<Long> tids = new TreeSet<>();
      while (tids.size() < 30_000) {
        long start = random.nextLong(1L << 44);
        for (int i = 0; i < 20; i++) {
          tids.add(start + random.nextInt(64));
        }
      }
      return tids.stream().mapToLong(Long::longValue).toArray();
    }

    @Override
    String[] keys(SplittableRandom random) {
      return distinct(random, 900, 60);
    }

    @Override
    int[] value(SplittableRandom random, int keys) {
      if (random.nextInt(12) == 0) {
        return odd(random, keys);
      }
      int near = random.nextInt(keys);
      return new int[] {near, (near + 1) % keys, random.nextInt(keys)};
    }
  },

  /** Documents beside the keys, through the pending list: lists and trees have payloads. */
  TEXTS {
    @Override
    long[] tids(SplittableRandom random) {
      return random.longs(16_000, 0, 1L << 24).sorted().distinct().toArray();
    }

    @Override
    String[] keys(SplittableRandom random) {
      return distinct(random, 500, 20);
    }

    @Override
    int[] value(SplittableRandom random, int keys) {
      return random.nextInt(20) == 0
          ? odd(random, keys)
          : new int[] {skewed(random, keys), random.nextInt(keys)};
    }

    @Override
    boolean hasDocuments() {
      return true;
    }
  },

  /** The same without a pending list: every row goes into the trees at once. */
  PLACED_TEXTS {
    @Override
    long[] tids(SplittableRandom random) {
      return TEXTS.tids(random);
    }

    @Override
    String[] keys(SplittableRandom random) {
      return TEXTS.keys(random);
    }

    @Override
    int[] value(SplittableRandom random, int keys) {
      return TEXTS.value(random, keys);
    }

    @Override
    boolean hasDocuments() {
      return true;
    }
  };

  /** Bytes of the longest key of a store with pages of 512 bytes. */
  static final int MOST_KEY_BYTES =
      io.djinn.gin.entry.EntryKeys.maxKeyBytes(512) - io.djinn.gin.entry.EntryKeys.HEADER_BYTES;

  /** Whether the index has a column of documents beside the others. */
  boolean hasDocuments() {
    return false;
  }

  abstract long[] tids(SplittableRandom random);

  abstract String[] keys(SplittableRandom random);

  abstract int[] value(SplittableRandom random, int keys);

  /** SQL NULL, an empty array, null elements, and one key many times. */
  private static int[] odd(SplittableRandom random, int keys) {
    int key = random.nextInt(keys);
    return switch (random.nextInt(5)) {
      case 0 -> IndexModel.NULL_ITEM;
      case 1 -> new int[0];
      case 2 -> new int[] {key, IndexModel.NULL_ELEMENT};
      case 3 -> new int[] {IndexModel.NULL_ELEMENT, IndexModel.NULL_ELEMENT};
      default -> new int[] {key, key, random.nextInt(keys), key};
    };
  }

  private static int skewed(SplittableRandom random, int keys) {
    double at = random.nextDouble();
    return (int) (at * at * at * at * keys);
  }

  private static String[] distinct(SplittableRandom random, int count, int mostBytes) {
    Set<String> keys = new LinkedHashSet<>();
    keys.add("dominant".substring(0, Math.min(8, mostBytes)));
    keys.add("");
    while (keys.size() < count) {
      keys.add(key(random, mostBytes));
    }
    return keys.toArray(String[]::new);
  }

  /** Keys that may be longer than this have beginnings that few share, too. */
  private static final int LONG_BYTES = 64;

  /**
   * A key of any length: a stretch that many share, and an end of its own. Of long ones many share
   * their stretch with a few others only, so that separators are long and differ early.
   */
  private static String key(SplittableRandom random, int mostBytes) {
    StringBuilder text = new StringBuilder();
    int wanted = mostBytes - random.nextInt(random.nextInt(4) == 0 ? mostBytes : 12);
    char shared = (char) ('a' + random.nextInt(6));
    int own = Math.min(wanted, 5);
    if (mostBytes > LONG_BYTES && wanted > LONG_BYTES && random.nextInt(4) == 0) {
      text.append((char) ('0' + random.nextInt(64))).append((char) ('0' + random.nextInt(16)));
    }
    while (text.length() < wanted - own) {
      text.append(shared);
    }
    for (int i = 0; i < own; i++) {
      text.append((char) ('0' + random.nextInt(64)));
    }
    if (random.nextInt(10) == 0 && wanted >= 2) {
      text.setLength(wanted - 2);
      text.append('é');
    }
    String key = text.toString();
    if (key.getBytes(StandardCharsets.UTF_8).length > mostBytes) {
      throw new AssertionError("key of " + key.length() + " characters");
    }
    return key;
  }
}
