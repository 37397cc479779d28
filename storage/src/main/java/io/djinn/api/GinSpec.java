package io.djinn.api;

import io.djinn.error.DjinnException;
import io.djinn.error.UnknownOperatorClassException;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.OperatorClasses;
import io.djinn.source.ColumnPath;
import io.djinn.source.ColumnSpec;
import io.djinn.source.SourceIdentity;
import io.djinn.space.CatalogEntry;
import java.util.ArrayList;
import java.util.List;

/** What a GIN index is over: its columns with their operator classes, its options, its source. */
public final class GinSpec {
  /** The most columns an index may have. */
  public static final int MAX_COLUMNS = 32;

  private static final int DEFAULT_FILL_FACTOR = 90;
  private static final long DEFAULT_PENDING_LIST_LIMIT = 4 << 20;
  static final long MIN_PENDING_LIST_LIMIT = 64 << 10;
  private static final long MAX_PENDING_LIST_LIMIT = 1 << 30;

  /**
   * One column.
   *
   * @param path where the value is in a row
   * @param operatorClass what makes keys of it
   */
  public record Column(ColumnPath path, GinOperatorClass operatorClass) {
    public Column {
      if (path.isExpression() && !operatorClass.joinsFields()) {
        throw new IllegalArgumentException(
            "column " + path + ": " + operatorClass.spelling() + " takes a field, not two");
      }
    }

    @Override
    public String toString() {
      return new ColumnSpec(path, operatorClass.name(), operatorClass.argument()).toString();
    }
  }

  private final List<Column> columns;
  private int fillFactor = DEFAULT_FILL_FACTOR;
  private int parallelWorkers = -1;
  private boolean fastUpdate = true;
  private long pendingListLimit = DEFAULT_PENDING_LIST_LIMIT;
  private boolean positions;
  private int slotBits;
  private long lastRow;
  private long absentRows;
  private SourceIdentity source;

  private GinSpec(List<Column> columns) {
    this.columns = columns;
    positions = hasPayloads(columns);
  }

  private static boolean hasPayloads(List<Column> columns) {
    return columns.stream().anyMatch(column -> column.operatorClass().hasPayloads());
  }

  /** An index over one column. */
  public static GinSpec column(String path, GinOperatorClass operatorClass) {
    return new GinSpec(List.of(new Column(ColumnPath.parse(path), operatorClass)));
  }

  /** An index over columns written as {@code cast:array_ops/text}. */
  public static GinSpec parse(List<String> columns) {
    return parse(columns, List.of());
  }

  /**
   * An index over columns written as {@code cast:array_ops/text}, whose operator classes are found
   * as services or are among those given.
   */
  public static GinSpec parse(List<String> columns, List<GinOperatorClass> given) {
    List<Column> parsed = new ArrayList<>();
    for (String text : columns) {
      ColumnSpec spec = ColumnSpec.parse(text);
      parsed.add(
          new Column(
              spec.path(), OperatorClasses.find(spec.operatorClass(), spec.argument(), given)));
    }
    return new GinSpec(List.copyOf(parsed)).checked();
  }

  /** The same index with one more column. */
  public GinSpec andColumn(String path, GinOperatorClass operatorClass) {
    List<Column> more = new ArrayList<>(columns);
    more.add(new Column(ColumnPath.parse(path), operatorClass));
    GinSpec spec = copy(List.copyOf(more));
    // What was said of the columns so far holds; where none had payloads nothing could be said.
    spec.positions = hasPayloads(columns) ? positions : hasPayloads(more);
    return spec.checked();
  }

  private GinSpec copy(List<Column> newColumns) {
    GinSpec spec = new GinSpec(newColumns);
    spec.fillFactor = fillFactor;
    spec.parallelWorkers = parallelWorkers;
    spec.fastUpdate = fastUpdate;
    spec.pendingListLimit = pendingListLimit;
    spec.positions = positions;
    spec.slotBits = slotBits;
    spec.lastRow = lastRow;
    spec.absentRows = absentRows;
    spec.source = source;
    return spec;
  }

  private GinSpec checked() {
    if (columns.isEmpty() || columns.size() > MAX_COLUMNS) {
      throw new IllegalArgumentException(
          "an index of " + columns.size() + " columns: must be 1 to " + MAX_COLUMNS);
    }
    return this;
  }

