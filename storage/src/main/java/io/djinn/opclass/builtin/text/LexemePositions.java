package io.djinn.opclass.builtin.text;

/**
 * The positions that a document has for the operands of a query: one list for each lexeme that an
 * operand stands for.
 */
interface LexemePositions {
  /** Which lexemes of the document an operand stands for is not known. */
  int UNKNOWN = -1;

  /** Whether the document has lexemes that an operand stands for, a {@code Ternary}. */
  byte presence(int operand);

  /** How many lexemes of the document an operand stands for, or {@link #UNKNOWN}. */
  int lexemeCount(int operand);

  /** Adds the positions of one of them, packed with weights; none where the lexeme has none. */
  void addPositions(int operand, int which, PositionList to);
}
