package io.djinn.build.cli;

import io.djinn.api.BitmapCursor;
import io.djinn.api.Djinn;
import io.djinn.api.GinIndex;
import io.djinn.api.ScanStats;
import io.djinn.api.Snapshot;
import io.djinn.api.TidBitmap;
import io.djinn.api.TidCursor;
import io.djinn.error.SnapshotExpiredException;
import io.djinn.source.Row;
import io.djinn.source.RowSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks an index and shows the rows found. */
@Command(
    name = "query",
    description =
        "Print the rows for which a condition, or all of several, holds: number, tab, row.",
    mixinStandardHelpOptions = true)
final class QueryCommand implements Callable<Integer> {
  private static final int ROWS_BETWEEN_CHECKS = 256;

  @Mixin private ReadableStore store;
  @Mixin private Output output;

  @Option(
      names = "--index",
      required = true,
      paramLabel = "NAME",
      description = "Name of the index.")
  private String name;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "OP",
      description = "Operator of the column's class, as @> or &&.")
  private String operator;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "QUERY",
      description =
          "Right operand as JSON, as [\"Drama\"]; null is SQL NULL, which no row matches.")
  private String operand;

  @Option(
      names = "--where",
      paramLabel = "JSON",
      description =
          "A condition as {\"column\":\"cast\",\"op\":\"@>\",\"query\":[\"Drama\"]}; of several all"
              + " must hold. An index of one column needs no \"column\".")
  private List<String> where = new ArrayList<>();

  @Option(names = "--count", description = "Print the number of rows alone.")
  private boolean countOnly;

  @Option(names = "--ids", description = "Print row numbers without rows.")
  private boolean idsOnly;

  @Option(names = "--limit", paramLabel = "N", description = "End after N rows.")
  private Long limit;

  @Option(
      names = "--sampling-limit",
      paramLabel = "N",
      description =
          "Leave rows out at random where about more than N may be found, 1 to 2147483647, and say"
              + " so. Off by default.")
  private Long samplingLimit;

  @Option(
      names = "--bitmap-memory",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description =
          "Find all rows first and keep them in a bitmap of at most this size, 64kB to 1TB, that"
              + " keeps blocks instead of rows where it has to.")
  private Long bitmapMemory;

  @Option(
      names = "--explain",
      description =
          "Print what the query read, behind its rows: key streams, pages of the entry tree and of"
              + " posting trees, segments of posting lists decoded and skipped, candidates of the"
              + " index, rows fetched and compared.")
  private boolean explain;

  private boolean isSampled;
  private final Cancellation cancellation;

  QueryCommand(Cancellation cancellation) {
    this.cancellation = cancellation;
  }

  @Override
  public Integer call() {
    if (operator != null && operand == null) {
      throw new UserMistakeException("operator " + operator + " has no query behind it");
    }
    if (operator == null && where.isEmpty()) {
      throw new UserMistakeException("nothing is asked: give OP QUERY, or --where");
    }
    if (samplingLimit != null && bitmapMemory != null) {
      throw new UserMistakeException("--sampling-limit and --bitmap-memory exclude each other");
    }
    try (Djinn db = store.open()) {
      GinIndex index = db.gin(name);
      List<GinIndex.Condition> conditions = conditions(index);
      try (RowSource source = IndexSource.reopen(db, index)) {
        answer(db, index, conditions, source);
      }
    }
    return Failures.OK;
  }

  private List<GinIndex.Condition> conditions(GinIndex index) {
    List<GinIndex.Condition> conditions = new ArrayList<>();
    if (operator != null) {
      conditions.add(Conditions.of(index, null, operator, operand));
    }
    for (String text : where) {
      conditions.add(Conditions.parse(index, text));
    }
    return conditions;
  }

  /** Answers in one snapshot; where that expires before anything was shown, in a new one. */
  private void answer(
      Djinn db, GinIndex index, List<GinIndex.Condition> conditions, RowSource source) {
    long start = System.nanoTime();
    while (true) {
      long[] shown = new long[1];
      try (Snapshot snapshot = db.snapshot()) {
        JsonLine line = new JsonLine("result");
        Map<String, Long> counters =
            bitmapMemory != null
                ? throughBitmap(index, snapshot, conditions, source, shown)
                : directly(index, snapshot, conditions, source, shown, line);
        end(line, counters, shown[0], (System.nanoTime() - start) / 1e9);
        return;
      } catch (SnapshotExpiredException e) {
        if (shown[0] > 0 && !countOnly) {
          throw e;
        }
      }
    }
  }

  private Map<String, Long> directly(
      GinIndex index,
      Snapshot snapshot,
      List<GinIndex.Condition> conditions,
      RowSource source,
      long[] shown,
      JsonLine line) {
    try (TidCursor cursor = index.search(snapshot, conditions, source)) {
      if (limit != null) {
        cursor.limit(limit);
      }
      if (samplingLimit != null) {
        cursor.samplingLimit(samplingLimit);
      }
      while (cursor.next()) {
        take(source, cursor.tid(), shown);
      }
      if (samplingLimit != null) {
        isSampled = cursor.isSampled();
        line.put("sampled", isSampled);
      }
      Map<String, Long> counters = counters(cursor.counters());
      counters.put("fetched", cursor.fetched());
      counters.put("rechecked", cursor.rechecked());
      return counters;
    }
  }

  private Map<String, Long> throughBitmap(
      GinIndex index,
      Snapshot snapshot,
      List<GinIndex.Condition> conditions,
      RowSource source,
      long[] shown) {
    TidBitmap bitmap = index.bitmap(snapshot, conditions, bitmapMemory);
    try (BitmapCursor cursor = bitmap.rows(source)) {
      while ((limit == null || shown[0] < limit) && cursor.next()) {
        take(source, cursor.tid(), shown);
      }
      Map<String, Long> counters = counters(bitmap.counters());
      counters.put("fetched", cursor.fetched());
      counters.put("rechecked", cursor.rechecked());
      counters.put("bitmapBytes", bitmap.memoryBytes());
      counters.put("lossyBlocks", bitmap.lossyBlocks());
      return counters;
    }
  }

  private void take(RowSource source, long tid, long[] shown) {
    if (++shown[0] % ROWS_BETWEEN_CHECKS == 0) {
      cancellation.check();
    }
    if (!countOnly) {
      show(source, tid);
    }
  }

  private void show(RowSource source, long tid) {
    long number = source.rowNumberOf(tid);
    if (idsOnly) {
      output.text(Long.toString(number));
      if (output.isJson()) {
        output.json(new JsonLine("row").put("row", number));
      }
      return;
    }
    Row row = source.fetch(tid);
    if (!output.isJson()) {
      output.text(number + "\t" + row.text());
    } else {
      output.json(new JsonLine("row").put("row", number).put("text", row.text()));
    }
  }

  private void end(JsonLine line, Map<String, Long> counters, long count, double seconds) {
    if (countOnly) {
      output.text(Long.toString(count));
    }
    if (isSampled) {
      output.text("sampled: rows were left out at random, by --sampling-limit " + samplingLimit);
    }
    line.put("count", count).put("seconds", seconds);
    if (explain) {
      counters.forEach((counter, value) -> output.text(String.format("%-16s %,d", counter, value)));
      counters.forEach(line::put);
    } else {
      line.put("fetched", counters.get("fetched"));
    }
    output.json(line);
  }

  private static Map<String, Long> counters(ScanStats read) {
    Map<String, Long> counters = new LinkedHashMap<>();
    counters.put("streams", read.streams());
    counters.put("entryPages", read.entryPages());
    counters.put("postingPages", read.postingPages());
    counters.put("segmentsDecoded", read.segmentsDecoded());
    counters.put("segmentsSkipped", read.segmentsSkipped());
    counters.put("candidates", read.candidates());
    return counters;
  }
}