  /** How full a build makes pages, percent, 50 to 100. */
  public GinSpec withFillFactor(int percent) {
    if (percent < 50 || percent > 100) {
      throw new IllegalArgumentException(
          "fillFactor of " + percent + " percent: must be 50 to 100");
    }
    GinSpec spec = copy(columns);
    spec.fillFactor = percent;
    return spec;
  }

  /** Worker threads of its builds, 0 to 1,024, instead of what the cost model says. */
  public GinSpec withParallelWorkers(int workers) {
    if (workers < 0 || workers > 1024) {
      throw new IllegalArgumentException("parallelWorkers of " + workers + ": must be 0 to 1024");
    }
    GinSpec spec = copy(columns);
    spec.parallelWorkers = workers;
    return spec;
  }

  /**
   * Whether changes go through the pending list first; on by default. Without it every batch
   * changes the tree itself.
   */
  public GinSpec withFastUpdate(boolean isOn) {
    GinSpec spec = copy(columns);
    spec.fastUpdate = isOn;
    return spec;
  }

  /** The most bytes of rows in the pending list, 64 KiB to 1 GiB; 4 MiB by default. */
  public GinSpec withPendingListLimit(long bytes) {
    if (bytes < MIN_PENDING_LIST_LIMIT || bytes > MAX_PENDING_LIST_LIMIT) {
      throw new IllegalArgumentException(
          "pendingListLimit of "
              + bytes
              + " bytes: must be "
              + MIN_PENDING_LIST_LIMIT
              + " to "
              + MAX_PENDING_LIST_LIMIT);
    }
    GinSpec spec = copy(columns);
    spec.pendingListLimit = bytes;
    return spec;
  }

  /**
   * Whether the index keeps the payloads that operator classes give beside keys, as the positions
   * and weights of lexemes; on by default where a class gives any.
   *
   * @throws IllegalArgumentException where they are to be kept and no column's class gives any
   */
  public GinSpec withPositions(boolean isOn) {
    if (isOn && !hasPayloads(columns)) {
      throw new IllegalArgumentException(
          "positions on: no operator class of the columns " + columns + " gives payloads");
    }
    GinSpec spec = copy(columns);
    spec.positions = isOn;
    return spec;
  }

  /**
   * Binds the index to a source of rows.
   *
   * @param slotBits low bits of a TID that hold the slot
   */
  public GinSpec withSource(SourceIdentity identity, int slotBits) {
    GinSpec spec = copy(columns);
    spec.source = identity;
    spec.slotBits = slotBits;
    return spec;
  }

  /**
   * Says which rows of the source are indexed.
   *
   * @param lastRow highest row number that was ever indexed, 0 for none
   * @param absentRows the most rows up to that one that may not be in the index, because they were
   *     deleted or passed over
   */
  public GinSpec withRows(long lastRow, long absentRows) {
    if (lastRow < 0 || absentRows < 0) {
      throw new IllegalArgumentException(
          "rows up to " + lastRow + ", " + absentRows + " of them absent: must not be negative");
    }
    GinSpec spec = copy(columns);
    spec.lastRow = lastRow;
    spec.absentRows = absentRows;
    return spec;
  }

  public List<Column> columns() {
    return columns;
  }

  /** Highest row number of the source that was ever indexed, 1-based; 0 for none. */
  public long lastRow() {
    return lastRow;
  }

  /** The most rows up to {@link #lastRow} that may not be in the index. */
  public long absentRows() {
    return absentRows;
  }

  public int fillFactor() {
    return fillFactor;
  }

  /** Workers its builds are to have, or -1 for what the cost model says. */
  public int parallelWorkers() {
    return parallelWorkers;
  }

  /** Whether changes go through the pending list first. */
  public boolean fastUpdate() {
    return fastUpdate;
  }

  /** The most bytes of rows in the pending list. */
  public long pendingListLimit() {
    return pendingListLimit;
  }

  /** Whether the index keeps the payloads that operator classes give beside keys. */
  public boolean positions() {
    return positions;
  }

  /** Whether the index keeps payloads under the keys of a column. */
  public boolean keepsPayloads(int column) {
    return positions && columns.get(column).operatorClass().hasPayloads();
  }

  /** Low bits of a TID that hold the slot. */
  public int slotBits() {
    return slotBits;
  }

  /** The source the index is bound to, or null. */
  public SourceIdentity source() {
    return source;
  }

