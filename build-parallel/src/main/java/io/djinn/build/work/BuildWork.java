package io.djinn.build.work;

/** What a thread of a build works at, in the order rows go through it. */
public enum BuildWork {
  /** Blocks are read and cut into rows; in the scan, also all that is none of the others. */
  SCAN,
  /** The column is found in a row, parsed, and made into keys. */
  EXTRACT,
  /** Keys and TIDs enter the table. */
  ACCUMULATE,
  /** The distinct keys of a table are put in order. */
  SORT,
  /** A run is written, into memory or into a temporary file. */
  SPILL,
  /** Runs are read, and their equal keys joined. */
  MERGE,
  /** Lists are encoded and put into pages. */
  LOAD,
  /** What one thread does alone: tasks are cut, upper levels and the last batch made. */
  LEAD
}
