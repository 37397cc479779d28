package io.djinn.perf;

import java.util.stream.IntStream;

/**
 * Least squares with factors that are not negative, for so few of them that every set of those
 * above zero can be tried.
 */
final class LeastSquares {
  private static final int MOST_FACTORS = 8;

  /** A pivot below this part of the largest one is none: columns depend on each other. */
  private static final double LEAST_PIVOT = 1e-10;

  private LeastSquares() {}

  /**
   * The factors, one a column, with which the rows come nearest to the values; 0 for a column that
   * is of no use.
   *
   * @param rows one a value, all of one length
   */
  static double[] nonNegative(double[][] rows, double[] values) {
    int columns = rows.length == 0 ? 0 : rows[0].length;
    if (columns < 1 || columns > MOST_FACTORS) {
      throw new IllegalArgumentException(columns + " factors: must be 1 to " + MOST_FACTORS);
    }
    double[] scales = scales(rows, columns);
    double[] best = new double[columns];
    double least = error(rows, values, best);
    for (int set = 1; set < 1 << columns; set++) {
      double[] found = solve(rows, values, scales, set);
      if (found != null) {
        double error = error(rows, values, found);
        if (error < least) {
          least = error;
          best = found;
        }
      }
    }
    return best;
  }

  /** The lengths of the columns, so that none is small only by its unit. */
  private static double[] scales(double[][] rows, int columns) {
    double[] scales = new double[columns];
    for (int column = 0; column < columns; column++) {
      for (double[] row : rows) {
        scales[column] += row[column] * row[column];
      }
      scales[column] = Math.sqrt(scales[column]);
    }
    return scales;
  }

  /** The best factors of a set of columns; null where they are not one set, or one is negative. */
  private static double[] solve(double[][] rows, double[] values, double[] scales, int set) {
    int[] columns =
        IntStream.range(0, scales.length).filter(column -> (set >> column & 1) != 0).toArray();
    int n = columns.length;
    double[][] normal = new double[n][n + 1];
    for (int i = 0; i < n; i++) {
      if (scales[columns[i]] == 0) {
        return null;
      }
      for (int row = 0; row < rows.length; row++) {
        double left = rows[row][columns[i]] / scales[columns[i]];
        for (int j = 0; j < n; j++) {
          normal[i][j] += left * rows[row][columns[j]] / scales[columns[j]];
        }
        normal[i][n] += left * values[row];
      }
    }
    double[] scaled = eliminate(normal);
    if (scaled == null) {
      return null;
    }
    double[] factors = new double[scales.length];
    for (int i = 0; i < n; i++) {
      if (!(scaled[i] >= 0)) {
        return null;
      }
      factors[columns[i]] = scaled[i] / scales[columns[i]];
    }
    return factors;
  }

  /** Solves equations, the right side in the last column; null where they have no one solution. */
  private static double[] eliminate(double[][] equations) {
    int n = equations.length;
    for (int i = 0; i < n; i++) {
      int pivot = i;
      for (int row = i + 1; row < n; row++) {
        if (Math.abs(equations[row][i]) > Math.abs(equations[pivot][i])) {
          pivot = row;
        }
      }
      double[] swapped = equations[i];
      equations[i] = equations[pivot];
      equations[pivot] = swapped;
      if (Math.abs(equations[i][i]) < LEAST_PIVOT) {
        return null;
      }
      for (int row = 0; row < n; row++) {
        if (row != i) {
          double factor = equations[row][i] / equations[i][i];
          for (int column = i; column <= n; column++) {
            equations[row][column] -= factor * equations[i][column];
          }
        }
      }
    }
    double[] solution = new double[n];
    for (int i = 0; i < n; i++) {
      solution[i] = equations[i][n] / equations[i][i];
    }
    return solution;
  }

  /** The sum of squares of what is left. */
  static double error(double[][] rows, double[] values, double[] factors) {
    double sum = 0;
    for (int row = 0; row < rows.length; row++) {
      double left = values[row];
      for (int column = 0; column < factors.length; column++) {
        left -= rows[row][column] * factors[column];
      }
      sum += left * left;
    }
    return sum;
  }
}
