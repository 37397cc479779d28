package io.djinn.source;

/** Takes the rows of a scan. */
@FunctionalInterface
public interface RowVisitor {
  /**
   * @param row valid during the call only
   * @return false ends the scan
   */
  boolean row(long tid, Row row);
}
