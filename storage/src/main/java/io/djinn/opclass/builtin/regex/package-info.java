/**
 * Regular expressions in PostgreSQL's syntax, with matching in bounded time.
 *
 * <p>Read {@link io.djinn.opclass.builtin.regex.RegularExpression} first, then {@code Parser} and
 * {@code Nfa}. The way of an expression:
 *
 * <pre>
 * pattern → Lexer → Parser → Expression (tree) → Alphabet (colours) → Nfa
 *                                                       │
 *            LazyDfa: is there a match? ────────────────┤  every text; the last word for most
 *            Simulation: lookaround decided ────────────┤  only with (?= (?! (?&lt;= (?&lt;!
 *            MatchTree + Dissector: divisions tried ────┘  only with back references
 * </pre>
 *
 * <p>The table {@code character-types.txt} beside these classes has the letters, digits and case of
 * the C library's locale C.UTF-8 (glibc 2.36, Unicode 15): ranges of each type, then runs {@code
 * first-last/step+delta} of case. Word characters are letters, digits and the underscore.
 *
 * <p>Limits, each named in the error: nesting of parentheses, states of the automata, bounds of
 * repetition (255), and steps on one text. Not offered: {@code ***?}, which asks for a version.
 *
 * <p>Imports {@code error} and the JDK; nothing of trigrams.
 */
package io.djinn.opclass.builtin.regex;
