package io.djinn.opclass.builtin.text;

/**
 * The positions that a document has for the operands of a query: one list for each lexeme that an
 * operand stands for.
 */
interface LexemePositions {
  /** The document is not known to have, or not to have, such lexemes. */
  int UNKNOWN = -1;

  /** How many lexemes of the document an operand stands for, or {@link #UNKNOWN}. */
  int lexemeCount(int operand);

  /** Adds the positions of one of them, packed with weights; none where the lexeme has none. */
  void addPositions(int operand, int which, PositionList to);
}
