package io.djinn.build.cli.golden;

/** One line of a golden file: what is asked, and PostgreSQL's answer. */
public sealed interface GoldenLine permits GoldenQuery, GoldenCall {
  /** Number of the line, 1-based. */
  int number();

  GoldenKind kind();

  /** What results are counted under: the operator class, or the kind where there is none. */
  String label();
}
