package io.djinn.build.cli.golden;

import java.util.List;

/**
 * An index that golden queries ask for; equal for queries that share it.
 *
 * @param data name of the data file
 * @param columns as {@code cast}, or {@code genres:array_ops} where the line has {@code columns}
 * @param specs the same as columns of an index, {@code cast:array_ops/text}
 * @param opclass operator class as the line names it
 */
public record GoldenIndex(String data, List<String> columns, List<String> specs, String opclass) {
  public GoldenIndex {
    columns = List.copyOf(columns);
    specs = List.copyOf(specs);
  }
}
