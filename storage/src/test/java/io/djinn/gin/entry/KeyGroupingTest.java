package io.djinn.gin.entry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class KeyGroupingTest {
  private static List<byte[]> names(RandomGenerator random) {
    TreeSet<byte[]> names = new TreeSet<>(Arrays::compareUnsigned);
    int alike = 1 + random.nextInt(30);
    int letters = 1 + random.nextInt(26);
    for (int i = random.nextInt(1, 300); i > 0; i--) {
      StringBuilder name = new StringBuilder("p");
      for (int length = random.nextInt(12); length > 0; length--) {
        name.append((char) ('a' + random.nextInt(letters)));
      }
      names.add(name.toString().getBytes(StandardCharsets.UTF_8));
      for (int copy = random.nextInt(alike); copy > 0; copy--) {
        names.add((name + "-c" + copy).getBytes(StandardCharsets.UTF_8));
      }
    }
    return List.copyOf(names);
  }

  private static int common(byte[] a, byte[] b) {
    int mismatch = Arrays.mismatch(a, b);
    return mismatch < 0 ? a.length : mismatch;
  }

  private static int prefix(List<byte[]> keys) {
    return common(keys.get(0), keys.get(keys.size() - 1));
  }

  private static KeyGrouping of(List<byte[]> keys) {
    KeyGrouping grouping = new KeyGrouping();
    int prefix = prefix(keys);
    for (int i = 0; i < keys.size(); i++) {
      byte[] key = keys.get(i);
      grouping.add(i == 0 ? 0 : common(keys.get(i - 1), key), key.length, prefix);
    }
    return grouping;
  }

  @Test
  void groupsAreAllKeysInOrderAndStemsWhatTheyBeginWith() {
    RandomGenerator random = Seeds.random("KeyGroupingTest");
    for (int round = 0; round < 500; round++) {
      List<byte[]> keys = names(random);
      KeyGrouping grouping = of(keys);
      int prefix = prefix(keys);
      int bytes = 0;
      int stems = 0;
      assertEquals(0, grouping.first(0));
      assertEquals(keys.size(), grouping.first(grouping.count()));
      for (int group = 0; group < grouping.count(); group++) {
        List<byte[]> own = keys.subList(grouping.first(group), grouping.first(group + 1));
        int stem = grouping.stem(group, prefix);
        assertTrue(stem >= prefix && stem <= prefix(own), stem + " of " + prefix(own));
        stems += stem - prefix;
        bytes += own.stream().mapToInt(key -> key.length - stem).sum();
      }
      assertEquals(stems, grouping.stemsBytes(prefix));
      assertEquals(KeyGroups.bytes(grouping.count(), stems) + bytes, grouping.bytes(prefix));
    }
  }

  @Test
  void aKeyThatIsTakenBackLeavesNothingBehind() {
    RandomGenerator random = Seeds.random("KeyGroupingTest taken back");
    for (int round = 0; round < 300; round++) {
      List<byte[]> keys = names(random);
      int prefix = prefix(keys);
      KeyGrouping grouping = new KeyGrouping();
      KeyGrouping without = new KeyGrouping();
      boolean areGiven = random.nextBoolean();
      for (int i = 0; i < keys.size(); i++) {
        int length = keys.get(i).length;
        int common = i == 0 ? 0 : common(keys.get(i - 1), keys.get(i));
        for (int tries = random.nextInt(3); tries > 0 && i > 0; tries--) {
          int other = random.nextInt(keys.get(i - 1).length + 1);
          if (areGiven) {
            grouping.add(other + 1, random.nextBoolean(), random.nextInt(20));
          } else {
            grouping.add(other, other + 1 + random.nextInt(9), prefix);
          }
          grouping.removeLast();
        }
        if (areGiven) {
          boolean begins = random.nextInt(5) == 0;
          int stem = random.nextInt(length + 1);
          grouping.add(length, begins, stem);
          without.add(length, begins, stem);
        } else {
          grouping.add(common, length, prefix);
          without.add(common, length, prefix);
        }
        assertEquals(without.bytes(prefix), grouping.bytes(prefix));
        assertEquals(without.count(), grouping.count());
      }
    }
  }

  /** The least bytes that any choice of groups takes. */
  private static int least(List<byte[]> keys) {
    int prefix = prefix(keys);
    int[] least = new int[keys.size() + 1];
    Arrays.fill(least, Integer.MAX_VALUE);
    least[0] = KeyGroups.bytes(0, 0);
    for (int first = 0; first < keys.size(); first++) {
      int lengths = 0;
      for (int last = first; last < keys.size(); last++) {
        lengths += keys.get(last).length;
        int stem = common(keys.get(first), keys.get(last));
        int bytes = KeyGroups.ENTRY_BYTES + stem - prefix + lengths - (last + 1 - first) * stem;
        least[last + 1] = Math.min(least[last + 1], least[first] + bytes);
      }
    }
    return least[keys.size()];
  }

  @Test
  void noChoiceOfGroupsTakesMuchLess() {
    RandomGenerator random = Seeds.random("KeyGroupingTest least");
    long found = 0;
    long least = 0;
    for (int round = 0; round < 300; round++) {
      List<byte[]> keys = names(random);
      int bytes = of(keys).bytes(prefix(keys));
      int fewest = least(keys);
      assertTrue(bytes >= fewest, bytes + " of at least " + fewest);
      found += bytes;
      least += fewest;
    }
    System.out.printf("KeyGroupingTest: %d bytes, at least %d%n", found, least);
    assertTrue(found < 1.3 * least, found + " bytes, at least " + least);
  }
}
