package io.djinn.source;

import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.KeySink;

/**
 * One row of a source, read by column; a row passed to a visitor is valid inside that call only.
 *
 * <p>A field that is missing is SQL NULL.
 */
public interface Row {
  /**
   * Hands over the keys of a column: all of them, or none and an exception.
   *
   * @throws io.djinn.error.InvalidRowException naming file, line and column, the value found and
   *     the types taken
   */
  void extract(ColumnPath column, GinOperatorClass operatorClass, KeySink keys);

  /**
   * The value of a column as the operator class takes it for recheck; null is SQL NULL. The values
   * of an expression are joined by {@link GinOperatorClass#join}.
   *
   * @throws io.djinn.error.InvalidRowException as {@link #extract}
   */
  Object value(ColumnPath column, GinOperatorClass operatorClass);

  /** Whether the row has the column at all, if only as a null. */
  default boolean has(ColumnPath column) {
    return true;
  }

  /** The row as text, for showing. */
  String text();
}
