package io.djinn.opclass.builtin.regex;

import io.djinn.opclass.builtin.FoundValue;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A regular expression in PostgreSQL's syntax, which says whether it matches any part of a text.
 *
 * <p>Advanced expressions with the prefixes {@code ***=} and {@code ***:} and embedded options, so
 * also extended and basic ones. Newline is an ordinary character unless an option says otherwise.
 * Letters, digits and case are those of {@link CharacterTypes}.
 *
 * <p>Comparing takes time in proportion to the length of the text, and memory within a fixed bound,
 * except for expressions with back references, whose work can grow without measure. In any case the
 * steps spent on one text are counted, and past a limit the comparison ends with a {@link
 * io.djinn.error.QueryTooExpensiveException}. Serves any number of threads.
 */
public final class RegularExpression {
  /** Steps one text may take where the caller sets no limit; a step is some nanoseconds. */
  public static final long DEFAULT_MAX_STEPS = 100_000_000;

  /**
   * What compiling has found out.
   *
   * @param start first state of the whole expression
   * @param lookStarts first states of the constraints, which read towards the place they stand at
   * @param tree how matches are divided; null where nothing refers back
   * @param anchored whether it matches from the start of a text only
   */
  record Program(
      Nfa nfa,
      int start,
      ColourKinds kinds,
      List<Expression.Look> looks,
      int[] lookStarts,
      MatchTree.Node tree,
      int groupCount,
      boolean anchored,
      boolean ignoresCase) {}

  private final String pattern;
  private final long maxSteps;
  private final Program program;

  /** A matcher nobody uses now, with what it has learned of texts. */
  private final AtomicReference<Matcher> idle = new AtomicReference<>();

  private RegularExpression(String pattern, long maxSteps, Program program) {
    this.pattern = pattern;
    this.maxSteps = maxSteps;
    this.program = program;
  }

  /**
   * The expression as {@code ~} takes it, or {@code ~*} where case is ignored.
   *
   * @throws InvalidRegularExpressionException naming what breaks the syntax, or a limit, and where
   */
  public static RegularExpression compile(String pattern, boolean ignoreCase) {
    return compile(
        pattern, ignoreCase ? EnumSet.of(Flag.IGNORE_CASE) : Set.of(), DEFAULT_MAX_STEPS);
  }

  /**
   * The expression with flags, and a limit of steps on one text.
   *
   * @throws InvalidRegularExpressionException naming what breaks the syntax, or a limit, and where
   */
  public static RegularExpression compile(String pattern, Set<Flag> flags, long maxSteps) {
    if (maxSteps < 1) {
      throw new IllegalArgumentException("maxSteps is at least 1, not " + maxSteps);
    }
    Parser parser = new Parser(pattern, flags);
    Expression expression = parser.parse();
    CharSet words = ColourKinds.wordSet(flags.contains(Flag.STAND_INS));
    Survey survey = new Survey(words);
    survey.visit(expression);
    // Those of an atom that is repeated zero times are gone, unless they are inside others.
    List<Expression.Look> looks = survey.hasLooks ? parser.looks() : List.of();
    for (Expression.Look look : looks) {
      survey.visit(look.body());
    }
    Alphabet alphabet = new Alphabet(survey.sets);
    Nfa nfa = new Nfa(pattern, alphabet);
    int start = nfa.add(expression, false);
    int[] lookStarts = new int[looks.size()];
    for (int i = 0; i < lookStarts.length; i++) {
      lookStarts[i] = nfa.add(looks.get(i).body(), looks.get(i).ahead());
    }
    Program program =
        new Program(
            nfa,
            start,
            new ColourKinds(alphabet, survey.hasPlaces, words),
            looks,
            lookStarts,
            survey.hasReferences ? MatchTree.build(expression, nfa, pattern) : null,
            survey.groupCount,
            isAnchored(expression),
            parser.ignoresCase());
    return new RegularExpression(pattern, maxSteps, program);
  }

  private static boolean isAnchored(Expression expression) {
    if (expression instanceof Expression.At at) {
      return at.place() == Place.TEXT_START;
    } else if (expression instanceof Expression.Sequence sequence) {
      return !sequence.items().isEmpty() && isAnchored(sequence.items().get(0));
    } else if (expression instanceof Expression.Choice choice) {
      return choice.branches().stream().allMatch(RegularExpression::isAnchored);
    } else if (expression instanceof Expression.Group group) {
      return isAnchored(group.body());
    }
    return false;
  }

  /** Whether the expression matches some part of the text, perhaps an empty one. */
  public boolean matches(CharSequence text) {
    Matcher matcher = take();
    boolean matched = matcher.matches(text);
    idle.set(matcher);
    return matched;
  }

  /**
   * As {@link #matches(CharSequence)}, with the steps taken from a budget that several texts share.
   */
  public boolean matches(CharSequence text, StepBudget budget) {
    Matcher matcher = take();
    boolean matched = matcher.matches(text, budget);
    idle.set(matcher);
    return matched;
  }

  /** As {@link #matches(CharSequence)}, of UTF-8; a byte that belongs to none counts as U+FFFD. */
  public boolean matches(byte[] utf8, int offset, int length) {
    Matcher matcher = take();
    boolean matched = matcher.matches(utf8, offset, length);
    idle.set(matcher);
    return matched;
  }

  private Matcher take() {
    Matcher matcher = idle.getAndSet(null);
    return matcher != null
        ? matcher
        : new Matcher(
            program,
            new StepBudget("regular expression \"" + FoundValue.cut(pattern) + "\"", maxSteps));
  }

  public String pattern() {
    return pattern;
  }

  /** The automaton, for those who want to know what any matching text must contain. */
  public Nfa automaton() {
    return program.nfa();
  }

  /** First state of {@link #automaton()}. */
  public int firstState() {
    return program.start();
  }

  /** Kind of neighbour a colour is to a {@link Place}; OTHER where the expression has no places. */
  public int neighbour(int colour) {
    return program.kinds().kind(colour);
  }

  @Override
  public String toString() {
    return pattern;
  }

  /** What occurs in an expression. */
  private static final class Survey {
    private final CharSet words;
    private final Set<CharSet> sets = new LinkedHashSet<>();
    private final Set<Integer> referred = new LinkedHashSet<>();
    private boolean hasPlaces;
    private boolean hasReferences;
    private boolean hasLooks;
    private int groupCount;

    Survey(CharSet words) {
      this.words = words;
    }

    private void visit(Expression expression) {
      if (expression instanceof Expression.Chars chars) {
        sets.add(chars.set());
      } else if (expression instanceof Expression.Sequence sequence) {
        sequence.items().forEach(this::visit);
      } else if (expression instanceof Expression.Choice choice) {
        choice.branches().forEach(this::visit);
      } else if (expression instanceof Expression.Repeat repeat) {
        visit(repeat.body());
      } else if (expression instanceof Expression.Group group) {
        groupCount = Math.max(groupCount, group.number());
        visit(group.body());
      } else if (expression instanceof Expression.BackReference reference) {
        // The group itself may be inside an atom that is repeated zero times.
        groupCount = Math.max(groupCount, reference.group().number());
        hasReferences = true;
        if (referred.add(reference.group().number())) {
          visit(reference.group().body());
        }
      } else if (expression instanceof Expression.At) {
        hasPlaces = true;
        sets.add(ColourKinds.newlineSet());
        sets.add(words);
      } else if (expression instanceof Expression.Look) {
        hasLooks = true;
      }
    }
  }
}
