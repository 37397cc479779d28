package io.djinn.build.cli.golden;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.djinn.api.Djinn;
import io.djinn.api.GinIndex;
import io.djinn.api.GinSpec;
import io.djinn.api.GinStats;
import io.djinn.api.Snapshot;
import io.djinn.api.TidCursor;
import io.djinn.error.CorruptIndexException;
import io.djinn.error.CorruptLogException;
import io.djinn.error.CorruptPageException;
import io.djinn.error.DjinnException;
import io.djinn.error.NoSpaceException;
import io.djinn.error.StoreClosedException;
import io.djinn.error.StoreSealedException;
import io.djinn.source.ColumnPath;
import io.djinn.source.RowSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Answers golden queries with indexes of a store and compares.
 *
 * <p>An index is made when the first query asks for it and serves all others that do. A line that
 * can not be answered, because its operator class or its kind is none this engine has, is an error
 * of that line; a store that fails ends the run.
 */
public final class GoldenRunner {
  private static final JsonFactory JSON = new JsonFactory();

  /** Makes an index over all rows of a source. */
  public interface IndexMaker {
    /**
     * @param name free in the store
     * @return threads it took beside the leader
     */
    int make(String name, GinSpec spec, RowSource source);
  }

  /** An index that is there, or why it is not. */
  private record Made(GinIndex index, RowSource source, String error) {}

  private final Djinn db;
  private final Function<String, RowSource> sources;
  private final GoldenCalls calls;
  private final IndexMaker maker;
  private final GoldenListener listener;
  private final Runnable check;
  private final Map<GoldenIndex, Made> indexes = new HashMap<>();
  private final GoldenTally total = new GoldenTally();
  private final Map<String, GoldenTally> byOpclass = new TreeMap<>();
  private long fetched;

  /**
   * @param sources opens a data file, or gives it again
   * @param check throws where the run is to end
   */
  public GoldenRunner(
      Djinn db,
      Function<String, RowSource> sources,
      IndexMaker maker,
      GoldenListener listener,
      Runnable check) {
    this.db = db;
    this.sources = sources;
    calls = new GoldenCalls(sources);
    this.maker = maker;
    this.listener = listener;
    this.check = check;
  }

  /**
   * Runs the files one after the other.
   *
   * @param only operator class, or kind, of the lines wanted; null for all
   * @param failFast ends after so many lines that did not pass
   * @return whether something was compared, and all of it was right
   */
  public boolean run(List<GoldenFile> files, String only, long failFast) {
    for (GoldenFile file : files) {
      if (isEnough(failFast)) {
        break;
      }
      long start = System.nanoTime();
      GoldenTally tally = new GoldenTally();
      fetched = 0;
      for (GoldenLine line : file.lines()) {
        check.run();
        if (isEnough(failFast)) {
          break;
        }
        if (only == null || only.equals(line.label())) {
          GoldenTally ofClass = byOpclass.computeIfAbsent(line.label(), label -> new GoldenTally());
          compare(file, line, List.of(tally, total, ofClass));
        }
      }
      listener.file(file.name(), tally, fetched, (System.nanoTime() - start) / 1e9);
    }
    listener.summary(total, byOpclass);
    return total.isRight();
  }

  private boolean isEnough(long failFast) {
    return total.failedCount() + total.errorCount() >= failFast;
  }

  private void compare(GoldenFile file, GoldenLine line, List<GoldenTally> tallies) {
    GoldenFailure failure;
    try {
      failure =
          line instanceof GoldenQuery query
              ? compareQuery(file.name(), query)
              : calls.compare(file.name(), (GoldenCall) line);
    } catch (IOException | IllegalArgumentException | IllegalStateException e) {
      failure = error(file.name(), line, e);
    } catch (DjinnException e) {
      throwWhereStoreFails(e);
      failure = error(file.name(), line, e);
    }
    if (failure == null) {
      tallies.forEach(GoldenTally::passed);
      return;
    }
    tallies.forEach(failure.error() == null ? GoldenTally::failed : GoldenTally::error);
    listener.failure(failure);
  }

  private static GoldenFailure error(String file, GoldenLine line, Exception e) {
    GoldenFailure.Shown expected =
        line instanceof GoldenQuery query ? GoldenFailure.Shown.of(query.expected()) : null;
    return new GoldenFailure(
        file, line, line.kind().label(), expected, null, String.valueOf(e.getMessage()));
  }

  /** Answers a query by its index, then makes it of its source; both must be right. */
  private GoldenFailure compareQuery(String file, GoldenQuery line) throws IOException {
    Made made = indexes.get(line.index());
    if (made == null) {
      made = make(line.index());
      indexes.put(line.index(), made);
    }
    if (made.error() != null) {
      throw new IllegalArgumentException(made.error());
    }
    GoldenAnswer actual = answer(made, line);
    if (!line.expected().equals(actual)) {
      return new GoldenFailure(
          file,
          line,
          line.kind().label(),
          GoldenFailure.Shown.of(line.expected()),
          GoldenFailure.Shown.of(actual),
          null);
    }
    return line.source() == null ? null : calls.compareTsquery(file, line);
  }

  private static void throwWhereStoreFails(DjinnException e) {
    if (e instanceof CorruptIndexException
        || e instanceof CorruptPageException
        || e instanceof CorruptLogException
        || e instanceof NoSpaceException
        || e instanceof StoreSealedException
        || e instanceof StoreClosedException) {
      throw e;
    }
  }

  private Made make(GoldenIndex wanted) {
    GinSpec spec;
    try {
      spec = GinSpec.parse(wanted.specs());
    } catch (IllegalArgumentException e) {
      return new Made(null, null, e.getMessage());
    }
    RowSource source = sources.apply(wanted.data());
    String name = "golden_" + (indexes.size() + 1);
    long start = System.nanoTime();
    int workers = maker.make(name, spec, source);
    double seconds = (System.nanoTime() - start) / 1e9;
    GinIndex index = db.gin(name);
    try (Snapshot snapshot = db.snapshot()) {
      GinStats stats = index.stats(snapshot);
      listener.index(
          wanted,
          workers,
          source.rowCount(),
          stats.keys(),
          stats.tids(),
          stats.totalPages() * db.stats().pageSizeBytes(),
          seconds);
    }
    return new Made(index, source, null);
  }

  private GoldenAnswer answer(Made made, GoldenQuery line) throws IOException {
    if (line.order() != null) {
      throw new IllegalArgumentException("a GIN index has no order of rows: " + line.order());
    }
    List<GinIndex.Condition> conditions = new ArrayList<>();
    for (GoldenQuery.Condition condition : line.conditions()) {
      conditions.add(condition(made.index(), condition));
    }
    GoldenAnswer.Collector rows = new GoldenAnswer.Collector();
    try (Snapshot snapshot = db.snapshot();
        TidCursor cursor = made.index().search(snapshot, conditions, made.source())) {
      while (cursor.next()) {
        rows.add(made.source().rowNumberOf(cursor.tid()));
      }
      fetched += cursor.fetched();
    }
    return rows.answer();
  }

  private static GinIndex.Condition condition(GinIndex index, GoldenQuery.Condition condition)
      throws IOException {
    GinSpec spec = index.spec();
    int column =
        condition.column() == null ? 0 : spec.columnIndex(ColumnPath.parse(condition.column()));
    try (JsonParser json = JSON.createParser(condition.query())) {
      json.nextToken();
      return new GinIndex.Condition(
          column, spec.columns().get(column).operatorClass().queryFromJson(condition.op(), json));
    }
  }
}
