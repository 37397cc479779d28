package io.djinn.perf;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.Durability;
import io.djinn.api.GinIndex;
import io.djinn.api.GinSpec;
import io.djinn.api.GinStats;
import io.djinn.api.Snapshot;
import io.djinn.api.VacuumOptions;
import io.djinn.api.WriteBatch;
import io.djinn.buffer.PageFile;
import io.djinn.opclass.builtin.ArrayOps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Identical cycles of inserting and removing rows beside rows that stay; prints the {@link Figures}
 * of each cycle and of all as its last line.
 *
 * <p>The rows of a cycle have some keys of the rows that stay, and some that only they have. Half
 * of them is deleted in batches, half is left to the vacuum.
 */
final class ChurnProbe {
  private static final String INDEX = "trigrams";
  private static final int OWN_KEYS_PER_ROW = 5;
  private static final int PREPARED_ROWS = 4096;
  private static final int ROWS_PER_BATCH = 100;
  private static final int QUESTIONS_PER_SHAPE = 8;

  private final Path directory;
  private final int cycles;
  private final int rows;
  private final int baseRows;
  private final long seed;
  private final TrigramRows trigrams;
  private final List<TrigramQuestion> questions = new ArrayList<>();
  private Djinn db;
  private GinIndex index;
  private long keys;
  private long firstBytes;
  private long mostBytes;

  ChurnProbe(Path directory, int cycles, int rows, int baseRows, int keysPerRow, long seed) {
    this.directory = directory;
    this.cycles = cycles;
    this.rows = rows;
    this.baseRows = baseRows;
    this.seed = seed;
    trigrams = new TrigramRows(keysPerRow, PREPARED_ROWS, seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (TrigramQuestion.Shape shape : TrigramQuestion.Shape.values()) {
      questions.addAll(TrigramQuestion.of(trigrams, shape, QUESTIONS_PER_SHAPE, random));
    }
  }

  /**
   * @param arguments {@code DIRECTORY CYCLES ROWS BASE_ROWS KEYS_PER_ROW SEED}
   */
  public static void main(String[] arguments) throws IOException {
    ChurnProbe probe =
        new ChurnProbe(
            Path.of(arguments[0]),
            Integer.parseInt(arguments[1]),
            Integer.parseInt(arguments[2]),
            Integer.parseInt(arguments[3]),
            Integer.parseInt(arguments[4]),
            Long.parseLong(arguments[5]));
    System.out.println(probe.run().toJson());
  }

  Figures run() throws IOException {
    DjinnOptions options = DjinnOptions.defaults().withDurability(Durability.none());
    long bytes = 0;
    long start = System.nanoTime();
    try (Djinn opened = Djinn.open(directory, options)) {
      db = opened;
      index = db.createGin(INDEX, GinSpec.column("$", ArrayOps.ofStrings()));
      change(0, baseRows, true);
      index.flush();
      keys = stats().keys();
      require("keys", trigrams.distinctKeys(baseRows), keys);
      for (int cycle = 1; cycle <= cycles; cycle++) {
        cycle();
        bytes = Files.size(directory.resolve(PageFile.NAME));
        firstBytes = cycle == 1 ? bytes : firstBytes;
        mostBytes = Math.max(mostBytes, bytes);
        System.out.println(
            new Figures().put("cycle", cycle).put("fileBytes", bytes).put("keys", keys).toJson());
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    try (Djinn opened = Djinn.open(directory, DjinnOptions.defaults())) {
      db = opened;
      index = db.gin(INDEX);
      check();
      List<String> problems = db.verify();
      if (!problems.isEmpty()) {
        throw new IllegalStateException("the store is damaged: " + problems);
      }
    }
    BuildProbe.deleteTree(directory);
    return new Figures()
        .put("cycles", cycles)
        .put("rows", rows)
        .put("baseRows", baseRows)
        .put("seconds", seconds)
        .put("keys", keys)
        .put("firstFileBytes", firstBytes)
        .put("mostFileBytes", mostBytes)
        .put("lastFileBytes", bytes)
        .put("growth", (double) bytes / firstBytes);
  }

  private void cycle() {
    long first = baseRows;
    long middle = first + rows / 2;
    long end = first + rows;
    change(first, end, true);
    index.flush();
    long own = (long) rows * OWN_KEYS_PER_ROW;
    require("keys", trigrams.distinctKeys(end) + own, stats().keys());
    change(first, middle, false);
    vacuum(middle, end);
    db.checkpoint();
    check();
  }

  /** Removes the rows of a range of TIDs, and what is left of their keys. */
  private void vacuum(long fromTid, long toTid) {
    index.vacuum(tid -> tid >= fromTid && tid < toTid, VacuumOptions.defaults());
  }

  private void change(long fromTid, long toTid, boolean isInsert) {
    for (long from = fromTid; from < toTid; from += ROWS_PER_BATCH) {
      try (WriteBatch batch = db.begin()) {
        for (long tid = from; tid < Math.min(from + ROWS_PER_BATCH, toTid); tid++) {
          if (isInsert) {
            index.insert(batch, tid, values(tid));
          } else {
            index.delete(batch, tid, values(tid));
          }
        }
        batch.commit();
      }
    }
  }

  private List<String> values(long tid) {
    if (tid < baseRows) {
      return trigrams.row(tid);
    }
    List<String> values = new ArrayList<>(trigrams.row(tid));
    for (int i = 0; i < OWN_KEYS_PER_ROW; i++) {
      // Scattered over the tree: in the order of their numbers they would fill few leaves.
      values.add(Long.toHexString((tid * OWN_KEYS_PER_ROW + i) * 0x9E3779B97F4A7C15L));
    }
    return values;
  }

  /** The rows that stay are there and no other. */
  private void check() {
    try (Snapshot snapshot = db.snapshot()) {
      GinStats stats = index.stats(snapshot);
      require("keys", keys, stats.keys());
      require("TIDs", trigrams.pairs(baseRows), stats.tids());
      for (TrigramQuestion question : questions) {
        question.check(index, snapshot, baseRows);
      }
    }
  }

  private GinStats stats() {
    try (Snapshot snapshot = db.snapshot()) {
      return index.stats(snapshot);
    }
  }

  private void require(String what, long expected, long found) {
    if (expected != found) {
      throw new IllegalStateException(what + ": found " + found + ", expected " + expected);
    }
  }
}
