package io.djinn.build;

import io.djinn.build.accumulate.KeyLimits;
import io.djinn.build.merge.RangeLoaderFactory;
import io.djinn.build.plan.BuildOptions;
import io.djinn.source.RowSource;
import java.util.List;

/**
 * What to build.
 *
 * @param name of the build, part of temporary files' names
 * @param source of the rows
 * @param columns to index, 1 to 256
 * @param maxKeyBytes the longest key the store takes, without column and category
 * @param maxPayloadBytes the longest payload the store takes
 * @param loaders take the merged keys
 * @param options of the build
 */
public record BuildRequest(
    String name,
    RowSource source,
    List<BuildColumn> columns,
    int maxKeyBytes,
    int maxPayloadBytes,
    RangeLoaderFactory loaders,
    BuildOptions options) {
  /** The most columns of a build: a key has its column in one byte. */
  static final int MAX_COLUMNS = 256;

  private static final int MAX_KEY_BYTES = (32 << 10) - 8;

  public BuildRequest {
    columns = List.copyOf(columns);
    if (columns.isEmpty() || columns.size() > MAX_COLUMNS) {
      throw new IllegalArgumentException(
          columns.size() + " columns are not within 1 and " + MAX_COLUMNS);
    }
    if (maxKeyBytes < 1 || maxKeyBytes > MAX_KEY_BYTES) {
      throw new IllegalArgumentException(
          "maxKeyBytes of " + maxKeyBytes + " is not within 1 and " + MAX_KEY_BYTES);
    }
  }

  /** Of columns without payloads. */
  public BuildRequest(
      String name,
      RowSource source,
      List<BuildColumn> columns,
      int maxKeyBytes,
      RangeLoaderFactory loaders,
      BuildOptions options) {
    this(name, source, columns, maxKeyBytes, 0, loaders, options);
  }

  /** What rows may give. */
  KeyLimits keyLimits() {
    boolean[] keepsPayloads = new boolean[columns.size()];
    for (int i = 0; i < keepsPayloads.length; i++) {
      keepsPayloads[i] = columns.get(i).keepsPayloads();
    }
    return new KeyLimits(
        columns.stream().map(column -> column.path().toString()).toArray(String[]::new),
        keepsPayloads,
        maxKeyBytes,
        maxPayloadBytes);
  }
}
