package io.djinn.opclass.builtin.regex;

import java.util.List;

/** A regular expression as a tree, after its syntax has been read. */
sealed interface Expression {
  /** No upper bound of a repetition. */
  int UNBOUNDED = -1;

  /** Which of several matches a quantifier wants. */
  enum Preference {
    /** The quantifier says nothing: what is inside decides. */
    NONE,
    LONGER,
    SHORTER
  }

  /** Matches the empty text; also what is left of an atom that is to be repeated zero times. */
  record Empty() implements Expression {}

  /** Matches one character of the set. */
  record Chars(CharSet set) implements Expression {}

  /** Matches its items one after the other. */
  record Sequence(List<Expression> items) implements Expression {}

  /** Matches what one of its branches matches. */
  record Choice(List<Expression> branches) implements Expression {}

  /** Matches its body {@code min} to {@code max} times. */
  record Repeat(Expression body, int min, int max, Preference preference) implements Expression {}

  /** A parenthesis; number 0 captures nothing. */
  record Group(Expression body, int number) implements Expression {}

  /** Matches the text its group captured. */
  record BackReference(Group group) implements Expression {}

  /** Matches the empty text at a place. */
  record At(Place place) implements Expression {}

  /** Matches the empty text where the body does, or does not, match what follows or precedes. */
  record Look(boolean ahead, boolean negated, Expression body, int index) implements Expression {}
}
