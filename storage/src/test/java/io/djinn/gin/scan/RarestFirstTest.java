package io.djinn.gin.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.gin.entry.EntryKeys;
import io.djinn.gin.entry.EntryTreeFixture;
import io.djinn.gin.pending.PendingView;
import io.djinn.opclass.GinQuery.Mode;
import io.djinn.opclass.Ternary;
import io.djinn.testkit.MemoryPages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a query decodes follows its rarest key, whatever the shape of the query. */
class RarestFirstTest {
  private static final int PAGE_BYTES = 8192;
  private static final int FREQUENT = 8;

  /**
   * Segments a stream decodes for one candidate at most: those of the block it fills, of which the
   * first may lie partly before the candidate.
   */
  private static final int SEGMENTS_A_CANDIDATE = 3;

  /** Frequent keys 0 to 7 of every row but few, and rare keys beside them, in two columns. */
  private static final class Rows implements AutoCloseable {
    final EntryTreeFixture index = new EntryTreeFixture(PAGE_BYTES);
    final long[] rare;

    /**
     * @param frequent rows of each frequent key
     * @param rareCount rows of the rare key, spread over all
     */
    Rows(int frequent, int rareCount) {
      for (int key = 0; key < FREQUENT; key++) {
        index.insert(composite(0, key), LongStream.range(0, frequent).map(i -> i * 5).toArray());
      }
      int apart = frequent / (rareCount + 1);
      rare = LongStream.rangeClosed(1, rareCount).map(i -> i * apart * 5).toArray();
      index.insert(composite(0, FREQUENT), rare);
      index.insert(composite(1, FREQUENT), rare);
      index.commit();
    }

    static byte[] composite(int column, int key) {
      return EntryKeys.compose(column, 0, key(key));
    }

    ScanCounters run(GinScan.Condition... conditions) {
      GinScan scan = new GinScan(index.metaPageNo(), List.of(conditions), PendingView.EMPTY);
      MemoryPages.Steps step = index.pages().steps(64);
      long[] block = new long[GinScan.BLOCK];
      List<Long> found = new ArrayList<>();
      for (int taken = 0;
          taken != GinScan.END;
          taken = PlannedScan.next(scan, step.begin(), block)) {
        Arrays.stream(block, 0, taken).forEach(found::add);
      }
      assertEquals(Arrays.stream(rare).boxed().toList(), found);
      return scan.counters();
    }

    @Override
    public void close() {
      index.close();
    }
  }

  private static byte[] key(int key) {
    return new byte[] {'k', (byte) ('0' + key)};
  }

  private static KeyQuery query(Formula formula, int... keys) {
    List<byte[]> bytes = Arrays.stream(keys).mapToObj(RarestFirstTest::key).toList();
    return new KeyQuery(Mode.DEFAULT, bytes, false, formula::value);
  }

  private static Formula keys(boolean isAnd, int from, int to) {
    List<Formula> operands = new ArrayList<>();
    IntStream.range(from, to).forEach(i -> operands.add(new Formula.Key(i)));
    return isAnd ? new Formula.And(operands) : new Formula.Or(operands);
  }

  private static long most(int rareCount, int frequentStreams) {
    // What the rarest has itself, and for each of its TIDs a block of each other stream.
    return 2 + rareCount / 100 + (long) rareCount * frequentStreams * SEGMENTS_A_CANDIDATE;
  }

  /** Lists of 1,500 TIDs are inline, of 400,000 are posting trees of 3,000 segments. */
  @ParameterizedTest
  @CsvSource({"1500, 1", "1500, 3", "400000, 1", "400000, 3", "400000, 60"})
  void aConjunctionOfThreeWithOneRareKeyDecodesInProportionToIt(int frequent, int rareCount) {
    try (Rows rows = new Rows(frequent, rareCount)) {
      ScanCounters counters =
          rows.run(new GinScan.Condition(0, query(keys(true, 0, 3), 0, 1, FREQUENT)));
      assertEquals(3, counters.streams());
      assertTrue(counters.segmentsDecoded() <= most(rareCount, 2), counters::toString);
      assertTrue(frequent < 100_000 || counters.segmentsSkipped() > 0, counters::toString);
    }
  }

  @ParameterizedTest
  @CsvSource({"1500, 1", "400000, 1", "400000, 60"})
  void aRareKeyAndAnyOfMany(int frequent, int rareCount) {
    try (Rows rows = new Rows(frequent, rareCount)) {
      Formula any = keys(false, 0, FREQUENT);
      Formula formula = new Formula.And(List.of(new Formula.Key(FREQUENT), any));
      int[] all = IntStream.rangeClosed(0, FREQUENT).toArray();
      ScanCounters counters = rows.run(new GinScan.Condition(0, query(formula, all)));
      assertTrue(counters.segmentsDecoded() <= most(rareCount, FREQUENT), counters::toString);
    }
  }

  @ParameterizedTest
  @CsvSource({"1500, 1", "400000, 1", "400000, 60"})
  void aRareKeyOfOneColumnAndAnyOfManyOfAnother(int frequent, int rareCount) {
    try (Rows rows = new Rows(frequent, rareCount)) {
      int[] all = IntStream.range(0, FREQUENT).toArray();
      ScanCounters counters =
          rows.run(
              new GinScan.Condition(0, query(keys(false, 0, FREQUENT), all)),
              new GinScan.Condition(1, query(new Formula.Key(0), FREQUENT)));
      // The first frequent key decides: the others are not read.
      assertTrue(counters.segmentsDecoded() <= most(rareCount, 2), counters::toString);
    }
  }

  @Test
  void aRareKeyAndAllRowsWithoutAnother() {
    try (Rows rows = new Rows(400_000, 3)) {
      rows.index.insert(EntryKeys.compose(0, 0, key(9)), 7, 1_000_003);
      rows.index.commit();
      KeyQuery without =
          new KeyQuery(
              Mode.ALL, List.of(key(9)), false, new Formula.Not(new Formula.Key(0))::value);
      ScanCounters counters =
          rows.run(
              new GinScan.Condition(0, without),
              new GinScan.Condition(1, query(new Formula.Key(0), FREQUENT)));
      assertTrue(counters.segmentsDecoded() <= most(3, 0), counters::toString);
    }
  }

  @Test
  void aQueryOfAllRowsThatNeedsAKeyIsNoWalkOverAllRows() {
    try (Rows rows = new Rows(400_000, 3)) {
      KeyQuery query =
          new KeyQuery(
              Mode.ALL,
              List.of(key(0), key(FREQUENT)),
              false,
              presence ->
                  presence[0] == Ternary.NO || presence[1] == Ternary.NO
                      ? Ternary.NO
                      : presence[0] == Ternary.YES ? presence[1] : Ternary.MAYBE);
      ScanCounters counters = rows.run(new GinScan.Condition(0, query));
      assertTrue(counters.segmentsDecoded() <= most(3, 1), counters::toString);
    }
  }
}
