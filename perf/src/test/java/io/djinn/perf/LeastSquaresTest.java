package io.djinn.perf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.testkit.TestSeed;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LeastSquaresTest {
  private final SplittableRandom random =
      new SplittableRandom(TestSeed.forTest("LeastSquaresTest"));

  private double[][] rows(int count, int columns) {
    double[][] rows = new double[count][columns];
    for (double[] row : rows) {
      for (int i = 0; i < columns; i++) {
        row[i] = random.nextDouble() * Math.pow(10, 3 * i);
      }
    }
    return rows;
  }

  @Test
  void factorsThatExplainTheValuesAreFoundWhateverTheirUnits() {
    for (int columns = 1; columns <= 5; columns++) {
      double[][] rows = rows(12, columns);
      double[] factors = new double[columns];
      double[] values = new double[rows.length];
      for (int i = 0; i < columns; i++) {
        factors[i] = random.nextInt(3) == 0 ? 0 : random.nextDouble() / Math.pow(10, 3 * i);
        for (int row = 0; row < rows.length; row++) {
          values[row] += rows[row][i] * factors[i];
        }
      }
      double[] found = LeastSquares.nonNegative(rows, values);
      for (int i = 0; i < columns; i++) {
        assertEquals(factors[i], found[i], 1e-6 / Math.pow(10, 3 * i));
      }
    }
  }

  /** A step from the answer in any direction that is allowed makes it no better. */
  @Test
  void noOtherFactorsAreNearer() {
    for (int i = 0; i < 300; i++) {
      int columns = random.nextInt(1, 6);
      double[][] rows = rows(random.nextInt(1, 15), columns);
      double[] values = new double[rows.length];
      for (int row = 0; row < values.length; row++) {
        values[row] = random.nextDouble() * 2 - 1;
      }
      double[] found = LeastSquares.nonNegative(rows, values);
      double least = LeastSquares.error(rows, values, found);
      for (int step = 0; step < 200; step++) {
        double[] other = found.clone();
        for (int column = 0; column < columns; column++) {
          double size = Math.pow(10, -random.nextInt(8) - 3.0 * column);
          other[column] = Math.max(0, other[column] + size * (random.nextDouble() - 0.5));
        }
        assertTrue(LeastSquares.error(rows, values, other) >= least - 1e-9);
      }
      for (double factor : found) {
        assertTrue(factor >= 0);
      }
    }
  }

  @Test
  void columnsThatAreEmptyOrAlikeAreOfNoUse() {
    double[][] rows = {{1, 0, 1}, {2, 0, 2}, {5, 0, 5}};
    double[] found = LeastSquares.nonNegative(rows, new double[] {3, 6, 15});
    assertEquals(0, found[1]);
    assertEquals(3, found[0] + found[2], 1e-9);
    assertArrayEquals(
        new double[] {0}, LeastSquares.nonNegative(new double[][] {{1}}, new double[] {-1}));
  }

  @Test
  void moreFactorsThanCanBeTriedAreRefused() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> LeastSquares.nonNegative(new double[1][9], new double[1]));
    assertEquals("9 factors: must be 1 to 8", e.getMessage());
  }
}
