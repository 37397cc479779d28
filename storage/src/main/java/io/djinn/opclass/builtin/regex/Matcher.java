package io.djinn.opclass.builtin.regex;

import java.util.List;

/**
 * What it takes to compare texts with one expression, for one thread at a time.
 *
 * <p>A deterministic automaton answers most questions alone. Where there are lookaround constraints
 * or back references it only says which texts can not match; the others are looked at again.
 */
final class Matcher {
  private final StepBudget budget;
  private final LazyDfa dfa;
  private final Simulation simulation;
  private final Dissector dissector;
  private final int start;
  private int[] codePoints = new int[0];
  private int length;

  Matcher(RegularExpression.Program program, StepBudget budget) {
    this.budget = budget;
    Nfa nfa = program.nfa();
    start = program.start();
    dfa = new LazyDfa(nfa, start, program.kinds(), program.anchored(), budget);
    List<Expression.Look> looks = program.looks();
    boolean again = !looks.isEmpty() || program.tree() != null;
    simulation =
        again ? new Simulation(nfa, program.kinds(), looks, program.lookStarts(), budget) : null;
    dissector =
        program.tree() == null
            ? null
            : new Dissector(
                program.tree(), program.groupCount(), simulation, budget, program.ignoresCase());
  }

  boolean matches(CharSequence text) {
    budget.restart();
    return matchesWithinBudget(text);
  }

  /** Takes the steps from another budget. */
  boolean matches(CharSequence text, StepBudget lender) {
    budget.drawOn(lender);
    return matchesWithinBudget(text);
  }

  private boolean matchesWithinBudget(CharSequence text) {
    if (!dfa.matches(text)) {
      return false;
    }
    if (simulation == null) {
      return true;
    }
    reserve(text.length());
    length = 0;
    for (int i = 0; i < text.length(); ) {
      int c = Character.codePointAt(text, i);
      codePoints[length++] = c;
      i += Character.charCount(c);
    }
    return matchesAgain();
  }

  boolean matches(byte[] utf8, int offset, int size) {
    budget.restart();
    if (!dfa.matches(utf8, offset, size)) {
      return false;
    }
    if (simulation == null) {
      return true;
    }
    reserve(size);
    length = 0;
    int limit = offset + size;
    for (int i = offset; i < limit; ) {
      int decoded = Utf8.decode(utf8, i, limit);
      codePoints[length++] = Utf8.codePoint(decoded);
      i += Utf8.length(decoded);
    }
    return matchesAgain();
  }

  private void reserve(int size) {
    if (codePoints.length < size) {
      codePoints = new int[Math.max(size, 2 * codePoints.length)];
    }
  }

  private boolean matchesAgain() {
    simulation.load(codePoints, length);
    return dissector == null
        ? simulation.matchesAnywhere(start)
        : dissector.matches(codePoints, length);
  }
}
