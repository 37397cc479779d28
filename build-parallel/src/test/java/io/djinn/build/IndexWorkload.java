package io.djinn.build;

import io.djinn.api.BuildLogging;
import io.djinn.api.CancelToken;
import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.Durability;
import io.djinn.api.GinBuild;
import io.djinn.api.GinIndex;
import io.djinn.api.GinRequest;
import io.djinn.api.GinSpec;
import io.djinn.api.IndexInfo;
import io.djinn.api.Snapshot;
import io.djinn.api.StoreCensus;
import io.djinn.api.TidCursor;
import io.djinn.api.VacuumOptions;
import io.djinn.api.WriteBatch;
import io.djinn.build.plan.BuildOptions;
import io.djinn.error.BuildFailedException;
import io.djinn.error.VacuumCancelledException;
import io.djinn.file.Env;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.OperatorClasses;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.opclass.builtin.text.TsQuery;
import io.djinn.opclass.builtin.text.TsVectorOps;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.page.PageSink;
import io.djinn.source.InMemorySource;
import io.djinn.source.RowSource;
import io.djinn.testkit.Family;
import io.djinn.testkit.Oracle;
import io.djinn.testkit.PageCensus;
import io.djinn.testkit.PlacedWords;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.Workload;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Scripts of work on indexes, for the crash test: rows inserted, deleted, built and dropped, on
 * pages so small that a few rows split and free them. Small ones try one change each, after some
 * preparation; long ones do much.
 *
 * <p>A state maps index name to key to TIDs. A key is a small number; where keys are {@link #wide}
 * it stands for a text that fills a fifth of a page, where they are {@link #placed} for a word
 * whose payload the search compares, and in {@link #documents} and over {@link #columns} for two
 * words, of which the search compares positions and weights.
 */
final class IndexWorkload implements Workload<Djinn, Map<String, Map<Integer, List<Long>>>> {
  private static final int KEYS = 24;
  private static final int WIDE_KEYS = 72;
  private static final int WIDE_GROUPS = 12;

  /** So far apart rows take three bytes each, and few of them fill a page. */
  private static final long FAR = 100_003;

  /** Over several columns the keys behind {@link #KEYS} are those of the last one, a scalar. */
  private static final int SCALARS = 4;

  private static final TsVectorOps ENGLISH = TsVectorOps.english();
  private static final TsVectorOps LITERALS = TsVectorOps.ofLiterals();
  private static final GinOperatorClass INT8 = OperatorClasses.find("int8_ops", "");

  /** Rows of a table that is written to while an index over it is built have TIDs below this. */
  private static final int ONLINE_TIDS = 120;

  private static final String INDEX = "i";
  private static final String OTHER = "j";
  private static final List<String> BOTH = List.of(INDEX, OTHER);
  private static final BuildOptions SERIAL =
      BuildOptions.defaults().withMaintenanceWorkMem(1L << 20).withParallelWorkers(0);
  private static final int IDLE_NANOS = 2_000_000;
  private static final int REST_NANOS = 300_000_000;

  /** Of the store as a whole; a batch has one of {@link #MIXED} or the same. */
  private static final List<Durability> DURABILITIES =
      List.of(Durability.sync(), Durability.group(1), Durability.async(1), Durability.none());

  private static final List<Durability> MIXED =
      List.of(
          Durability.sync(),
          Durability.group(1),
          Durability.none(),
          Durability.none(),
          Durability.async(1),
          Durability.none());

  private static final DjinnOptions TINY =
      DjinnOptions.defaults()
          .withPageSizeBytes(512)
          .withFrameMemoryBytes(192 * 512)
          .withLogSegmentBytes(64 << 10)
          .withLogLimitBytes(256 << 10)
          .withMapChunkBytes(1 << 20);

  /** So that a vacuum of few TIDs takes several batches. */
  private static final VacuumOptions SHORT_SLICES = VacuumOptions.defaults().withSliceMicros(3);

  /** One step of a script, on the state it changes. */
  private interface IndexStep extends Step<Djinn, Map<String, Map<Integer, List<Long>>>> {}

  /** What a batch does, to the index and to the state alike. */
  private interface Change {
    void apply(Djinn db, WriteBatch writes, Map<String, Map<Integer, List<Long>>> state);
  }

  private final String name;
  private final int variant;
  private final Durability fixed;
  private final List<Step<Djinn, Map<String, Map<Integer, List<Long>>>>> steps = new ArrayList<>();
  private boolean isWide;
  private boolean isListed;
  private boolean isPlaced;
  private boolean hasColumns;
  private boolean isLogged;
  private boolean isCheckpointed;

  /** The class of documents, null where keys are no words of one. */
  private TsVectorOps documents;

  private int setupSteps;
  private Set<Family> reaches = Set.of();

  private IndexWorkload(String name, int variant, Durability fixed) {
    this.name = name;
    this.variant = variant;
    this.fixed = fixed;
  }

  /** The long scripts: those always the same but for their values, and random ones. */
  static List<IndexWorkload> all(long seed, int variants, int randomScripts) {
    List<IndexWorkload> all = new ArrayList<>();
    for (int i = 0; i < randomScripts; i++) {
      all.add(random(i, (int) (seed + i), new SplittableRandom(seed + i)));
    }
    for (int variant = 0; variant < variants; variant++) {
      all.addAll(all(variant));
    }
    return all;
  }

  /** The small scripts, with each durability, or with one each. */
  static List<IndexWorkload> small(boolean isWithEveryDurability) {
    List<IndexWorkload> small = new ArrayList<>();
    for (int i = 0; i < DURABILITIES.size(); i++) {
      for (IndexWorkload script : small(DURABILITIES.get(i))) {
        if (isWithEveryDurability
            || Math.floorMod(script.name.hashCode(), DURABILITIES.size()) == i) {
          small.add(script);
        }
      }
    }
    return small;
  }

  /** The registry of small scripts: a line each. */
  private static List<IndexWorkload> small(Durability d) {
    return List.of(
        script("create", d).then().create(),
        script("create-second", d).create().rows(1, 1, 3, 3).then().create(OTHER),
        script("first-rows", d).create().then().rows(1, 2, 3, 3),
        script("insert", d).create().rows(1, 4, 3, 3).then().rows(100, 2, 3, 3),
        script("both", d).create().create(OTHER).rows(1, 2, 3, 3).then().both(50).both(60),
        script("leaf-split", d).create().full(1).then().full(3).reach(Family.LEAF_SPLIT),
        script("root-split", d).create().then().full(2).reach(Family.ROOT_SPLIT),
        script("inner-split", d).wide().create().keys(0, 9).then().more(9).more(36).reach(INNER),
        script("inner-split-2", d).wide().create().keys(0, 36).then().more(36).reach(INNER),
        script("inner-split-3", d).wide().create().keys(0, 24).then().more(30).reach(INNER),
        script("inner-split-4", d).wide().create().keys(40, 32).then().more(0).reach(INNER),
        script("inner-split-5", d).wide().create().then().more(0).more(36).reach(INNER),
        script("list-to-tree", d).create().one(1, 12).then().one(3, 40).reach(TREE),
        script("tree-insert", d).create().one(4, 60).then().one(2, 8),
        script("tree-leaf-split", d).create().one(6, 60).then().one(3, 60).reach(Family.LEAF_SPLIT),
        script("tree-root-split", d).create().one(1, 50).then().one(3, 60).reach(Family.ROOT_SPLIT),
        script("tree-delete", d).create().one(6, 60).then().deletes(9).deletes(9),
        script("tree-page-emptied", d).create().one(8, 60).then().lowest(250).reach(PAGE_FREE),
        script("tree-shrinks", d).create().one(8, 60).then().lowest(400).reach(PAGE_FREE),
        script("tree-removed", d).create().one(8, 60).then().removeKeys(7, 1).reach(PAGE_FREE),
        script("entry-removed", d).create().full(2).then().removeKeys(3, 1),
        script("leaf-emptied", d).create().full(6).then().removeKeys(0, 12).reach(PAGE_FREE),
        script("inner-emptied", d).wide().create().keys(0, 60).then().removeKeys(0, 40),
        script("all-removed", d).create().full(4).then().removeKeys(0, KEYS).reach(PAGE_FREE),
        script("reuse", d).create().full(6).removeKeys(0, KEYS).then().full(2).reach(PAGE_REUSE),
        script("free-reuse", d).create().full(4).then().removeKeys(0, 20).full(2).reach(PAGE_REUSE),
        script("drop", d).create().one(5, 60).then().drop(),
        script("drop-free", d).create().one(5, 60).then().drop().free().reach(PAGE_FREE),
        script("free-dropped", d).create().full(5).drop().then().free(),
        script("drop-create", d).create().full(3).then().drop().create().rows(1, 1, 3, 3),
        script("drop-of-two", d).create().full(2).create(OTHER).both(9).then().drop(OTHER).free(),
        script("indexes", d).named(6).then().create().drop("n3"),
        script("build", d).then().build(60).reach(Family.BUILD),
        script("build-trees", d).then().build(300).reach(Family.BUILD),
        script("build-wide", d).wide().then().build(40).reach(Family.BUILD),
        script("build-beside", d).create(OTHER).then().build(60).reach(Family.BUILD),
        script("build-reuses", d).freed().then().build(60).reach(Family.BUILD, PAGE_REUSE),
        script("build-fails", d).then().buildFails(60),
        script("build-ends", d).then().buildEnds().build(30),
        script("build-online", d).then().buildOnline(6).reach(Family.BUILD),
        script("build-online-list", d).listed().then().buildOnline(6).rows(1, 1, 3, 3).flush(),
        script("build-online-long", d).wide().then().buildOnline(12),
        script("build-online-long-list", d).wide().listed().then().buildOnline(12),
        script("build-online-text", d).english().then().buildOnline(5),
        script("build-online-columns", d).columns().listed().then().buildOnline(5),
        script("build-online-reuses", d).freed().then().buildOnline(6).reach(PAGE_REUSE),
        script("build-both", d).then().buildBoth(40).reach(Family.BUILD),
        script("build-both-fails", d).then().buildBothFails(40),
        script("build-both-columns", d).columns().then().buildBoth(12).both(700),
        script("build-both-online", d).then().buildBothOnline(6).reach(Family.BUILD),
        script("build-both-list", d).listed().then().buildBothOnline(6).both(700).flush(),
        script("build-both-long", d).wide().then().buildBothOnline(10),
        script("build-both-reuses", d).freed().then().buildBothOnline(3).drop(OTHER).free(),
        script("reindex", d).buildOnline(3).then().reindex(6).free().reach(PAGE_FREE),
        script("reindex-list", d).listed().buildOnline(3).then().reindex(6).reindex(2),
        script("reindex-long", d).wide().listed().buildOnline(2).then().reindex(12),
        script("reindex-drop", d).buildOnline(3).then().reindex(3).drop().free(),
        script("reindex-reuses", d).freed().buildOnline(3).then().reindex(6).free().reindex(3),
        script("reindex-vacuum", d).buildOnline(3).then().reindex(3).vacuum(2),
        script("logged", d).logged().then().build(60).reach(Family.BUILD),
        script("logged-trees", d).logged().then().build(300).reach(Family.BUILD),
        script("logged-checkpoint", d).logged().checkpointed().wide().then().build(300),
        script("built-checkpoint", d).checkpointed().wide().then().build(300),
        script("logged-reuses", d).logged().freed().then().build(60).reach(PAGE_REUSE),
        script("logged-online", d).logged().listed().then().buildOnline(6),
        script("logged-reindex", d).logged().buildOnline(3).then().reindex(6).free().full(2),
        script("logged-insert", d).logged().build(120).then().rows(5000, 2, 3, 3),
        script("logged-drop", d).logged().build(120).then().drop().free().create().full(2),
        script("logged-ends", d).logged().then().loadEnds(60).create().full(2),
        script("logged-ends-amid", d).logged().then().loadEnds(60).checkpoint().create().full(2),
        script("logged-ends-again", d).logged().then().loadEnds(60).loadEnds(40).build(60),
        script("logged-ends-minimal", d).then().loadEnds(60).build(60).reach(Family.BUILD),
        script("logged-ends-reuses", d).freed().then().loadEnds(60).checkpoint().build(60),
        script("rest-of-root", d).buildTrees(8_000).then().highest(3).highest(3).highest(1),
        script("rest-to-leaf", d).buildTrees(8_000).then().highest(2).one(2, 5),
        script("rest-left", d).buildTrees(8_000).then().lowest(850).lowest(20).reach(PAGE_FREE),
        script("rest-removed", d).buildTrees(8_000).then().highest(250).lowest(600),
        script("rest-freed", d).buildTrees(8_000).then().removeKeys(7, 1).reach(PAGE_FREE),
        script("built-insert", d).build(120).then().rows(5000, 2, 3, 3),
        script("built-delete", d).build(120).then().deletes(60).deletes(60),
        script("built-drop", d).build(120).then().drop().free().reach(PAGE_FREE),
        script("vacuum", d).create().rows(1, 4, 5, 3).then().vacuum(2),
        script("vacuum-beside", d).create().create(OTHER).both(3).then().vacuum(1).both(8),
        script("vacuum-lists", d).create().full(4).then().vacuum(3),
        script("vacuum-trees", d).create().one(8, 60).then().vacuum(2),
        script("vacuum-wide", d).wide().create().keys(0, 40).then().vacuum(1).reach(PAGE_FREE),
        script("vacuum-all", d).create().full(4).one(3, 60).then().vacuum(1).reach(PAGE_FREE),
        script("vacuum-reuse", d).create().full(5).then().vacuum(1).full(2).reach(PAGE_REUSE),
        script("vacuum-built", d).build(120).then().vacuum(2),
        script("vacuum-again", d).create().one(6, 60).then().cancelledVacuum(1).vacuum(1),
        script("list-first", d).listed().create().then().rows(1, 3, 3, 3),
        script("list-insert", d).listed().create().rows(1, 4, 3, 3).then().rows(100, 2, 3, 3),
        script("list-pages", d).listed().create().then().full(2).one(2, 60),
        script("list-delete", d).listed().create().full(2).then().deletes(9).deletes(9),
        script("list-both", d).listed().create().create(OTHER).then().both(50).both(60),
        script("list-wide", d).listed().wide().create().then().keys(0, WIDE_KEYS).keys(3, 9),
        script("flush", d).listed().create().full(2).then().flush().reach(PAGE_FREE),
        script("flush-insert", d).listed().create().full(1).flush().then().full(1).flush(),
        script("flush-deletes", d).listed().create().full(2).flush().then().deletes(9).flush(),
        script("flush-amid", d).listed().create().full(2).checkpoint().then().flush().deletes(9),
        script("flush-splits", d).listed().create().full(4).then().flush().reach(Family.LEAF_SPLIT),
        script("flush-trees", d).listed().create().one(6, 60).then().flush().reach(TREE),
        script("flush-reuse", d).listed().create().full(2).flush().then().full(3).flush(),
        script("flush-wide", d).listed().wide().create().keys(0, 72).keys(3, 40).then().flush(),
        script("list-rests", d).listed().create().full(2).then().rest().rows(1, 1, 3, 3),
        script("list-pace", d)
            .listed()
            .wide()
            .create()
            .longRows(48)
            .then()
            .longRows(36)
            .reach(TREE),
        script("list-drop", d).listed().create().full(2).then().drop().free().reach(PAGE_FREE),
        script("list-vacuum", d).listed().create().full(2).flush().full(1).then().vacuum(2),
        script("list-built", d).listed().build(60).then().rows(5000, 2, 3, 3).deletes(20).flush(),
        script("placed-insert", d).placed().create().rows(1, 4, 3, 3).then().rows(100, 2, 3, 3),
        script("placed-splits", d).placed().create().then().full(3).reach(Family.LEAF_SPLIT),
        script("placed-trees", d).placed().create().one(2, 60).then().one(2, 60).deletes(60),
        script("placed-build", d).placed().then().build(60).reach(Family.BUILD),
        script("placed-built", d).placed().build(60).then().rows(5000, 2, 3, 3).deletes(60),
        script("placed-vacuum", d).placed().create().full(2).one(2, 60).then().vacuum(2),
        script("placed-list", d).placed().listed().create().then().full(1).deletes(9),
        script("placed-flush", d).placed().listed().create().full(1).one(2, 60).then().flush(),
        script("placed-list-vacuum", d).placed().listed().create().full(1).then().vacuum(2),
        script("text-insert", d).english().create().rows(1, 4, 3, 3).then().rows(100, 2, 3, 3),
        script("text-splits", d).english().create().then().full(2).reach(Family.LEAF_SPLIT),
        script("text-build", d).english().then().build(40).reach(Family.BUILD),
        script("text-vacuum", d).english().create().full(1).one(2, 60).then().vacuum(2),
        script("text-flush", d).english().listed().create().full(1).one(1, 60).then().flush(),
        script("vector-insert", d).literals().create().rows(1, 4, 3, 3).then().rows(100, 2, 3, 3),
        script("vector-trees", d).literals().create().one(1, 60).then().one(2, 60).deletes(60),
        script("vector-built", d).literals().build(40).then().rows(5000, 2, 3, 3).deletes(40),
        script("vector-list", d).literals().listed().create().then().full(1).deletes(9),
        script("columns-insert", d).columns().create().rows(1, 4, 3, 3).then().rows(100, 2, 3, 3),
        script("columns-splits", d).columns().create().then().full(2).reach(Family.LEAF_SPLIT),
        script("columns-delete", d).columns().create().full(1).then().deletes(20).removeKeys(0, 9),
        script("columns-build", d).columns().then().build(40).reach(Family.BUILD),
        script("columns-vacuum", d).columns().create().full(1).one(2, 60).then().vacuum(2),
        script("columns-list", d).columns().listed().create().then().full(1).deletes(9),
        script("columns-flush", d).columns().listed().create().full(1).one(1, 60).then().flush(),
        script("checkpoint", d).create().full(3).then().checkpoint().reach(Family.CHECKPOINT),
        script("amid", d).create().full(3).then().rows(1, 1, 3, 3).checkpoint().rows(9, 1, 3, 3),
        script("two-checkpoints", d).create().full(1).then().full(1).checkpoint().checkpoint(),
        script("idle", d).create().full(2).then().rows(1, 1, 3, 3).idle());
  }

  private static final Family INNER = Family.INNER_SPLIT;
  private static final Family TREE = Family.LIST_TO_TREE;
  private static final Family PAGE_FREE = Family.PAGE_FREE;
  private static final Family PAGE_REUSE = Family.PAGE_REUSE;

  private static IndexWorkload script(String name, Durability durability) {
    String mode = durability.toString().replaceAll("[^A-Z]", "");
    return new IndexWorkload(name + "-" + mode, 0, durability);
  }

  /** The long scripts with the values of a variant. */
  private static List<IndexWorkload> all(int variant) {
    return List.of(
        mixed("rows", variant).create().rows(1, 40, 3, 3).deletes(7).rows(5, 12, 4, 2),
        mixed("splits", variant).create().full(20).deletes(40).deletes(200).full(6),
        mixed("trees", variant)
            .create()
            .one(14, 60)
            .deletes(300)
            .deletes(300)
            .deletes(400)
            .one(4, 60),
        mixed("drop", variant)
            .create()
            .one(6, 60)
            .drop()
            .create()
            .rows(3, 10, 3, 3)
            .drop()
            .free()
            .create()
            .one(3, 40),
        mixed("build", variant).build(90).rows(700, 10, 3, 3).checkpoint().deletes(30),
        mixed("online", variant)
            .listed()
            .buildOnline(8)
            .checkpoint()
            .reindex(8)
            .free()
            .checkpoint()
            .reindex(20)
            .vacuum(3),
        mixed("both-online", variant)
            .listed()
            .buildBothOnline(8)
            .checkpoint()
            .both(700)
            .drop()
            .drop(OTHER)
            .free()
            .checkpoint()
            .rowless()
            .buildBothOnline(12)
            .both(800),
        mixed("logged-on-freed-pages", variant)
            .logged()
            .build(120)
            .drop()
            .free()
            .checkpoint()
            .rowless()
            .checkpoint()
            .loadEnds(60)
            .build(100)
            .rows(900, 6, 3, 3)
            .drop()
            .free()
            .build(60)
            .deletes(20),
        mixed("build-on-freed-pages", variant)
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
        mixed("vacuums", variant)
            .create()
            .full(4)
            .one(8, 60)
            .vacuum(3)
            .rows(5, 12, 4, 2)
            .cancelledVacuum(2)
            .checkpoint()
            .vacuum(2)
            .one(4, 60)
            .vacuum(1)
            .full(2),
        mixed("lists", variant)
            .listed()
            .create()
            .full(2)
            .one(3, 60)
            .deletes(40)
            .flush()
            .rows(5, 12, 4, 2)
            .deletes(60)
            .checkpoint()
            .rest()
            .one(4, 60)
            .vacuum(2)
            .full(3)
            .flush(),
        mixed("list-at-its-limit", variant)
            .listed()
            .wide()
            .create()
            .longRows(24)
            .deletes(60)
            .longRows(24)
            .flush(),
        mixed("checkpoints-and-segments", variant).create().segments(12).deletes(20));
  }

  private static IndexWorkload mixed(String name, int variant) {
    return new IndexWorkload(name + "-" + variant, variant, null);
  }

  /** Anything after anything that can be done then. */
  private static IndexWorkload random(int number, int variant, SplittableRandom random) {
    IndexWorkload script = new IndexWorkload("random-" + number, variant, null);
    script.isWide = number % 2 == 1;
    script.isListed = number % 4 >= 2;
    switch (number % 8) {
      case 1 -> script.placed();
      case 3 -> script.columns();
      case 6 -> script.english();
      case 7 -> script.literals();
      default -> {}
    }
    int keys = script.keys();
    script.create();
    for (int i = 0; i < 20; i++) {
      int n = 1 + random.nextInt(4);
      switch (random.nextInt(17)) {
        case 0 -> script.checkpoint();
        case 1 -> script.idle();
        case 2 -> script.drop().create();
        case 3 -> script.drop().free().build(20 * n);
        case 4, 5 -> script.deletes(20 * n);
        case 6 -> script.removeKeys(random.nextInt(keys), 4 * n);
        case 7, 8 -> script.keys(random.nextInt(keys - 16), 4 * n);
        case 9, 10 -> script.one(n, 60);
        case 11 -> script.full(1);
        case 12 -> script.vacuum(n);
        case 13 -> script.flush();
        case 14 -> script.rest();
        default -> script.rows(1_000L * i, n, 3, 3);
      }
    }
    return script;
  }

  /** Short scripts, for tests that run each many times. */
  static List<IndexWorkload> small() {
    return List.of(
        mixed("few-rows", 0).create().rows(1, 4, 3, 3).deletes(4).checkpoint(),
        mixed("few-splits", 0).create().full(3).deletes(60).checkpoint(),
        mixed("few-placed", 0).placed().create().full(1).one(1, 60).deletes(30).vacuum(2),
        mixed("few-placed-lists", 0).placed().listed().create().full(1).deletes(9).flush(),
        mixed("placed-build", 0).placed().build(20).rows(700, 3, 3, 3).deletes(5),
        mixed("few-texts", 0).english().create().rows(1, 3, 3, 3).one(1, 60).deletes(30).vacuum(2),
        mixed("few-vectors", 0).literals().listed().create().rows(1, 4, 3, 3).deletes(9).flush(),
        mixed("few-columns", 0).columns().listed().create().full(1).deletes(9).flush().vacuum(2),
        mixed("columns-build", 0).columns().build(20).rows(700, 3, 3, 3).deletes(5),
        mixed("few-lists", 0).listed().create().full(1).deletes(9).flush().full(1).rest(),
        mixed("few-vacuums", 0).create().one(3, 60).vacuum(2).checkpoint().vacuum(1),
        mixed("online-build", 0).buildOnline(3).reindex(3).checkpoint(),
        mixed("online-list-build", 0).listed().wide().buildOnline(10),
        mixed("both-build", 0).buildBothOnline(3).checkpoint().both(700),
        mixed("small-build", 0).build(20).rows(700, 3, 3, 3).checkpoint().deletes(5),
        mixed("logged-build", 0).logged().loadEnds(40).build(20).rows(700, 3, 3, 3).deletes(5),
        mixed("build-again", 0)
            .create()
            .one(1, 20)
            .drop()
            .free()
            .checkpoint()
            .rowless()
            .build(15)
            .checkpoint());
  }

  // What scripts are made of.

  private IndexWorkload step(IndexStep step) {
    steps.add(step);
    return this;
  }

  /** Everything before was preparation. */
  private IndexWorkload then() {
    setupSteps = steps.size();
    return this;
  }

  /** Indexes have a pending list, the smallest there may be. */
  private IndexWorkload listed() {
    isListed = true;
    return this;
  }

  /** Builds log every page. */
  private IndexWorkload logged() {
    isLogged = true;
    return this;
  }

  /** Builds are interrupted by a checkpoint when their leaves are loaded. */
  private IndexWorkload checkpointed() {
    isCheckpointed = true;
    return this;
  }

  private BuildLogging logging() {
    return isLogged ? BuildLogging.FULL : BuildLogging.MINIMAL;
  }

  private IndexWorkload wide() {
    isWide = true;
    return this;
  }

  /** Keys have payloads. */
  private IndexWorkload placed() {
    isPlaced = true;
    isWide = false;
    return this;
  }

  /** Rows are texts in English. */
  private IndexWorkload english() {
    documents = ENGLISH;
    isWide = false;
    return this;
  }

  /** Rows are documents, whose lexemes have many positions and weights. */
  private IndexWorkload literals() {
    documents = LITERALS;
    isWide = false;
    return this;
  }

  /** Rows are an array, a text with the same keys, and a number. */
  private IndexWorkload columns() {
    english();
    hasColumns = true;
    return this;
  }

  private IndexWorkload reach(Family... events) {
    reaches = Set.of(events);
    return this;
  }

  private int keys() {
    return isWide ? WIDE_KEYS : KEYS;
  }

  private Durability ofStore() {
    return fixed == null ? Durability.none() : fixed;
  }

  private static boolean isAwaited(Durability durability) {
    return durability.equals(Durability.sync()) || durability.toString().startsWith("GROUP");
  }

  private void acknowledge(
      Oracle<Map<String, Map<Integer, List<Long>>>> oracle, Durability durability) {
    if (isAwaited(durability)) {
      oracle.acknowledge();
    }
  }

  private IndexWorkload create() {
    return create(INDEX);
  }

  private IndexWorkload create(String index) {
    return step(
        (db, oracle) -> {
          Map<String, Map<Integer, List<Long>>> after = copy(oracle.current());
          after.put(index, new TreeMap<>());
          oracle.next(after);
          db.createGin(index, spec());
          acknowledge(oracle, ofStore());
        });
  }

  private IndexWorkload named(int count) {
    for (int i = 0; i < count; i++) {
      create("n" + i);
    }
    return this;
  }

  private GinSpec spec() {
    GinSpec spec;
    if (hasColumns) {
      spec = GinSpec.column("a", ArrayOps.ofInts()).andColumn("t", ENGLISH).andColumn("n", INT8);
    } else if (documents != null) {
      spec = GinSpec.column("$", documents);
    } else if (isPlaced) {
      spec = GinSpec.column("$", new PlacedWords());
    } else {
      spec = GinSpec.column("$", isWide ? ArrayOps.ofStrings() : ArrayOps.ofInts());
    }
    return spec.withFastUpdate(isListed).withPendingListLimit(64 << 10);
  }

  /** Keys of a row, which has a number besides where there are several columns. */
  private List<Integer> withNumber(List<Integer> keys) {
    if (!hasColumns) {
      return keys;
    }
    List<Integer> more = new ArrayList<>(keys);
    more.add(KEYS + keys.get(0) % SCALARS);
    return more;
  }

  /** A row's values of some keys, one a column. */
  private Object[] values(List<Integer> keys) {
    if (!hasColumns) {
      return new Object[] {value(keys)};
    }
    List<Integer> shared = keys.stream().filter(key -> key < KEYS).toList();
    return new Object[] {
      shared.isEmpty() ? null : shared,
      shared.isEmpty() ? null : value(shared),
      keys.stream().filter(key -> key >= KEYS).findFirst().map(Long::valueOf).orElse(null)
    };
  }

  /** A row's value of some keys. */
  private Object value(List<Integer> keys) {
    if (documents == ENGLISH) {
      return keys.stream().map(key -> words(key, " ")).collect(Collectors.joining(". "));
    }
    if (documents == LITERALS) {
      return keys.stream().map(IndexWorkload::lexemes).collect(Collectors.joining(" "));
    }
    if (isPlaced) {
      return keys.stream().map(IndexWorkload::word).collect(Collectors.joining(" "));
    }
    return isWide ? keys.stream().map(IndexWorkload::text).toList() : keys;
  }

  /**
   * The two words of a key, which the search wants side by side. Vacuum, which goes in their order,
   * takes the first one of every key before the second one of any.
   */
  private static String words(int key, String between) {
    return String.format("va%02d%swa%02d", key, between, key);
  }

  /** The same with positions and weights: only the last ones are side by side. */
  private static String lexemes(int key) {
    StringBuilder lexemes = new StringBuilder(String.format("va%02d:", key));
    int last = 1_000 + 10 * key;
    for (int i = 1 + key * 5 % 12; i > 1; i--) {
      lexemes.append(last - 100 - 7 * i).append((char) ('A' + i % 3)).append(',');
    }
    return lexemes
        .append(last)
        .append((char) ('A' + key % 3))
        .append(String.format(" wa%02d:%d", key, last + 1))
        .append((char) ('A' + (key + 1) % 3))
        .toString();
  }

  /** A word whose payload is the word itself. */
  private static String word(int key) {
    return String.format("%c%02d", PlacedWords.ITSELF, key) + "p".repeat(key * 3 % 50);
  }

  private static String text(int key) {
    return (char) ('a' + key % WIDE_GROUPS) + "x".repeat(90) + key;
  }

  private List<GinIndex.Condition> conditions(int key) {
    if (hasColumns && key >= KEYS) {
      return List.of(
          new GinIndex.Condition(2, INT8.query(">=", (long) key)),
          new GinIndex.Condition(2, INT8.query("<", key + 1L)));
    }
    if (hasColumns) {
      return List.of(
          new GinIndex.Condition(0, ArrayOps.containsAll(key)),
          new GinIndex.Condition(1, query(key)));
    }
    return List.of(new GinIndex.Condition(0, query(key)));
  }

  private GinQuery query(int key) {
    if (documents == ENGLISH) {
      return ENGLISH.matches(TsQuery.parse(words(key, " <-> ")));
    }
    if (documents == LITERALS) {
      return LITERALS.matches(
          TsQuery.parse(
              words(key, ":" + (char) ('A' + key % 3) + " <-> ")
                  + ":"
                  + (char) ('A' + (key + 1) % 3)));
    }
    if (isPlaced) {
      return new PlacedWords().query("==", word(key));
    }
    return isWide ? ArrayOps.containsAll(text(key)) : ArrayOps.containsAll(key);
  }

  /** One batch. */
  private IndexWorkload batch(Change change) {
    return step(
        (db, oracle) -> {
          Durability durability = fixed == null ? MIXED.get(oracle.step() % MIXED.size()) : fixed;
          Map<String, Map<Integer, List<Long>>> after = copy(oracle.current());
          try (WriteBatch writes = db.begin(durability)) {
            change.apply(db, writes, after);
            boolean isEmpty = after.equals(oracle.current());
            oracle.next(after);
            writes.commit();
            // A batch without a change is nothing in the log, and waits for nothing before it.
            if (!isEmpty) {
              acknowledge(oracle, durability);
            }
          }
        });
  }

  private void insert(
      Djinn db,
      WriteBatch writes,
      Map<String, Map<Integer, List<Long>>> state,
      String index,
      long tid,
      List<Integer> keys) {
    List<Integer> row = withNumber(keys);
    db.gin(index).insert(writes, tid, values(row));
    for (int key : row) {
      add(state.get(index), key, tid);
    }
  }

  private Random randomOf(Map<String, Map<Integer, List<Long>>> state) {
    return new Random(state.hashCode() + 1_000L * variant);
  }

  /** Small batches of rows with a few keys each. */
  private IndexWorkload rows(long firstTid, int batches, int rows, int keys) {
    for (int batch = 0; batch < batches; batch++) {
      long first = firstTid + (long) batch * rows;
      batch(
          (db, writes, state) -> {
            Random random = randomOf(state);
            for (int row = 0; row < rows; row++) {
              List<Integer> value = new ArrayList<>();
              for (int key = 0; key < keys; key++) {
                value.add(random.nextInt(keys()));
              }
              insert(db, writes, state, INDEX, first + row, value);
            }
          });
    }
    return this;
  }

  /** A batch with a row for each of two indexes. */
  private IndexWorkload both(long tid) {
    return batch(
        (db, writes, state) -> {
          insert(db, writes, state, INDEX, tid, List.of(1, 2));
          insert(db, writes, state, OTHER, tid, List.of(2, 3));
        });
  }

  /** Rows that hold every key: leaves split, inner pages grow. */
  private IndexWorkload full(int batches) {
    for (int batch = 0; batch < batches; batch++) {
      long tid = 1_000_003L * (steps.size() + 1);
      batch(
          (db, writes, state) -> {
            List<Integer> all = new ArrayList<>();
            for (int key = 0; key < KEYS; key++) {
              all.add(key);
            }
            for (long row = 0; row < 5; row++) {
              insert(db, writes, state, INDEX, tid + row * FAR, all);
            }
          });
    }
    return this;
  }

  /** A row with keys of its own. */
  private IndexWorkload keys(int first, int count) {
    long tid = 70_001L * (steps.size() + 1);
    return batch(
        (db, writes, state) -> {
          List<Integer> keys = new ArrayList<>();
          for (int key = first; key < Math.min(keys(), first + count); key++) {
            keys.add(key);
          }
          insert(db, writes, state, INDEX, tid, keys);
        });
  }

  /** Rows with every key, a batch each. */
  private IndexWorkload longRows(int rows) {
    for (int row = 0; row < rows; row++) {
      keys(0, keys());
    }
    return this;
  }

  /** Three rows of twelve keys each from one on. */
  private IndexWorkload more(int first) {
    return keys(first, 12).keys(first + 12, 12).keys(first + 24, 12);
  }

  /** Many rows of one key, far apart: its list becomes a tree, whose pages split. */
  private IndexWorkload one(int batches, int rows) {
    for (int batch = 0; batch < batches; batch++) {
      batch(
          (db, writes, state) -> {
            Random random = randomOf(state);
            for (int row = 0; row < rows; row++) {
              insert(db, writes, state, INDEX, random.nextLong(1L << 40), List.of(7));
            }
          });
    }
    return this;
  }

  private IndexWorkload deletes(int count) {
    return batch(
        (db, writes, state) -> {
          Random random = randomOf(state);
          Map<Integer, List<Long>> index = state.get(INDEX);
          for (int i = 0; i < count && !index.isEmpty(); i++) {
            List<Integer> keys = new ArrayList<>(index.keySet());
            int key = keys.get(random.nextInt(keys.size()));
            List<Long> tids = index.get(key);
            long tid = tids.remove(random.nextInt(tids.size()));
            if (tids.isEmpty()) {
              index.remove(key);
            }
            db.gin(INDEX).delete(writes, tid, values(List.of(key)));
          }
        });
  }

  /** Removes the lowest TIDs of the key of a tree, whose first pages become empty. */
  private IndexWorkload lowest(int count) {
    return deletesOfOne(tids -> tids.subList(0, count));
  }

  private IndexWorkload highest(int count) {
    return deletesOfOne(tids -> tids.subList(tids.size() - count, tids.size()));
  }

  private IndexWorkload deletesOfOne(UnaryOperator<List<Long>> part) {
    return batch(
        (db, writes, state) -> {
          List<Long> tids = part.apply(state.get(INDEX).get(7));
          for (long tid : tids) {
            db.gin(INDEX).delete(writes, tid, values(List.of(7)));
          }
          tids.clear();
        });
  }

  /** Removes every TID of some keys. */
  private IndexWorkload removeKeys(int first, int count) {
    return batch(
        (db, writes, state) -> {
          for (int key = first; key < first + count; key++) {
            List<Long> tids = state.get(INDEX).remove(key);
            if (tids != null) {
              for (long tid : tids) {
                db.gin(INDEX).delete(writes, tid, values(List.of(key)));
              }
            }
          }
        });
  }

  /** Vacuums the index of every row of so many, by its TID. */
  private IndexWorkload vacuum(int modulus) {
    return step(
        (db, oracle) -> {
          announceVacuum(oracle, modulus);
          db.gin(INDEX).vacuum(tid -> tid % modulus == 0, SHORT_SLICES);
          acknowledge(oracle, ofStore());
        });
  }

  /** As {@link #vacuum}, cancelled when it has removed something. */
  private IndexWorkload cancelledVacuum(int modulus) {
    return step(
        (db, oracle) -> {
          List<Map<String, Map<Integer, List<Long>>>> states = vacuumed(oracle.current(), modulus);
          CancelToken token = new CancelToken();
          long[] removed = new long[1];
          VacuumOptions options =
              SHORT_SLICES
                  .withCancelToken(token)
                  .withListener(
                      progress -> {
                        removed[0] = progress.tidsRemoved();
                        if (removed[0] > 0) {
                          token.cancel();
                        }
                      });
          states.forEach(oracle::next);
          try {
            db.gin(INDEX).vacuum(tid -> tid % modulus == 0, options);
          } catch (VacuumCancelledException cancelled) {
            for (int left = states.size(); left > removed[0]; left--) {
              oracle.withdraw();
            }
          }
        });
  }

  /** Vacuum removes TID after TID, key after key: a crash may leave it after any of them. */
  private void announceVacuum(Oracle<Map<String, Map<Integer, List<Long>>>> oracle, int modulus) {
    vacuumed(oracle.current(), modulus).forEach(oracle::next);
  }

  private List<Map<String, Map<Integer, List<Long>>>> vacuumed(
      Map<String, Map<Integer, List<Long>>> before, int modulus) {
    List<Map<String, Map<Integer, List<Long>>>> states = new ArrayList<>();
    Map<String, Map<Integer, List<Long>>> state = before;
    List<Integer> keys = new ArrayList<>(before.get(INDEX).keySet());
    if (isWide) {
      keys.sort(Comparator.comparing(IndexWorkload::text));
    }
    for (int key : keys) {
      for (long tid : before.get(INDEX).get(key)) {
        if (tid % modulus == 0) {
          state = copy(state);
          List<Long> tids = state.get(INDEX).get(key);
          tids.remove(tid);
          if (tids.isEmpty()) {
            state.get(INDEX).remove(key);
          }
          states.add(state);
        }
      }
    }
    return states;
  }

  private IndexWorkload drop() {
    return drop(INDEX);
  }

  private IndexWorkload drop(String index) {
    return step(
        (db, oracle) -> {
          Map<String, Map<Integer, List<Long>>> after = copy(oracle.current());
          after.remove(index);
          oracle.next(after);
          db.drop(index);
          acknowledge(oracle, ofStore());
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

  /** Lets time pass after an ASYNC commit, so that it and all before it are synced by now. */
  private IndexWorkload idle() {
    long tid = 90_001L * (steps.size() + 1);
    return step(
        (db, oracle) -> {
          Durability durability =
              ofStore().equals(Durability.none()) ? Durability.async(1) : ofStore();
          Map<String, Map<Integer, List<Long>>> after = copy(oracle.current());
          try (WriteBatch writes = db.begin(durability)) {
            insert(db, writes, after, INDEX, tid, List.of(1));
            oracle.next(after);
            writes.commit();
          }
          SimEnv env = (SimEnv) db.env();
          env.advance(IDLE_NANOS);
          env.runAgents();
          oracle.acknowledge();
        });
  }

  /** Empties the pending list, which changes no answer. */
  private IndexWorkload flush() {
    return step((db, oracle) -> db.gin(INDEX).flush());
  }

  /** Nothing comes for so long that the list is merged in the background. */
  private IndexWorkload rest() {
    return step(
        (db, oracle) -> {
          SimEnv env = (SimEnv) db.env();
          env.advance(REST_NANOS);
          env.runAgents();
        });
  }

  /** A commit that leaves nothing: the batch that freed pages becomes an old one. */
  private IndexWorkload rowless() {
    return create().drop().free().checkpoint();
  }

  /** Pages freed long enough ago for a build. */
  private IndexWorkload freed() {
    return build(60).drop().free().checkpoint().rowless().checkpoint();
  }

  private IndexWorkload build(int rows) {
    return build(random -> values(rows, random));
  }

  /** Builds an index of two keys, whose posting trees have a child and a rest. */
  private IndexWorkload buildTrees(int rows) {
    return build(
        random -> {
          List<List<Integer>> values = new ArrayList<>();
          for (int row = 0; row < rows; row++) {
            values.add(List.of(random.nextInt(8) == 0 ? 7 : 8));
          }
          return values;
        });
  }

  private IndexWorkload build(Function<Random, List<List<Integer>>> table) {
    return step(
        (db, oracle) -> {
          List<List<Integer>> values = table.apply(randomOf(oracle.current()));
          int rows = values.size();
          Map<String, Map<Integer, List<Long>>> after = copy(oracle.current());
          after.put(INDEX, new TreeMap<>());
          try (InMemorySource source = source(values, false)) {
            for (int row = 0; row < rows; row++) {
              for (int key : values.get(row)) {
                add(after.get(INDEX), key, source.tidOf(row + 1L));
              }
            }
            oracle.next(after);
            build(db, source, false).run();
          }
          oracle.events().add(Family.BUILD, 1);
          oracle.acknowledge();
        });
  }

  /** A build of a table that is written to meanwhile. */
  private IndexWorkload buildOnline(int batches) {
    return online(batches, false);
  }

  /** The index, which has rows of the table only, is built anew while that is written to. */
  private IndexWorkload reindex(int batches) {
    return online(batches, true);
  }

  private IndexWorkload online(int batches, boolean isAnew) {
    return step(
        (db, oracle) -> {
          Map<String, Map<Integer, List<Long>>> before = copy(oracle.current());
          Random random = randomOf(before);
          if (!isAnew) {
            before.put(INDEX, new TreeMap<>());
            for (long tid = 0; tid < ONLINE_TIDS; tid += 2) {
              for (int key : onlineRow(random)) {
                add(before.get(INDEX), key, tid);
              }
            }
          }
          List<List<Integer>> table = new ArrayList<>();
          for (long tid = 0; tid < ONLINE_TIDS; tid++) {
            table.add(keysOf(before.get(INDEX), tid));
          }
          Map<String, Map<Integer, List<Long>>> during = copy(before);
          int seed = random.nextInt();
          if (!isAnew) {
            for (int batch = 0; batch < batches; batch++) {
              changeOnline(null, null, before.get(INDEX), new Random(seed + batch));
            }
            oracle.next(before);
          }
          int interval = ONLINE_TIDS / batches;
          try (OnlineSource source =
              new OnlineSource(
                  source(table, false),
                  row -> {
                    int batch = (int) (row / interval);
                    if (row % interval == 0 && batch <= batches) {
                      try (WriteBatch writes = db.begin()) {
                        changeOnline(
                            db.gin(INDEX), writes, during.get(INDEX), new Random(seed + batch - 1));
                        if (isAnew) {
                          oracle.next(copy(during));
                        }
                        writes.commit();
                        if (isAnew) {
                          acknowledge(oracle, ofStore());
                        }
                      }
                    }
                    return !table.get((int) row - 1).isEmpty();
                  })) {
            build(db, source, isAnew).run();
          }
          oracle.events().add(Family.BUILD, 1);
          oracle.acknowledge();
        });
  }

  /** Two indexes of the same rows, in one scan: both are there or none. */
  private IndexWorkload buildBoth(int rows) {
    return step(
        (db, oracle) -> {
          List<List<Integer>> values = values(rows, randomOf(oracle.current()));
          Map<String, Map<Integer, List<Long>>> after = copy(oracle.current());
          try (InMemorySource source = source(values, false)) {
            for (String index : BOTH) {
              after.put(index, new TreeMap<>());
              for (int row = 0; row < rows; row++) {
                for (int key : values.get(row)) {
                  add(after.get(index), key, source.tidOf(row + 1L));
                }
              }
            }
            oracle.next(after);
            buildBoth(db, source).run();
          }
          oracle.events().add(Family.BUILD, 1);
          oracle.acknowledge();
        });
  }

  /** The same of a table, each index being written to otherwise meanwhile. */
  private IndexWorkload buildBothOnline(int batches) {
    return step(
        (db, oracle) -> {
          Map<String, Map<Integer, List<Long>>> after = copy(oracle.current());
          Random random = randomOf(after);
          Map<Integer, List<Long>> rows = new TreeMap<>();
          for (long tid = 0; tid < ONLINE_TIDS; tid += 2) {
            for (int key : onlineRow(random)) {
              add(rows, key, tid);
            }
          }
          List<List<Integer>> table = new ArrayList<>();
          for (long tid = 0; tid < ONLINE_TIDS; tid++) {
            table.add(keysOf(rows, tid));
          }
          BOTH.forEach(index -> after.put(index, rows));
          Map<String, Map<Integer, List<Long>>> during = copy(after);
          Map<String, Map<Integer, List<Long>>> end = copy(after);
          int seed = random.nextInt();
          for (int batch = 0; batch < batches; batch++) {
            changeBoth(null, null, end, seed + batch);
          }
          oracle.next(end);
          int interval = ONLINE_TIDS / batches;
          try (OnlineSource source =
              new OnlineSource(
                  source(table, false),
                  row -> {
                    int batch = (int) (row / interval);
                    if (row % interval == 0 && batch <= batches) {
                      try (WriteBatch writes = db.begin()) {
                        changeBoth(db, writes, during, seed + batch - 1);
                        writes.commit();
                      }
                    }
                    return !table.get((int) row - 1).isEmpty();
                  })) {
            buildBoth(db, source).run();
          }
          oracle.events().add(Family.BUILD, 1);
          oracle.acknowledge();
        });
  }

  /**
   * @param db null where only the state is to be changed
   */
  private void changeBoth(
      Djinn db, WriteBatch writes, Map<String, Map<Integer, List<Long>>> state, int seed) {
    for (String index : BOTH) {
      changeOnline(
          db == null ? null : db.gin(index),
          writes,
          state.get(index),
          new Random(seed * 31L + index.hashCode()));
    }
  }

  /** A build of two indexes whose last row is none: nothing is left of either. */
  private IndexWorkload buildBothFails(int rows) {
    return step(
        (db, oracle) -> {
          try (InMemorySource source = source(values(rows, randomOf(oracle.current())), true)) {
            buildBoth(db, source).run();
            throw new AssertionError("a build of a row that is none came to its end");
          } catch (BuildFailedException expected) {
            if (db.isSealed()) {
              throw expected;
            }
          }
        });
  }

  private IndexBuild buildBoth(Djinn db, RowSource source) {
    List<GinRequest> requests = BOTH.stream().map(index -> new GinRequest(index, spec())).toList();
    return IndexBuild.of(db, requests, source, SERIAL, BuildListener.SILENT);
  }

  private List<Integer> onlineRow(Random random) {
    TreeSet<Integer> row = new TreeSet<>();
    for (int i = isWide ? 24 : 3; i > 0; i--) {
      row.add(random.nextInt(keys()));
    }
    return withNumber(new ArrayList<>(row));
  }

  private static List<Integer> keysOf(Map<Integer, List<Long>> index, long tid) {
    return index.keySet().stream().filter(key -> index.get(key).contains(tid)).toList();
  }

  /**
   * Rows that go and come, some of them again.
   *
   * @param index null where only the state is to be changed
   */
  private void changeOnline(
      GinIndex index, WriteBatch writes, Map<Integer, List<Long>> state, Random random) {
    for (int i = 0; i < 3; i++) {
      long tid = random.nextInt(ONLINE_TIDS);
      List<Integer> old = keysOf(state, tid);
      if (!old.isEmpty()) {
        if (index != null) {
          index.delete(writes, tid, values(old));
        }
        state.values().forEach(tids -> tids.remove(tid));
        state.values().removeIf(List::isEmpty);
      }
      if (random.nextInt(3) > 0) {
        List<Integer> row = onlineRow(random);
        if (index != null) {
          index.insert(writes, tid, values(row));
        }
        row.forEach(key -> add(state, key, tid));
      }
    }
  }

  /** A build whose last row is none: nothing is left of it. */
  private IndexWorkload buildFails(int rows) {
    return step(
        (db, oracle) -> {
          try (InMemorySource source = source(values(rows, randomOf(oracle.current())), true)) {
            build(db, source, false).run();
            throw new AssertionError("a build of a row that is none came to its end");
          } catch (BuildFailedException expected) {
            if (db.isSealed()) {
              throw expected;
            }
          }
        });
  }

  /** A build that ends before it has begun. */
  private IndexWorkload buildEnds() {
    return step((db, oracle) -> db.beginBuild(INDEX, spec()).close());
  }

  /** A build that ends when it has loaded and logged some pages, of which nothing is left. */
  private IndexWorkload loadEnds(int pages) {
    return step(
        (db, oracle) -> {
          int size = db.options().pageSizeBytes();
          int bufferBytes = GinBuild.sinkBytes(size);
          try (GinBuild build = db.beginBuild(INDEX, spec());
              MemoryRegion memory =
                  MemoryRegion.allocate(
                      new MemoryAccount("load", bufferBytes + size), bufferBytes + size)) {
            build.logging(BuildLogging.FULL);
            PageSink sink = build.sink(memory.address());
            long page = memory.address() + bufferBytes;
            db.env()
                .call(
                    "load",
                    () -> {
                      for (int i = 0; i < pages; i++) {
                        int pageNo = sink.allocate();
                        Page.format(page, size, pageNo, PageKind.POSTING_LEAF.id(), 0);
                        sink.write(pageNo, page);
                      }
                      return null;
                    });
          }
        });
  }

  private List<List<Integer>> values(int rows, Random random) {
    List<List<Integer>> values = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      List<Integer> value = new ArrayList<>();
      for (int key = 0; key < 5; key++) {
        value.add(random.nextInt(keys()));
      }
      value.add(7);
      values.add(withNumber(value));
    }
    return values;
  }

  private InMemorySource source(List<List<Integer>> values, boolean isLastWrong) {
    if (hasColumns) {
      return InMemorySource.of(
          List.of("a", "t", "n"),
          values.stream().map(value -> values(value)).toList(),
          InMemorySource.DEFAULT_ROWS_PER_BLOCK);
    }
    List<Object> rows = new ArrayList<>();
    values.forEach(value -> rows.add(value(value)));
    if (isLastWrong) {
      rows.add("no array");
    }
    return InMemorySource.ofValues(rows);
  }

  private IndexBuild build(Djinn db, RowSource source, boolean isAnew) {
    BuildListener listener =
        new BuildListener() {
          @Override
          public void event(BuildEvent event) {
            if (isCheckpointed && event instanceof BuildEvent.Loaded) {
              db.checkpoint();
            }
          }
        };
    BuildOptions options = SERIAL.withLogging(logging());
    return isAnew
        ? IndexBuild.reindex(db, INDEX, spec(), source, options, listener)
        : new IndexBuild(db, INDEX, spec(), source, options, listener);
  }

  /** Batches whose images fill log segments, with checkpoints that recycle them. */
  private IndexWorkload segments(int rounds) {
    for (int round = 0; round < rounds; round++) {
      one(2, 60).rows(round * 100L, 3, 6, 6).checkpoint();
    }
    return this;
  }

  private static void add(Map<Integer, List<Long>> index, int key, long tid) {
    List<Long> tids = index.computeIfAbsent(key, k -> new ArrayList<>());
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
    return Djinn.open(env, TINY.withDurability(ofStore()));
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
  public int setupSteps() {
    return setupSteps;
  }

  @Override
  public Set<Family> reaches() {
    return reaches;
  }

  @Override
  public PageCensus census(Djinn db) {
    return StoreCensus.of(db);
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
        for (int key = 0; key < keys() + (hasColumns ? SCALARS : 0); key++) {
          TreeSet<Long> tids = new TreeSet<>();
          try (TidCursor cursor = index.search(snapshot, conditions(key), null)) {
            while (cursor.next()) {
              if (cursor.needsRecheck()) {
                throw new AssertionError("keys and payloads do not decide about key " + key);
              }
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
