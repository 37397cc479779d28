package io.djinn.build.cli;

import io.djinn.build.cli.golden.GoldenFailure;
import io.djinn.build.cli.golden.GoldenIndex;
import io.djinn.build.cli.golden.GoldenListener;
import io.djinn.build.cli.golden.GoldenQuery;
import io.djinn.build.cli.golden.GoldenTally;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints a golden run: an object for each event, or a table and the first failures in words. */
final class GoldenReport implements GoldenListener {
  private static final int FAILURES_SHOWN = 10;
  private static final String ROW = "%-24s %10s %10s %10s %10s %10s";

  private final Output output;
  private final String load;
  private final List<String> failures = new ArrayList<>();
  private boolean hasTable;

  /**
   * @param load how indexes got their rows
   */
  GoldenReport(Output output, String load) {
    this.output = output;
    this.load = load;
  }

  @Override
  public void index(
      GoldenIndex index, int workers, long rows, long keys, long tids, long bytes, double seconds) {
    output.json(
        new JsonLine("index")
            .put("data", index.data())
            .put("columns", index.columns())
            .put("opclass", index.opclass())
            .put("load", load)
            .put("workers", workers)
            .put("rows", rows)
            .put("keys", keys)
            .put("tids", tids)
            .put("bytes", bytes)
            .put("seconds", seconds));
    output.text(
        String.format(
            Locale.ROOT,
            "index %s %s: %,d rows, %,d keys, %,d TIDs, %s, %s in %.2f s with %d workers",
            index.data(),
            String.join(" ", index.specs()),
            rows,
            keys,
            tids,
            ByteSize.format(bytes),
            load,
            seconds,
            workers));
    output.flush();
  }

  @Override
  public void failure(GoldenFailure failure) {
    if (output.isJson()) {
      output.json(failureLine(failure));
    } else if (failures.size() < FAILURES_SHOWN) {
      failures.add(words(failure));
    }
  }

  private static JsonLine failureLine(GoldenFailure failure) {
    JsonLine json =
        new JsonLine("failure")
            .put("file", failure.file())
            .put("line", failure.line().number())
            .put("kind", failure.kind());
    if (failure.line() instanceof GoldenQuery query) {
      json.put("opclass", query.label()).put("op", query.op()).raw("query", query.query());
    }
    if (failure.expected() != null) {
      json.raw("expected", failure.expected().json());
    }
    if (failure.actual() != null) {
      json.raw("actual", failure.actual().json());
    }
    return failure.error() == null ? json : json.put("error", failure.error());
  }

  private static String words(GoldenFailure failure) {
    StringBuilder words =
        new StringBuilder(failure.file()).append(", line ").append(failure.line().number());
    if (failure.line() instanceof GoldenQuery query) {
      words
          .append(": ")
          .append(String.join(" ", query.index().specs()))
          .append(' ')
          .append(query.op())
          .append(' ')
          .append(query.query());
    }
    if (failure.error() != null) {
      return words.append(": ").append(failure.error()).toString();
    }
    return words
        .append(": ")
        .append(failure.kind().equals("query") ? "" : failure.kind() + " ")
        .append("expected ")
        .append(failure.expected().words())
        .append(", found ")
        .append(failure.actual().words())
        .toString();
  }

  @Override
  public void file(String file, GoldenTally tally, long fetched, double seconds) {
    output.json(
        counts(new JsonLine("file").put("file", file), tally)
            .put("fetched", fetched)
            .put("seconds", seconds));
    if (!hasTable) {
      hasTable = true;
      output.text(String.format(ROW, "file", "passed", "failed", "errors", "fetched", "seconds"));
    }
    output.text(
        row(file, tally, Long.toString(fetched), String.format(Locale.ROOT, "%.2f", seconds)));
    output.flush();
  }

  private static String row(String name, GoldenTally tally, String fetched, String seconds) {
    return String.format(
            ROW,
            name,
            tally.passedCount(),
            tally.failedCount(),
            tally.errorCount(),
            fetched,
            seconds)
        .stripTrailing();
  }

  private static JsonLine counts(JsonLine line, GoldenTally tally) {
    return line.put("passed", tally.passedCount())
        .put("failed", tally.failedCount())
        .put("errors", tally.errorCount());
  }

  @Override
  public void summary(GoldenTally total, Map<String, GoldenTally> byOpclass) {
    if (output.isJson()) {
      JsonLine line = counts(new JsonLine("summary"), total);
      line.with(j -> j.writeObjectFieldStart("byOpclass"));
      byOpclass.forEach(
          (opclass, tally) -> {
            line.with(j -> j.writeObjectFieldStart(opclass));
            counts(line, tally).with(j -> j.writeEndObject());
          });
      output.json(line.with(j -> j.writeEndObject()));
      return;
    }
    failures.forEach(output::text);
    byOpclass.forEach((opclass, tally) -> output.text(row(opclass, tally, "", "")));
    output.text(row("all", total, "", ""));
    if (total.compared() == 0) {
      output.text("nothing was compared");
    }
  }
}
