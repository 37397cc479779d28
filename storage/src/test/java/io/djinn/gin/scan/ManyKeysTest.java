package io.djinn.gin.scan;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.djinn.error.QueryTooExpensiveException;
import io.djinn.gin.entry.EntryKeys;
import io.djinn.gin.entry.EntryTreeFixture;
import io.djinn.gin.pending.Journal;
import io.djinn.gin.pending.PendingView;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.GinQuery.Mode;
import io.djinn.opclass.OperatorClasses;
import io.djinn.opclass.Ternary;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.opclass.builtin.text.TsQuery;
import io.djinn.testkit.MemoryPages;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Scans for very many keys and ranges: what they find, allocate, and ask queries. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ManyKeysTest {
  private static final int WORDS = 25_000;
  private static final int PREFIXES = 20_000;
  private static final int NUMBERS = 300_000;
  private static final int PAGE_BYTES = 8 << 10;
  private static final long MIB = 1 << 20;

  /** Streams open at once, their windows, and what goes with them. */
  private static final long FIXED_BYTES = 32 * MIB;

  private static final int WORD_COLUMN = 0;
  private static final int NUMBER_COLUMN = 1;
  private static final int ROWS = 3000;

  /** Every number that is a multiple is in the index. */
  private static final int SPREAD = 10;

  /** Rows that have all of the words {@code w0 … w1999} but perhaps one. */
  private static final int FULL_ROWS = 40;

  private static final int FULL_WORDS = 2000;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final TreeMap<Long, TreeSet<Integer>> wordsOfRow = new TreeMap<>();
  private EntryTreeFixture index;
  private PendingView pending = PendingView.EMPTY;

  @BeforeAll
  void fill() {
    assumeTrue(
        threads.isThreadAllocatedMemorySupported() && threads.isThreadAllocatedMemoryEnabled());
    index = new EntryTreeFixture(PAGE_BYTES);
    SplittableRandom random = new SplittableRandom(26);
    TreeMap<Integer, TreeSet<Long>> rows = new TreeMap<>();
    Journal journal = new Journal();
    for (int word = 0; word < WORDS; word++) {
      int count = word % 1000 == 0 ? 1000 : 1 + random.nextInt(4);
      for (int i = 0; i < count; i++) {
        rows.computeIfAbsent(word, w -> new TreeSet<>()).add(random.nextLong(ROWS) * 1000);
      }
    }
    for (int row = 0; row < FULL_ROWS; row++) {
      for (int word = 0; word < FULL_WORDS; word++) {
        if (row % 2 == 0 || word != 50 * row) {
          rows.get(word).add((ROWS + row) * 1000L);
        }
      }
    }
    rows.forEach(
        (word, tids) -> {
          tids.forEach(tid -> wordsOfRow.computeIfAbsent(tid, t -> new TreeSet<>()).add(word));
          long[] all = tids.stream().mapToLong(Long::longValue).toArray();
          byte[] key = EntryKeys.compose(WORD_COLUMN, GinQuery.NORMAL_KEY, word(word));
          if (word % 7 == 0) {
            // The last TID is only pending, and one that was deleted is still in the tree.
            long last = all[all.length - 1];
            long deleted = last + 1;
            all[all.length - 1] = deleted;
            journal.add(key, last, true);
            journal.add(key, deleted, false);
          }
          index.insert(key, all);
        });
    for (int number = 0; number < NUMBERS; number += SPREAD) {
      index.insert(numberKey(number), number, number + 1L, NUMBERS * 2L);
    }
    index.commit();
    pending = pending.with(journal.run());
  }

  @AfterAll
  void close() {
    if (index != null) {
      index.close();
    }
  }

  private static byte[] word(int word) {
    return ("w" + word + ".").getBytes(UTF_8);
  }

  private static byte[] numberKey(int number) {
    GinQuery one = ArrayOps.overlaps(number);
    return EntryKeys.compose(NUMBER_COLUMN, GinQuery.NORMAL_KEY, one.key(0));
  }

  /** What a scan found, and what it took. */
  private final class Run {
    final List<Long> found = new ArrayList<>();
    final List<Long> unsure = new ArrayList<>();
    final ScanCounters counters;
    final long bytes;

    Run(int column, GinQuery query, PendingView pending) {
      MemoryPages.Steps step = index.pages().steps(64);
      long before = threads.getCurrentThreadAllocatedBytes();
      GinScan scan =
          new GinScan(
              index.metaPageNo(), List.of(new GinScan.Condition(column, query, true)), pending);
      long[] block = new long[GinScan.BLOCK];
      for (int n; (n = PlannedScan.next(scan, step.begin(), block)) != GinScan.END; ) {
        for (int i = 0; i < n; i++) {
          (scan.needsRecheck(i) ? unsure : found).add(block[i]);
        }
      }
      bytes = threads.getCurrentThreadAllocatedBytes() - before;
      counters = scan.counters();
    }
  }

  private static int any(byte[] presence) {
    int answer = Ternary.NO;
    for (byte value : presence) {
      if (value == Ternary.YES) {
        return Ternary.YES;
      }
      answer = value == Ternary.MAYBE ? Ternary.MAYBE : answer;
    }
    return answer;
  }

  private static int atLeast(byte[] presence, int wanted) {
    int sure = 0;
    int possible = 0;
    for (byte value : presence) {
      sure += value == Ternary.YES ? 1 : 0;
      possible += value == Ternary.NO ? 0 : 1;
    }
    return sure >= wanted ? Ternary.YES : possible < wanted ? Ternary.NO : Ternary.MAYBE;
  }

  /** A query for words, or for all that begins with one and is no longer. */
  private static KeyQuery words(int from, int to, boolean isRange, ToIntFunction<byte[]> answer) {
    List<byte[]> keys = new ArrayList<>();
    for (int i = from; i < to; i++) {
      keys.add(word(i));
    }
    keys.sort(Arrays::compareUnsigned);
    List<byte[]> ends =
        isRange
            ? keys.stream().map(key -> Arrays.copyOf(key, key.length + 1)).toList()
            : Collections.nCopies(keys.size(), null);
    return new KeyQuery(Mode.DEFAULT, keys, ends, false, answer);
  }

  private List<Long> rows(java.util.function.Predicate<TreeSet<Integer>> wanted) {
    return wordsOfRow.keySet().stream().filter(tid -> wanted.test(wordsOfRow.get(tid))).toList();
  }

  private List<Long> rowsWithAny(int from, int to) {
    return rows(words -> !words.subSet(from, to).isEmpty());
  }

  @Test
  void prefixesTakeNoMemoryEach() {
    KeyQuery query = words(0, PREFIXES, true, ManyKeysTest::any);
    Run run = new Run(WORD_COLUMN, query, pending);
    List<Long> all = new ArrayList<>(run.found);
    all.addAll(run.unsure);
    Collections.sort(all);
    assertEquals(rowsWithAny(0, PREFIXES), all);
    assertTrue(run.bytes < FIXED_BYTES + 600L * PREFIXES, run.bytes + " bytes");
  }

  @Test
  void prefixesJoinedByOrAreExactAndNotAskedAbout() {
    String text =
        IntStream.range(0, PREFIXES)
            .mapToObj(word -> "'w" + word + ".':*")
            .collect(Collectors.joining(" | "));
    GinQuery query =
        OperatorClasses.find("tsvector_ops", "simple").query("@@", TsQuery.parse(text));
    Run run = new Run(WORD_COLUMN, query, pending);
    assertEquals(rowsWithAny(0, PREFIXES), run.found);
    assertEquals(List.of(), run.unsure);
    assertTrue(run.bytes < FIXED_BYTES + 600L * PREFIXES, run.bytes + " bytes");
    assertEquals(ScanRoom.OF_SCAN.ranges() + 1, run.counters.streams());
  }

  @Test
  void keysTakeLittleMemoryEach() {
    GinQuery query = ArrayOps.overlaps(IntStream.range(0, NUMBERS).toArray());
    Run run = new Run(NUMBER_COLUMN, query, PendingView.EMPTY);
    TreeSet<Long> expected = new TreeSet<>(List.of(NUMBERS * 2L));
    for (long number = 0; number < NUMBERS; number += SPREAD) {
      expected.addAll(List.of(number, number + 1));
    }
    assertEquals(List.copyOf(expected), run.found);
    assertEquals(List.of(), run.unsure);
    assertTrue(run.bytes < FIXED_BYTES + 200L * NUMBERS, run.bytes + " bytes");
  }

  @Test
  void aUnionOfMoreKeysThanAreOpenFindsEachRowOnce() {
    Run run = new Run(WORD_COLUMN, words(0, 5000, false, ManyKeysTest::any), pending);
    List<Long> all = new ArrayList<>(run.found);
    all.addAll(run.unsure);
    Collections.sort(all);
    assertEquals(rowsWithAny(0, 5000), all);
  }

  @Test
  void aConjunctionOfMoreKeysThanAreOpenIsExact() {
    List<String> wanted = new ArrayList<>();
    for (int word = 0; word < FULL_WORDS; word++) {
      wanted.add(new String(word(word), UTF_8));
    }
    Run run = new Run(WORD_COLUMN, ArrayOps.containsAll(wanted.toArray(String[]::new)), pending);
    List<Long> expected = rows(words -> words.subSet(0, FULL_WORDS).size() == FULL_WORDS);
    assertEquals(FULL_ROWS / 2, expected.size());
    assertEquals(expected, run.found);
    assertEquals(List.of(), run.unsure);
    assertEquals(ScanRoom.OF_SCAN.keys() + 1, run.counters.streams());
  }

  @Test
  void aThresholdOfManyKeysLeavesToTheRowWhatItHasNoStreamsFor() {
    int most = FULL_WORDS - 1;
    Run run =
        new Run(
            WORD_COLUMN,
            words(0, FULL_WORDS, false, presence -> atLeast(presence, FULL_WORDS)),
            pending);
    List<Long> expected = rows(words -> words.subSet(0, FULL_WORDS).size() > most);
    assertEquals(List.of(), run.found);
    assertTrue(run.unsure.containsAll(expected));
    assertFalse(run.unsure.size() > FULL_ROWS, "what few keys refuse is left out");
  }

  @Test
  void aQueryThatSaysNothingIsPlannedWithFewQuestions() {
    int[] asked = new int[1];
    int[] inStep = new int[1];
    boolean[] isInStep = new boolean[1];
    KeyQuery query =
        words(
            0,
            WORDS,
            false,
            presence -> {
              asked[0]++;
              inStep[0] += isInStep[0] ? 1 : 0;
              return any(presence);
            });
    GinScan scan =
        new GinScan(
            index.metaPageNo(), List.of(new GinScan.Condition(WORD_COLUMN, query)), pending);
    MemoryPages.Steps step = index.pages().steps(64);
    long[] block = new long[GinScan.BLOCK];
    while (true) {
      scan.plan();
      isInStep[0] = true;
      int mostInStep = inStep[0] + (1 << 20) / WORDS + 1;
      int taken = scan.next(step.begin(), block);
      assertTrue(inStep[0] <= mostInStep, "questions in one step");
      isInStep[0] = false;
      if (taken != GinScan.PAUSED) {
        break;
      }
    }
    assertTrue(asked[0] - inStep[0] < 2 * QueryShape.MAX_TRIED, asked[0] + " questions");
  }

  @Test
  void aScanThatWasNotPlannedIsRefused() {
    GinScan scan =
        new GinScan(
            index.metaPageNo(),
            List.of(new GinScan.Condition(NUMBER_COLUMN, ArrayOps.overlaps(1, 2))),
            PendingView.EMPTY);
    MemoryPages.Steps step = index.pages().steps(64);
    long[] block = new long[GinScan.BLOCK];
    assertEquals(GinScan.PAUSED, scan.next(step.begin(), block));
    assertThrows(IllegalStateException.class, () -> scan.next(step.begin(), block));
  }

  @Test
  void moreConditionsThanAScanTakesAreRefused() {
    GinScan.Condition one = new GinScan.Condition(NUMBER_COLUMN, ArrayOps.overlaps(10, 20));
    List<GinScan.Condition> most = Collections.nCopies(GinScan.MAX_CONDITIONS, one);
    GinScan scan = new GinScan(index.metaPageNo(), most, PendingView.EMPTY);
    MemoryPages.Steps step = index.pages().steps(64);
    long[] block = new long[GinScan.BLOCK];
    List<Long> found = new ArrayList<>();
    for (int n; (n = PlannedScan.next(scan, step.begin(), block)) != GinScan.END; ) {
      Arrays.stream(block, 0, n).forEach(found::add);
    }
    assertEquals(List.of(10L, 11L, 20L, 21L, NUMBERS * 2L), found);
    List<GinScan.Condition> more = Collections.nCopies(GinScan.MAX_CONDITIONS + 1, one);
    String message =
        assertThrows(
                QueryTooExpensiveException.class,
                () -> new GinScan(index.metaPageNo(), more, PendingView.EMPTY))
            .getMessage();
    assertEquals("257 conditions: a scan takes at most 256", message);
  }
}
