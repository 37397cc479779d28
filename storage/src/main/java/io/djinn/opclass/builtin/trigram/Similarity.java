package io.djinn.opclass.builtin.trigram;

import io.djinn.opclass.builtin.regex.StepBudget;
import java.util.Arrays;

/** How alike two texts are by their trigrams, from 0 to 1, in 32-bit floating point. */
public final class Similarity {
  private static final float NEVER = Float.POSITIVE_INFINITY;

  private Similarity() {}

  /** Trigrams of both by trigrams of either. */
  public static float similarity(CharSequence a, CharSequence b) {
    return similarity(Trigrams.of(a).distinct(), Trigrams.of(b));
  }

  /**
   * @param a distinct, ascending
   * @param b compacted here
   */
  static float similarity(int[] a, Trigrams b) {
    int count = b.compact();
    int common = 0;
    for (int i = 0, j = 0; i < a.length && j < count; ) {
      if (a[i] == b.get(j)) {
        common++;
        i++;
        j++;
      } else if (a[i] < b.get(j)) {
        i++;
      } else {
        j++;
      }
    }
    return common == 0 ? 0 : ratio(common, a.length, count);
  }

  private static float ratio(int common, int a, int b) {
    return (float) common / (float) (a + b - common);
  }

  /** The greatest similarity of {@code words} to a stretch of the trigrams of {@code text}. */
  public static float wordSimilarity(CharSequence words, CharSequence text) {
    return extent(words, text, false);
  }

  /** As {@link #wordSimilarity}, of stretches that start and end with a word of the text. */
  public static float strictWordSimilarity(CharSequence words, CharSequence text) {
    return extent(words, text, true);
  }

  private static float extent(CharSequence words, CharSequence text, boolean strict) {
    StepBudget unlimited = new StepBudget("similarity", Long.MAX_VALUE);
    return extent(Trigrams.of(words).distinct(), Trigrams.of(text), strict, NEVER, unlimited);
  }

  /**
   * The greatest similarity of distinct trigrams to a stretch, or any that is enough.
   *
   * <p>For each end of a stretch its start is moved up to where the similarity is greatest, and
   * never back again.
   *
   * @param text its trigrams are replaced by their numbers
   * @param enough a similarity at which the search may stop
   */
  static float extent(
      int[] wanted, Trigrams text, boolean strict, float enough, StepBudget budget) {
    int length = text.count();
    int[] values = new int[length];
    int valueCount = text.numberInto(values);
    boolean[] found = new boolean[valueCount];
    for (int i = 0; i < valueCount; i++) {
      found[i] = Arrays.binarySearch(wanted, values[i]) >= 0;
    }
    boolean[] starts = new boolean[strict ? length : 0];
    boolean[] stops = new boolean[starts.length];
    for (int word = 0; strict && word < text.wordCount(); word++) {
      starts[text.wordStart(word)] = true;
      stops[text.wordEnd(word) - 1] = true;
    }

    // Texts may be long and many: the values are not looked at again.
    int[] lastPosition = values;
    Arrays.fill(lastPosition, 0, valueCount, -1);
    float best = 0;
    int lower = strict ? 0 : -1;
    int distinct = 0;
    int common = 0;
    for (int i = 0; i < length; i++) {
      int id = text.get(i);
      if (lower >= 0 || found[id]) {
        if (lastPosition[id] < 0) {
          distinct++;
          if (found[id]) {
            common++;
          }
        }
        lastPosition[id] = i;
      }
      if (!(strict ? stops[i] : found[id])) {
        continue;
      }
      if (lower < 0) {
        lower = i;
        distinct = 1;
      }
      budget.spend(i - lower + 1L);
      float current = ratio(common, wanted.length, distinct);
      int triedCommon = common;
      int triedDistinct = distinct;
      int previousLower = lower;
      for (int tried = lower; tried <= i; tried++) {
        if (!strict || starts[tried]) {
          float similarity = ratio(triedCommon, wanted.length, triedDistinct);
          if (similarity > current) {
            current = similarity;
            distinct = triedDistinct;
            lower = tried;
            common = triedCommon;
          }
          if (current >= enough) {
            break;
          }
        }
        int triedId = text.get(tried);
        if (lastPosition[triedId] == tried) {
          triedDistinct--;
          if (found[triedId]) {
            triedCommon--;
          }
        }
      }
      best = Math.max(best, current);
      if (best >= enough) {
        break;
      }
      for (int passed = previousLower; passed < lower; passed++) {
        if (lastPosition[text.get(passed)] == passed) {
          lastPosition[text.get(passed)] = -1;
        }
      }
    }
    return best;
  }
}
