package io.djinn.build.cli;

import io.djinn.api.Djinn;
import io.djinn.api.GinStats;
import io.djinn.api.IndexInfo;
import io.djinn.api.Snapshot;
import io.djinn.api.StoreStats;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Prints the counts of a store and of its indexes. */
@Command(
    name = "stats",
    description = "Print the counts of a store and of each of its indexes.",
    mixinStandardHelpOptions = true)
final class StatsCommand implements Callable<Integer> {
  @Mixin private ReadableStore store;
  @Mixin private Output output;

  @Override
  public Integer call() {
    try (Djinn db = store.open();
        Snapshot snapshot = db.snapshot()) {
      print("store", Map.of(), counts(db.stats()));
      for (IndexInfo index : db.indexes()) {
        if (index.state().equals("ready")) {
          GinStats stats = db.gin(index.name()).stats(snapshot);
          print("index", Map.of("name", index.name()), counts(stats, db.stats().pageSizeBytes()));
        }
      }
    }
    return Failures.OK;
  }

  private static Map<String, Long> counts(StoreStats stats) {
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("pageSize", (long) stats.pageSizeBytes());
    counts.put("pages", stats.pages());
    counts.put("freePages", stats.freePages());
    counts.put("filePages", stats.filePages());
    counts.put("publishedBatch", stats.publishedBatch());
    counts.put("frames", (long) stats.frames());
    counts.put("freeFrames", (long) stats.freeFrames());
    counts.put("logBytes", stats.logBytes());
    counts.put("scrubPasses", stats.scrubPasses());
    counts.put("scrubPages", stats.scrubPages());
    counts.put("scrubProblems", stats.scrubProblems());
    return counts;
  }

  private static Map<String, Long> counts(GinStats stats, int pageSizeBytes) {
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("bytes", stats.totalPages() * pageSizeBytes);
    counts.put("totalPages", stats.totalPages());
    counts.put("entryPages", stats.entryPages());
    counts.put("postingPages", stats.postingPages());
    counts.put("keys", stats.keys());
    counts.put("tids", stats.tids());
    counts.put("pendingPages", stats.pendingPages());
    counts.put("pendingRows", stats.pendingRows());
    counts.put("pendingBytes", stats.pendingBytes());
    counts.put("formatVersion", (long) stats.formatVersion());
    return counts;
  }

  private void print(String type, Map<String, String> names, Map<String, Long> counts) {
    JsonLine line = new JsonLine(type);
    names.forEach(line::put);
    counts.forEach(line::put);
    output.json(line);
    output.text(names.isEmpty() ? type : type + " " + names.get("name"));
    counts.forEach((name, count) -> output.text(String.format("  %-16s %,d", name, count)));
  }
}
