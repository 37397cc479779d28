package io.djinn.build;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.Durability;
import io.djinn.api.GinIndex;
import io.djinn.api.GinSpec;
import io.djinn.api.IndexInfo;
import io.djinn.api.Snapshot;
import io.djinn.api.TidCursor;
import io.djinn.api.WriteBatch;
import io.djinn.build.plan.BuildOptions;
import io.djinn.file.Env;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.source.InMemorySource;
import io.djinn.testkit.Oracle;
import io.djinn.testkit.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Scripts of work on indexes, for the crash test: rows inserted, deleted, built and dropped, on
 * pages so small that a few rows split and free them.
 *
 * <p>A state maps index name to key to TIDs.
 */
final class IndexWorkload implements Workload<Djinn, Map<String, Map<Integer, List<Long>>>> {
  private static final int KEYS = 24;
  private static final String INDEX = "i";

  private static final DjinnOptions TINY =
      DjinnOptions.defaults()
          .withPageSizeBytes(512)
          .withFrameMemoryBytes(192 * 512)
          .withDurability(Durability.none())
          .withLogSegmentBytes(64 << 10)
          .withLogLimitBytes(256 << 10)
          .withMapChunkBytes(1 << 20);

  /** One step of a script, on the state it changes. */
  private interface IndexStep extends Step<Djinn, Map<String, Map<Integer, List<Long>>>> {}

  private final String name;
  private final List<Step<Djinn, Map<String, Map<Integer, List<Long>>>>> steps = new ArrayList<>();

  private final int variant;

  private IndexWorkload(String name, int variant) {
    this.name = name + "-" + variant;
    this.variant = variant;
  }

  /** The scripts with the random choices of a variant. */
  static List<IndexWorkload> all(int variant) {
    return List.of(
        new IndexWorkload("rows", variant).create().rows(1, 40, 3, 3).deletes(7).rows(5, 12, 4, 2),
        new IndexWorkload("splits", variant)
            .create()
            .wideRows(20)
            .deletes(40)
            .deletes(200)
            .wideRows(6),
        new IndexWorkload("list-to-tree", variant)
            .create()
            .oneKey(14, 60)
            .deletes(300)
            .deletes(300)
            .deletes(400)
            .oneKey(4, 60),
        new IndexWorkload("drop", variant)
            .create()
            .oneKey(6, 60)
            .drop()
            .create()
            .rows(3, 10, 3, 3)
            .drop()
            .free()
            .create()
            .oneKey(3, 40),
        new IndexWorkload("build", variant).build(90).rows(700, 10, 3, 3).checkpoint().deletes(30),
        new IndexWorkload("build-on-freed-pages", variant)
            .build(120)
            .drop()
            .free()
            .checkpoint()
            .rowless()
            .checkpoint()
            .build(100)
            .rows(900, 6, 3, 3)
            .drop()
            .free()
            .checkpoint()
            .rowless()
            .checkpoint()
            .build(60)
            .deletes(20),
        new IndexWorkload("checkpoints-and-segments", variant).create().segments(12).deletes(20));
  }

  /** Short scripts, for tests that run each many times. */
  static List<IndexWorkload> small() {
    return List.of(
        new IndexWorkload("few-rows", 0).create().rows(1, 4, 3, 3).deletes(4).checkpoint(),
        new IndexWorkload("few-splits", 0).create().wideRows(3).deletes(60).checkpoint(),
        new IndexWorkload("small-build", 0).build(20).rows(700, 3, 3, 3).checkpoint().deletes(5),
        new IndexWorkload("build-again", 0)
            .create()
            .oneKey(1, 20)
            .drop()
            .free()
            .checkpoint()
            .rowless()
            .build(15)
            .checkpoint());
  }

  private IndexWorkload step(IndexStep step) {
    steps.add(step);
    return this;
  }

  private IndexWorkload create() {
    return step(
        (db, oracle) -> {
          Map<String, Map<Integer, List<Long>>> after = copy(oracle.current());
          after.put(INDEX, new TreeMap<>());
          oracle.next(after);
          db.createGin(INDEX, spec());
        });
  }

  static GinSpec spec() {
    return GinSpec.column("$", ArrayOps.ofInts());
  }

