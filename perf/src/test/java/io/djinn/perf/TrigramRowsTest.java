package io.djinn.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.perf.TrigramQuestion.Shape;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrigramRowsTest {
  private static final int KEYS = 55;
  private static final int PREPARED = 40;
  private static final long SEED = 3;

  private final TrigramRows rows = new TrigramRows(KEYS, PREPARED, SEED);

  @Test
  void aRowHasDifferentKeysOfThreeCharacters() {
    for (long tid = 0; tid < PREPARED; tid++) {
      Set<String> keys = new HashSet<>(rows.row(tid));
      assertEquals(KEYS, keys.size());
      assertTrue(keys.stream().allMatch(key -> key.length() == 3));
    }
  }

  @Test
  void theSameSeedGivesTheSameRowsAndTheyRepeat() {
    TrigramRows again = new TrigramRows(KEYS, PREPARED, SEED);
    for (long tid = 0; tid < PREPARED; tid++) {
      assertEquals(rows.row(tid), again.row(tid));
      assertEquals(rows.row(tid), rows.row(tid + 7L * PREPARED));
    }
  }

  @Test
  void keysAndPairsAreThoseOfTheRows() {
    for (long end : new long[] {0, 1, 17, PREPARED, 3 * PREPARED + 1}) {
      Set<String> keys = new HashSet<>();
      long pairs = 0;
      for (long tid = 0; tid < end; tid++) {
        keys.addAll(rows.row(tid));
        pairs += rows.row(tid).size();
      }
      assertEquals(keys.size(), rows.distinctKeys(end));
      assertEquals(pairs, rows.pairs(end));
    }
  }

  @ParameterizedTest
  @EnumSource(Shape.class)
  void everyQuestionButThoseForNoKeyHasAnAnswer(Shape shape) {
    List<TrigramQuestion> questions =
        TrigramQuestion.of(rows, shape, 20, new SplittableRandom(SEED));
    for (TrigramQuestion question : questions) {
      long once = question.count(PREPARED);
      assertEquals(shape == Shape.ABSENT, once == 0, question.toString());
      assertEquals(3 * once, question.count(3 * PREPARED));
      assertEquals(once + question.count(5), question.count(PREPARED + 5));
    }
  }

  @Test
  void moreKeysThanCanBeDrawnAreRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new TrigramRows(TrigramRows.MOST_KEYS_PER_ROW + 1, 1, SEED));
  }
}
