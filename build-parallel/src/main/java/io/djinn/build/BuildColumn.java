package io.djinn.build;

import io.djinn.opclass.GinOperatorClass;
import io.djinn.source.ColumnPath;

/**
 * A column to index.
 *
 * @param path where it is in a row
 * @param operatorClass makes its keys
 */
public record BuildColumn(ColumnPath path, GinOperatorClass operatorClass) {}