  /** Small batches of rows with a few keys each, in every durability mode. */
  private IndexWorkload rows(long firstTid, int batches, int rows, int keys) {
    for (int batch = 0; batch < batches; batch++) {
      int number = batch;
      step(
          (db, oracle) -> {
            Random random = new Random(oracle.step() + 1_000L * variant);
            List<List<Integer>> values = new ArrayList<>();
            for (int row = 0; row < rows; row++) {
              List<Integer> value = new ArrayList<>();
              for (int key = 0; key < keys; key++) {
                value.add(random.nextInt(KEYS));
              }
              values.add(value);
            }
            Durability durability =
                number % 3 == 2 ? Durability.none() : number % 3 == 1 ? Durability.group(1) : null;
            insert(db, oracle, firstTid + (long) number * rows, values, durability);
          });
    }
    return this;
  }

  /** Rows that hold every key: leaves split, inner pages grow. */
  private IndexWorkload wideRows(int batches) {
    for (int batch = 0; batch < batches; batch++) {
      step(
          (db, oracle) -> {
            List<Integer> all = new ArrayList<>();
            for (int key = 0; key < KEYS; key++) {
              all.add(key);
            }
            long tid = 1_000_003L * (oracle.step() + 1);
            insert(db, oracle, tid, List.of(all, all, all, all, all), null);
          });
    }
    return this;
  }

  /** Many rows of one key, far apart: its list becomes a tree, whose pages split. */
  private IndexWorkload oneKey(int batches, int rows) {
    for (int batch = 0; batch < batches; batch++) {
      step(
          (db, oracle) -> {
            Random random = new Random(oracle.step() + 1_000L * variant);
            Map<String, Map<Integer, List<Long>>> after = copy(oracle.current());
            try (WriteBatch writes = begin(db, null)) {
              for (int row = 0; row < rows; row++) {
                long tid = random.nextLong(1L << 40);
                db.gin(INDEX).insert(writes, tid, List.of(7));
                add(after, 7, tid);
              }
              oracle.next(after);
              writes.commit();
            }
            oracle.acknowledge();
          });
    }
    return this;
  }

  private IndexWorkload deletes(int count) {
    return step(
        (db, oracle) -> {
          Map<String, Map<Integer, List<Long>>> after = copy(oracle.current());
          Random random = new Random(oracle.step() + 1_000L * variant);
          try (WriteBatch writes = begin(db, null)) {
            for (int i = 0; i < count; i++) {
              Map<Integer, List<Long>> index = after.get(INDEX);
              if (index.isEmpty()) {
                break;
              }
              List<Integer> keys = new ArrayList<>(index.keySet());
              int key = keys.get(random.nextInt(keys.size()));
              List<Long> tids = index.get(key);
              long tid = tids.remove(random.nextInt(tids.size()));
              if (tids.isEmpty()) {
                index.remove(key);
              }
              db.gin(INDEX).delete(writes, tid, List.of(key));
            }
            oracle.next(after);
            writes.commit();
          }
          oracle.acknowledge();
        });
  }

  private static WriteBatch begin(Djinn db, Durability durability) {
    return durability == null ? db.begin(Durability.sync()) : db.begin(durability);
  }

  private static void insert(
      Djinn db,
      Oracle<Map<String, Map<Integer, List<Long>>>> oracle,
      long firstTid,
      List<List<Integer>> values,
      Durability durability) {
    Map<String, Map<Integer, List<Long>>> after = copy(oracle.current());
    try (WriteBatch writes = begin(db, durability)) {
      GinIndex index = db.gin(INDEX);
      for (int row = 0; row < values.size(); row++) {
        index.insert(writes, firstTid + row, values.get(row));
        for (int key : values.get(row)) {
          add(after, key, firstTid + row);
        }
      }
      oracle.next(after);
      writes.commit();
    }
    if (durability == null || !durability.equals(Durability.none())) {
      oracle.acknowledge();
    }
  }

  private IndexWorkload drop() {
    return step(
        (db, oracle) -> {
          Map<String, Map<Integer, List<Long>>> after = copy(oracle.current());
          after.remove(INDEX);
          oracle.next(after);
          db.drop(INDEX);
        });
  }

