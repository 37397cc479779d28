package io.djinn.gin.scan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.djinn.opclass.GinQuery.Mode;
import io.djinn.opclass.Ternary;
import io.djinn.opclass.builtin.ArrayOps;
import java.util.List;
import org.junit.jupiter.api.Test;

class QueryShapeTest {
  @Test
  void theArrayOperatorsAreIntersectionsAndUnions() {
    assertEquals(QueryShape.CONJUNCTION, QueryShape.of(ArrayOps.containsAll("a", "b", "c")));
    assertEquals(QueryShape.CONJUNCTION, QueryShape.of(ArrayOps.equalTo("a", "b")));
    assertEquals(QueryShape.UNION, QueryShape.of(ArrayOps.overlaps("a", "b", "c")));
    assertEquals(QueryShape.UNION_OF_CANDIDATES, QueryShape.of(ArrayOps.containedBy("a", "b")));
  }

  @Test
  void requiredAreTheRarestKeysWithoutWhichNothingMatches() {
    List<byte[]> keys = List.of(new byte[] {1}, new byte[] {2}, new byte[] {3});
    // 0 AND (1 OR 2)
    Formula formula =
        new Formula.And(
            List.of(
                new Formula.Key(0),
                new Formula.Or(List.of(new Formula.Key(1), new Formula.Key(2)))));
    KeyQuery query = new KeyQuery(Mode.DEFAULT, keys, false, formula::value);
    assertEquals(QueryShape.GENERAL, QueryShape.of(query));
    assertArrayEquals(new int[] {0}, QueryShape.requiredKeys(query, new int[] {0, 1, 2}));
    assertArrayEquals(new int[] {2, 1}, QueryShape.requiredKeys(query, new int[] {2, 1, 0}));
    // 1 is rarest, and of no use without 2.
    assertArrayEquals(new int[] {0}, QueryShape.requiredKeys(query, new int[] {1, 0, 2}));
    assertEquals(Ternary.YES, QueryShape.answer(query, Ternary.YES));
    assertEquals(Ternary.NO, QueryShape.answer(query, Ternary.NO));
    assertEquals(Ternary.MAYBE, QueryShape.answer(query, Ternary.MAYBE));
  }

  @Test
  void aThresholdIsAUnionOfItsRarestKeysUnderAFilter() {
    List<byte[]> keys =
        List.of(new byte[] {1}, new byte[] {2}, new byte[] {3}, new byte[] {4}, new byte[] {5});
    KeyQuery threeOfFive =
        new KeyQuery(
            Mode.DEFAULT,
            keys,
            true,
            presence -> {
              int possible = 0;
              for (byte value : presence) {
                possible += value == Ternary.NO ? 0 : 1;
              }
              return possible >= 3 ? Ternary.MAYBE : Ternary.NO;
            });
    assertEquals(QueryShape.GENERAL, QueryShape.of(threeOfFive));
    assertArrayEquals(
        new int[] {4, 3, 2}, QueryShape.requiredKeys(threeOfFive, new int[] {4, 3, 2, 1, 0}));
  }
}
