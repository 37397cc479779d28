package io.djinn.perf;

import io.djinn.api.GinSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What is built in a measured run: a column of a table, with or without positions. */
enum BuildSetting {
  ARRAYS(BuildTable.ARRAYS, "$:array_ops/int4", false, 2.5, "int[]", "v"),
  PATHS(BuildTable.PATHS, "$:gin_trgm_ops", false, "text", "v gin_trgm_ops"),
  JSONB_OPS(BuildTable.PACKAGES, "$:jsonb_ops", false, "jsonb", "v"),
  JSONB_PATH_OPS(BuildTable.PACKAGES, "$:jsonb_path_ops", false, "jsonb", "v jsonb_path_ops"),
  DESCRIPTIONS(
      BuildTable.DESCRIPTIONS,
      BuildTable.DESCRIPTION + ":tsvector_ops/english",
      false,
      "text",
      "to_tsvector('english', v)"),
  DESCRIPTIONS_POSITIONS(
      BuildTable.DESCRIPTIONS, BuildTable.DESCRIPTION + ":tsvector_ops/english", true, "", ""),
  MOVIES(
      BuildTable.MOVIES,
      BuildTable.EXTRACT + ":tsvector_ops/english",
      false,
      "text",
      "to_tsvector('english', v)"),
  MOVIES_POSITIONS(BuildTable.MOVIES, BuildTable.EXTRACT + ":tsvector_ops/english", true, "", ""),
  /** The arrays with their parsing; measured where asked for. */
  ARRAYS_JSONL(BuildTable.ARRAYS_JSONL, "$:array_ops/int4", false, "int[]", "v"),
  /** As many keys as rows; measured where asked for. */
  DISTINCT(BuildTable.DISTINCT, "$:array_ops/int4", false, "int[]", "v");

  private static final double LUCENE_BOUND = 1.3;

  private final BuildTable table;
  private final String column;
  private final boolean hasPositions;
  private final double luceneBound;
  private final String postgresType;
  private final String postgresExpression;

  BuildSetting(
      BuildTable table,
      String column,
      boolean hasPositions,
      String postgresType,
      String postgresExpression) {
    this(table, column, hasPositions, LUCENE_BOUND, postgresType, postgresExpression);
  }

  BuildSetting(
      BuildTable table,
      String column,
      boolean hasPositions,
      double luceneBound,
      String postgresType,
      String postgresExpression) {
    this.table = table;
    this.column = column;
    this.hasPositions = hasPositions;
    this.luceneBound = luceneBound;
    this.postgresType = postgresType;
    this.postgresExpression = postgresExpression;
  }

  /** The name people write. */
  String text() {
    return name()
        .toLowerCase(Locale.ROOT)
        .replace("_positions", "-positions")
        .replace("_jsonl", "-jsonl");
  }

  /** The names people write, all of them. */
  static String texts() {
    return Arrays.stream(values()).map(BuildSetting::text).collect(Collectors.joining(","));
  }

  /**
   * The setting of a name.
   *
   * @throws IllegalArgumentException naming those there are
   */
  static BuildSetting parse(String text) {
    for (BuildSetting setting : values()) {
      if (setting.text().equals(text)) {
        return setting;
      }
    }
    throw new IllegalArgumentException("no setting \"" + text + "\"; there are " + texts());
  }

  BuildTable table() {
    return table;
  }

  /** Whether the generator of the arrays tells what the index must hold. */
  boolean isOfArrays() {
    return table == BuildTable.ARRAYS || table == BuildTable.ARRAYS_JSONL;
  }

  /** The index, not yet bound to a source. */
  GinSpec spec() {
    GinSpec spec = GinSpec.parse(List.of(column));
    return hasPositions || !spec.positions() ? spec : spec.withPositions(false);
  }

  /** Whether other engines build as much as it: none keeps positions here. */
  boolean hasPeers() {
    return !hasPositions;
  }

  /** Least ratio of Lucene's time to two participants'. */
  double luceneBound() {
    return luceneBound;
  }

  /** Type of PostgreSQL's column {@code v}. */
  String postgresType() {
    return postgresType;
  }

  /** What PostgreSQL's index is over. */
  String postgresExpression() {
    return postgresExpression;
  }
}