  private IndexWorkload free() {
    return step((db, oracle) -> db.awaitDropped());
  }

  private IndexWorkload checkpoint() {
    return step(
        (db, oracle) -> {
          db.checkpoint();
          oracle.acknowledge();
        });
  }

  /** A commit that leaves nothing: the batch that freed pages becomes an old one. */
  private IndexWorkload rowless() {
    return create().drop().free().checkpoint();
  }

  private IndexWorkload build(int rows) {
    return step(
        (db, oracle) -> {
          Random random = new Random(oracle.step() + 1_000L * variant);
          List<Object> values = new ArrayList<>();
          for (int row = 0; row < rows; row++) {
            List<Integer> value = new ArrayList<>();
            for (int key = 0; key < 5; key++) {
              value.add(random.nextInt(KEYS));
            }
            value.add(7);
            values.add(value);
          }
          Map<String, Map<Integer, List<Long>>> after = copy(oracle.current());
          after.put(INDEX, new TreeMap<>());
          try (InMemorySource source = InMemorySource.ofValues(values)) {
            for (int row = 0; row < rows; row++) {
              for (Object key : (List<?>) values.get(row)) {
                add(after, (Integer) key, source.tidOf(row + 1L));
              }
            }
            oracle.next(after);
            new IndexBuild(
                    db,
                    INDEX,
                    spec(),
                    source,
                    BuildOptions.defaults().withMaintenanceWorkMem(1L << 20).withParallelWorkers(0),
                    BuildListener.SILENT)
                .run();
          }
          oracle.acknowledge();
        });
  }

  /** Batches whose images fill log segments, with checkpoints that recycle them. */
  private IndexWorkload segments(int rounds) {
    for (int round = 0; round < rounds; round++) {
      oneKey(2, 60);
      rows(round * 100L, 3, 6, 6);
      checkpoint();
    }
    return this;
  }

  private static void add(Map<String, Map<Integer, List<Long>>> state, int key, long tid) {
    List<Long> tids = state.get(INDEX).computeIfAbsent(key, k -> new ArrayList<>());
    if (!tids.contains(tid)) {
      tids.add(tid);
    }
    tids.sort(null);
  }

  private static Map<String, Map<Integer, List<Long>>> copy(
      Map<String, Map<Integer, List<Long>>> state) {
    Map<String, Map<Integer, List<Long>>> copy = new TreeMap<>();
    state.forEach(
        (index, keys) -> {
          Map<Integer, List<Long>> copied = new TreeMap<>();
          keys.forEach((key, tids) -> copied.put(key, new ArrayList<>(tids)));
          copy.put(index, copied);
        });
    return copy;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Djinn open(Env env) {
    return Djinn.open(env, TINY);
  }

  @Override
  public void close(Djinn db) {
    db.close();
  }

  @Override
  public Map<String, Map<Integer, List<Long>>> initial() {
    return new TreeMap<>();
  }

  @Override
  public List<Step<Djinn, Map<String, Map<Integer, List<Long>>>>> steps() {
    return steps;
  }

  @Override
  public Map<String, Map<Integer, List<Long>>> read(Djinn db) {
    List<String> problems = db.verify();
    if (!problems.isEmpty()) {
      throw new AssertionError("the store is damaged: " + problems);
    }
    Map<String, Map<Integer, List<Long>>> state = new TreeMap<>();
    for (IndexInfo info : db.indexes()) {
      if (!info.state().equals("ready") && db.isSealed()) {
        continue;
      }
      if (!info.state().equals("ready")) {
        throw new AssertionError("a half-built index is left: " + info);
      }
      Map<Integer, List<Long>> keys = new TreeMap<>();
      GinIndex index = db.gin(info.name());
      try (Snapshot snapshot = db.snapshot()) {
        for (int key = 0; key < KEYS; key++) {
          TreeSet<Long> tids = new TreeSet<>();
          try (TidCursor cursor = index.search(snapshot, ArrayOps.containsAll(key))) {
            while (cursor.next()) {
              tids.add(cursor.tid());
            }
          }
          if (!tids.isEmpty()) {
            keys.put(key, new ArrayList<>(tids));
          }
        }
      }
      state.put(info.name(), keys);
    }
    return state;
  }
}
