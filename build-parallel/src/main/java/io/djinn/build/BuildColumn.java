package io.djinn.build;

import io.djinn.opclass.GinOperatorClass;
import io.djinn.source.ColumnPath;

/**
 * A column to index.
 *
 * @param path where it is in a row
 * @param operatorClass makes its keys
 * @param keepsPayloads whether the payloads it gives go into the index
 */
public record BuildColumn(ColumnPath path, GinOperatorClass operatorClass, boolean keepsPayloads) {
  /** A column without payloads. */
  public BuildColumn(ColumnPath path, GinOperatorClass operatorClass) {
    this(path, operatorClass, false);
  }
}
