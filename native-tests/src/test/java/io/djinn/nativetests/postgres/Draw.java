package io.djinn.nativetests.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Random choices, repeatable by their seed. */
final class Draw {
  private final SplittableRandom random;

  Draw(long seed) {
    random = new SplittableRandom(seed);
  }

  /** From 0 on. */
  int below(int bound) {
    return random.nextInt(bound);
  }

  /** Both ends included. */
  int between(int first, int last) {
    return random.nextInt(first, last + 1);
  }

  long nextLong() {
    return random.nextLong();
  }

  boolean percent(int chance) {
    return random.nextInt(100) < chance;
  }

  @SafeVarargs
  @SuppressWarnings("varargs")
  final <T> T of(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  <T> T of(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  /** Some elements in another order. */
  <T> List<T> some(List<T> from, int atMost) {
    List<T> left = new ArrayList<>(from);
    List<T> taken = new ArrayList<>();
    for (int count = Math.min(atMost, left.size()); taken.size() < count; ) {
      taken.add(left.remove(random.nextInt(left.size())));
    }
    return taken;
  }

  /** A part of a text, whole characters of Unicode; may be empty. */
  String part(String text, int atMost) {
    int length = text.codePointCount(0, text.length());
    int from = below(length + 1);
    int count = Math.min(below(atMost + 1), length - from);
    int start = text.offsetByCodePoints(0, from);
    return text.substring(start, text.offsetByCodePoints(start, count));
  }

  /** Now and then a text with a character too many or too few, to see what is refused. */
  String seldomBroken(String text) {
    if (text.isEmpty() || !percent(3)) {
      return text;
    }
    int at = text.offsetByCodePoints(0, below(text.codePointCount(0, text.length())));
    int end = text.offsetByCodePoints(at, 1);
    return switch (below(3)) {
      case 0 -> text.substring(0, at) + text.substring(end);
      case 1 -> text.substring(0, end) + text.substring(at);
      default ->
          text.substring(0, at) + of("(", ")", "*", "[", "\"", "|", "!") + text.substring(at);
    };
  }
}