  /** Index of a column by its path; throws naming the columns there are. */
  public int columnIndex(ColumnPath path) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).path().equals(path)) {
        return i;
      }
    }
    throw new IllegalArgumentException("no column " + path + "; the index has " + columns);
  }

  String columnsText() {
    StringBuilder text = new StringBuilder();
    for (Column column : columns) {
      text.append(text.length() == 0 ? "" : "\n").append(column);
    }
    return text.toString();
  }

  String optionsText() {
    return "fillFactor="
        + fillFactor
        + " parallelWorkers="
        + parallelWorkers
        + " fastUpdate="
        + (fastUpdate ? 1 : 0)
        + " pendingListLimit="
        + pendingListLimit
        + (hasPayloads(columns) ? " positions=" + (positions ? 1 : 0) : "")
        + " slotBits="
        + slotBits
        + " lastRow="
        + lastRow
        + " absentRows="
        + absentRows;
  }

  String sourceText() {
    return source == null ? "" : source.text();
  }

  /**
   * Reads back what the catalog keeps of an index.
   *
   * @param given operator classes beside those found as services
   * @throws UnknownOperatorClassException where it names an operator class that is not there
   * @throws DjinnException where it makes no sense
   */
  static GinSpec of(CatalogEntry entry, List<GinOperatorClass> given) {
    requireClasses(entry, given);
    String name = entry.name();
    try {
      return read(entry.columns(), entry.options(), entry.source(), given);
    } catch (IllegalArgumentException e) {
      throw new DjinnException(
          "what the catalog says of index \"" + name + "\" can not be used: " + e.getMessage(), e);
    }
  }

  private static void requireClasses(CatalogEntry entry, List<GinOperatorClass> given) {
    for (String column : entry.columns().split("\n")) {
      ColumnSpec spec;
      try {
        spec = ColumnSpec.parse(column);
      } catch (IllegalArgumentException e) {
        // Said by whoever reads the whole.
        return;
      }
      try {
        OperatorClasses.find(spec.operatorClass(), spec.argument(), given);
      } catch (IllegalArgumentException e) {
        throw new UnknownOperatorClassException(
            "index \""
                + entry.name()
                + "\", column "
                + column
                + ": "
                + e.getMessage()
                + "; give the class by DjinnOptions.withOperatorClasses, or as a service");
      }
    }
  }

  /** The limit of the pending list that an index's options in the catalog give. */
  static long pendingListLimitOf(String options) {
    String name = "pendingListLimit=";
    for (String option : options.split(" ")) {
      if (option.startsWith(name)) {
        try {
          return bounded(
              option,
              Long.parseLong(option.substring(name.length())),
              MIN_PENDING_LIST_LIMIT,
              MAX_PENDING_LIST_LIMIT);
        } catch (IllegalArgumentException e) {
          // The index itself can not be used then; its list can be merged all the same.
          return DEFAULT_PENDING_LIST_LIMIT;
        }
      }
    }
    return DEFAULT_PENDING_LIST_LIMIT;
  }

  private static long bounded(String option, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(option + ": must be " + least + " to " + most);
    }
    return value;
  }

  private static boolean readPositions(GinSpec spec, String option, long value) {
    return bounded(option, value, 0, hasPayloads(spec.columns) ? 1 : 0) == 1;
  }

  private static GinSpec read(
      String columns, String options, String source, List<GinOperatorClass> given) {
    GinSpec spec = parse(List.of(columns.split("\n")), given);
    for (String option : options.split(" ")) {
      int equals = option.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException("an option of an index without a value: " + option);
      }
      long value = Long.parseLong(option.substring(equals + 1));
      switch (option.substring(0, equals)) {
        case "fillFactor" -> spec.fillFactor = (int) bounded(option, value, 50, 100);
        case "parallelWorkers" -> spec.parallelWorkers = (int) bounded(option, value, -1, 1024);
        case "fastUpdate" -> spec.fastUpdate = bounded(option, value, 0, 1) == 1;
        case "pendingListLimit" ->
            spec.pendingListLimit =
                bounded(option, value, MIN_PENDING_LIST_LIMIT, MAX_PENDING_LIST_LIMIT);
        case "positions" -> spec.positions = readPositions(spec, option, value);
        case "slotBits" -> spec.slotBits = (int) bounded(option, value, 0, 47);
        case "lastRow" -> spec.lastRow = bounded(option, value, 0, Long.MAX_VALUE);
        case "absentRows" -> spec.absentRows = bounded(option, value, 0, Long.MAX_VALUE);
        default -> throw new IllegalArgumentException("unknown option of an index: " + option);
      }
    }
    spec.source = source.isEmpty() ? null : SourceIdentity.parse(source);
    return spec;
  }
}
