package io.djinn.api;

import io.djinn.error.BatchTooLargeException;
import io.djinn.error.KeyTooLongException;
import io.djinn.error.SnapshotExpiredException;
import io.djinn.gin.GinReferences;
import io.djinn.gin.entry.EntryKeys;
import io.djinn.opclass.GinQuery;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.page.StepReader;
import io.djinn.testkit.CrashMode;
import io.djinn.testkit.Family;
import io.djinn.testkit.IoCall;
import io.djinn.testkit.IoHook;
import io.djinn.testkit.RedoCheck;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import io.djinn.testkit.StructureEvents;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A random history of a store beside its model: rows inserted and deleted in batches that are
 * committed, given up or cut off by a crash, with checkpoints, openings, held snapshots, and a
 * second index that is made, built and dropped; every answer is compared.
 */
final class ModelRun implements AutoCloseable {
  private static final int PAGE_BYTES = 512;
  private static final DjinnOptions OPTIONS =
      DjinnOptions.defaults()
          .withPageSizeBytes(PAGE_BYTES)
          .withOperatorClasses(IndexModel.NUMBERS_CLASS)
          .withFrameMemoryBytes(1200 * PAGE_BYTES)
          .withDurability(Durability.none())
          .withLogSegmentBytes(64 << 10)
          .withLogLimitBytes(512 << 10)
          .withMapChunkBytes(1 << 20);
  private static final String MAIN = "main";
  private static final String SIDE = "side";
  private static final int MOST_HELD = 3;

  /** A row of a model with the value it had before. */
  private record Undo(IndexModel model, int row, int[] before) {}

  /** A committed batch that a crash may take back. */
  private record Committed(long number, List<Undo> undo) {}

  /** A snapshot and what it must answer for as long as it is not given up. */
  private record Held(
      Snapshot snapshot, GinIndex index, IndexModel model, List<IndexModel.Ask> asks) {}

  private final ModelShape shape;
  private final SplittableRandom random;
  private final IndexModel main;
  private final StructureEvents events = new StructureEvents(PAGE_BYTES);
  private final RedoCheck redo = new RedoCheck(Djinn.editTable(), events);
  private final ArrayDeque<Committed> unacknowledged = new ArrayDeque<>();
  private final List<Held> held = new ArrayList<>();
  private SimVfs vfs;
  private Djinn db;
  private GinIndex mainIndex;
  private IndexModel side;
  private GinIndex sideIndex;
  private long acknowledged;
  private boolean isAcknowledged;
  private int untilImage = -1;
  private CrashMode imageMode;
  private SimVfs image;
  private boolean isGrowing = true;
  private boolean hasFailed;

  private int step;
  private long operations;
  private long queries;
  private long crashes;
  private long expired;
  private long lookedBack;
  private long tooLarge;
  private long vacuums;
  private int entryLevels;
  private int postingLevels;

  ModelRun(ModelShape shape, long seed) {
    this.shape = shape;
    random = new SplittableRandom(seed * 31 + shape.ordinal());
    main =
        new IndexModel(
            shape.tids(random.split()), shape.keys(random.split()), true, shape.hasDocuments());
    vfs = new SimVfs();
    open();
    GinSpec columns = spec().andColumn("n", IndexModel.NUMBERS_CLASS);
    mainIndex =
        db.createGin(
            MAIN, shape.hasDocuments() ? columns.andColumn("t", ModelDocuments.CLASS) : columns);
    checkpoint();
  }

  /** Every other shape has a pending list; the smallest there may be, so that it is often full. */
  private GinSpec spec() {
    return GinSpec.column("v", io.djinn.opclass.builtin.ArrayOps.ofStrings())
        .withFastUpdate(shape.ordinal() % 2 == 0)
        .withPendingListLimit(64 << 10);
  }

  private void flush() {
    mainIndex.flush();
    if (side != null) {
      sideIndex.flush();
    }
  }

  /** The store is in no state to be closed in order. */
  void failed() {
    hasFailed = true;
  }

  // What is counted.

  int step() {
    return step;
  }

  long operations() {
    return operations;
  }

  long queries() {
    return queries;
  }

  StructureEvents events() {
    return events;
  }

  RedoCheck redo() {
    return redo;
  }

  int entryLevels() {
    return entryLevels;
  }

  int postingLevels() {
    return postingLevels;
  }

  @Override
  public String toString() {
    return shape
        + ": "
        + operations
        + " operations, "
        + queries
        + " queries, "
        + crashes
        + " crashes, "
        + lookedBack
        + " old snapshots right and "
        + expired
        + " given up, "
        + tooLarge
        + " batches too large, "
        + vacuums
        + " vacuums, levels "
        + entryLevels
        + " and "
        + postingLevels
        + ", pages redone "
        + redo.compared()
        + " and not seen "
        + redo.unseen()
        + ", recovered "
        + redo.recovered()
        + ", "
        + events;
  }

  // The history.

  /** Goes on until so many operations were done, with as many queries in proportion. */
  void run(long moreOperations, long moreQueries, int builds) {
    long from = operations;
    long queriesFrom = queries;
    long buildsFrom = events.count(Family.BUILD);
    while (operations - from < moreOperations || queries - queriesFrom < moreQueries) {
      step++;
      long done = Math.min(operations - from, moreOperations);
      if (random.nextInt(20) > 0 && done < moreOperations) {
        writeBatch();
      } else {
        rareStep();
      }
      if (random.nextInt(4) == 0) {
        lookBack();
      }
      long buildsWanted = (done * builds + moreOperations - 1) / moreOperations;
      while (events.count(Family.BUILD) - buildsFrom < buildsWanted) {
        dropSide();
        build();
      }
      long queriesWanted = done * moreQueries / moreOperations;
      while (queries - queriesFrom < queriesWanted) {
        ask();
      }
      if (main.present() > main.rowCount() * 0.93) {
        isGrowing = false;
      } else if (main.present() < main.rowCount() * 0.25) {
        isGrowing = true;
      }
    }
    measureLevels();
    verify();
  }

  /** Inserts rows from the last one down: each split leaves a page half full for good. */
  void fillDownwards() {
    for (int row = main.rowCount() - 1; row > main.rowCount() / 20; ) {
      List<Undo> undo = new ArrayList<>();
      try (WriteBatch batch = db.begin()) {
        for (int i = 0; i < 40; i++, row--) {
          change(batch, mainIndex, main, row, shape.value(random, main.keyCount()), undo);
        }
        operations += undo.size();
        unacknowledged.add(new Committed(batch.commit(), undo));
      }
      if (random.nextInt(60) == 0) {
        checkpoint();
      }
    }
    isGrowing = false;
    checkpoint();
    measureLevels();
  }

  private void rareStep() {
    switch (random.nextInt(16)) {
      case 0, 1 -> checkpoint();
      case 2 -> reopen();
      case 3, 4 -> {
        crashAt(random.nextBoolean() ? 0 : 1 + random.nextInt(60));
        if (image == null) {
          writeBatch();
        }
        goOnFromImage();
      }
      case 5, 6, 7, 8 -> hold();
      case 9, 10 -> lookBack();
      case 11, 12 -> {
        if (side == null) {
          create();
        } else {
          dropSide();
        }
      }
      case 13 -> {
        if (random.nextBoolean()) {
          db.awaitDropped();
        } else {
          flush();
        }
      }
      case 14 -> {
        if (shape.hasDocuments() && random.nextBoolean()) {
          vacuum();
        } else {
          refuseLongKey();
        }
      }
      default -> {
        if (random.nextInt(3) == 0) {
          measureLevels();
          verify();
        }
      }
    }
  }

  private void writeBatch() {
    int size = 1 + random.nextInt(random.nextInt(4) == 0 ? 8 : 90);
    List<Undo> undo = new ArrayList<>();
    long number;
    try (WriteBatch batch = db.begin(durability())) {
      int center = random.nextInt(main.rowCount());
      int width = random.nextInt(3) == 0 ? 400 : main.rowCount();
      for (int i = 0; i < size; i++) {
        int row = (center + random.nextInt(width)) % main.rowCount();
        for (int tries = 0; tries < 2 && (main.value(row) == null) != isGrowing; tries++) {
          row = (center + random.nextInt(width)) % main.rowCount();
        }
        change(batch, mainIndex, main, row, shape.value(random, main.keyCount()), undo);
        if (shape.hasDocuments() && main.value(row) == null && random.nextInt(3) == 0) {
          // An update: under some keys only the positions are others.
          change(batch, mainIndex, main, row, shape.value(random, main.keyCount()), undo);
        }
      }
      if (side != null) {
        for (int i = random.nextInt(4); i > 0; i--) {
          int row = random.nextInt(side.rowCount());
          change(batch, sideIndex, side, row, sideValue(), undo);
        }
      }
      operations += undo.size();
      if (random.nextInt(20) == 0) {
        takeBack(undo);
        return;
      }
      number = batch.commit();
    } catch (BatchTooLargeException e) {
      tooLarge++;
      takeBack(undo);
      return;
    }
    unacknowledged.add(new Committed(number, undo));
    // What an image was to be taken of, or was taken of, may not have been acknowledged by then.
    if (isAcknowledged && image == null && untilImage < 0) {
      acknowledge();
    }
  }

  private Durability durability() {
    int roll = random.nextInt(12);
    isAcknowledged = roll < 2;
    return switch (roll) {
      case 0 -> Durability.sync();
      case 1 -> Durability.group(1);
      case 2 -> Durability.async(5);
      default -> Durability.none();
    };
  }

  private static void change(
      WriteBatch batch, GinIndex index, IndexModel model, int row, int[] value, List<Undo> undo) {
    int[] before = model.value(row);
    if (before == null) {
      index.insert(batch, model.tid(row), model.columns(value));
      undo.add(new Undo(model, row, model.set(row, value)));
    } else {
      index.delete(batch, model.tid(row), model.columns(before));
      undo.add(new Undo(model, row, model.set(row, null)));
    }
  }

  private static void takeBack(List<Undo> undo) {
    for (int i = undo.size() - 1; i >= 0; i--) {
      undo.get(i).model().set(undo.get(i).row(), undo.get(i).before());
    }
  }

  /** Everything committed so far is durable. */
  private void acknowledge() {
    if (!unacknowledged.isEmpty()) {
      acknowledged = Math.max(acknowledged, unacknowledged.getLast().number());
    }
    unacknowledged.clear();
  }

  private void checkpoint() {
    db.checkpoint();
    acknowledge();
  }

  /** Some rows die at once, and with them every key and payload they have. */
  void vacuum() {
    int chance = 1 + random.nextInt(200);
    BitSet dead = new BitSet();
    TidSet.Builder tids = new TidSet.Builder();
    for (int row = 0; row < main.rowCount(); row++) {
      if (random.nextInt(1_000) < chance) {
        dead.set(row);
        tids.add(main.tid(row));
      }
    }
    mainIndex.vacuum(tids.build(), VacuumOptions.defaults());
    vacuums++;
    dead.stream()
        .filter(row -> main.value(row) != null)
        .forEach(
            row -> {
              main.set(row, null);
              operations++;
            });
    checkpoint();
    for (int i = 0; i < 20; i++) {
      ask();
    }
  }

  private void refuseLongKey() {
    String key = "k".repeat(ModelShape.MOST_KEY_BYTES + 1 + random.nextInt(40));
    int row = random.nextInt(main.rowCount());
    try (WriteBatch batch = db.begin()) {
      int size = batch.size();
      try {
        Object[] columns = main.columns(new int[] {3});
        columns[0] = List.of(main.key(3), key);
        mainIndex.insert(batch, main.tid(row), columns);
        throw new AssertionError("a key of " + key.length() + " bytes was taken");
      } catch (KeyTooLongException e) {
        if (batch.size() != size) {
          throw new AssertionError("a refused row is part of the batch", e);
        }
      }
      batch.commit();
    }
  }

  // Queries.

  private void ask() {
    boolean isSide = side != null && random.nextInt(12) == 0;
    IndexModel model = isSide ? side : main;
    try (Snapshot snapshot = db.snapshot()) {
      model.check(isSide ? sideIndex : mainIndex, snapshot, model.ask(random, false), random);
    }
    queries++;
  }

  private void hold() {
    if (held.size() == MOST_HELD) {
      lookBack();
    }
    boolean isSide = side != null && random.nextInt(4) == 0;
    IndexModel model = isSide ? side : main;
    List<IndexModel.Ask> asks = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      asks.add(model.ask(random, true));
    }
    held.add(new Held(db.snapshot(), isSide ? sideIndex : mainIndex, model, asks));
  }

  private void lookBack() {
    if (held.isEmpty()) {
      return;
    }
    Held oldest = held.remove(0);
    try (Snapshot snapshot = oldest.snapshot()) {
      for (IndexModel.Ask ask : oldest.asks()) {
        oldest.model().check(oldest.index(), snapshot, ask, random);
        queries++;
      }
      lookedBack++;
    } catch (SnapshotExpiredException e) {
      expired++;
    }
  }

  private void verify() {
    verifyPages();
    flush();
    verifyPages();
    try (Snapshot snapshot = db.snapshot()) {
      for (int key = 0; key < main.keyCount(); key++) {
        if (main.rowsOf(key) > 0) {
          return;
        }
      }
      if (mainIndex.stats(snapshot).entryPages() > 1 && main.present() == 0) {
        throw new AssertionError("an empty index has " + mainIndex.stats(snapshot));
      }
    }
  }

  private void verifyPages() {
    List<String> problems = db.verify();
    if (!problems.isEmpty()) {
      throw new AssertionError("the store is damaged: " + problems);
    }
  }

  private void measureLevels() {
    try (Snapshot snapshot = db.snapshot()) {
      db.inStep(
          snapshot,
          reader -> {
            measure(reader, mainIndex.root());
            return null;
          });
    }
  }

  private void measure(StepReader reader, int root) {
    entryLevels = Math.max(entryLevels, Page.level(reader.page(root)) + 1);
    BitSet seen = new BitSet();
    ArrayDeque<Integer> open = new ArrayDeque<>(List.of(root));
    while (!open.isEmpty()) {
      int pageNo = open.poll();
      long page = reader.page(pageNo);
      if (PageKind.of(Page.kind(page)) == PageKind.POSTING_INNER) {
        postingLevels = Math.max(postingLevels, Page.level(page) + 1);
      } else if (!seen.get(pageNo)) {
        GinReferences.forEach(page, pageNo, PAGE_BYTES, open::add);
      }
      seen.set(pageNo);
    }
  }

  // Openings.

  private void open() {
    db = Djinn.open(new SimEnv(vfs, random.nextLong()), OPTIONS);
    redo.attach(vfs, db.store());
    events.open(true);
    IoHook pages = redo.hook();
    IoHook calls = events.hook();
    vfs.hook(
        call -> {
          pages.before(call);
          calls.before(call);
          takeImage(call);
        });
  }

  private void leave() {
    while (!held.isEmpty()) {
      lookBack();
    }
    redo.check();
    db.close();
    redo.detach();
    events.open(false);
    vfs.hook(null);
  }

  private void findIndexes() {
    mainIndex = db.gin(MAIN);
    sideIndex = side == null ? null : db.gin(SIDE);
  }

  private void reopen() {
    leave();
    acknowledge();
    open();
    findIndexes();
  }

  /** Arms the taking of an image: now, or before some call that changes something. */
  private void crashAt(int calls) {
    CrashMode[] modes = CrashMode.values();
    imageMode = modes[random.nextInt(modes.length)];
    untilImage = calls;
    if (calls == 0) {
      image = vfs.crash(imageMode, random.nextLong());
      untilImage = -1;
    }
  }

  private void takeImage(IoCall call) {
    if (untilImage > 0 && call.op().changes() && --untilImage == 0) {
      image = vfs.crash(imageMode, call.operation());
      untilImage = -1;
    }
  }

  /** The power was cut when the image was taken: what was not durable may be gone, newest first. */
  private void goOnFromImage() {
    openImage();
    long found = newestBatch();
    if (found < acknowledged) {
      throw new AssertionError(
          "batch " + acknowledged + " was acknowledged, after the crash there is batch " + found);
    }
    while (!unacknowledged.isEmpty() && unacknowledged.getLast().number() > found) {
      takeBack(unacknowledged.removeLast().undo());
    }
    findIndexes();
    checkpoint();
    for (int i = 0; i < 3; i++) {
      ask();
    }
    if (random.nextInt(4) == 0) {
      verify();
    }
  }

  private long newestBatch() {
    try (Snapshot snapshot = db.snapshot()) {
      return snapshot.batch();
    }
  }

  private void openImage() {
    openImage(false);
  }

  /**
   * @param commits whether opening may commit batches of its own, whose numbers others had that the
   *     image does not hold
   */
  private void openImage(boolean commits) {
    crashes++;
    SimVfs next = image != null ? image : vfs.crash(imageMode, random.nextLong());
    image = null;
    untilImage = -1;
    leave();
    if (commits) {
      // Also what was made while the old store was left.
      redo.forgetHistory();
    }
    vfs.close();
    vfs = next;
    open();
  }

  // The second index.

  private IndexModel newSide() {
    int first = random.nextInt(1_000);
    TreeSet<Long> tids = new TreeSet<>();
    while (tids.size() < 700) {
      tids.add(first + (long) random.nextInt(1_200) * (random.nextInt(3) == 0 ? 70_000 : 1));
    }
    String[] keys = new String[40];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = "side " + i + "-".repeat(random.nextInt(30));
    }
    return new IndexModel(tids.stream().mapToLong(Long::longValue).toArray(), keys, false, false);
  }

  private int[] sideValue() {
    return new int[] {0, random.nextInt(40), random.nextInt(40)};
  }

  private void create() {
    side = newSide();
    sideIndex = db.createGin(SIDE, spec());
    checkpoint();
  }

  private void dropSide() {
    if (side == null) {
      return;
    }
    db.drop(SIDE);
    held.removeIf(this::isOfSide);
    side = null;
    sideIndex = null;
    if (random.nextBoolean()) {
      db.awaitDropped();
    }
    checkpoint();
  }

  private boolean isOfSide(Held candidate) {
    if (candidate.model() != side) {
      return false;
    }
    candidate.snapshot().close();
    return true;
  }

  /** Builds the second index of rows, page by page; now and then the power goes meanwhile. */
  private void build() {
    checkpoint();
    boolean isCut = random.nextInt(12) == 0;
    if (isCut) {
      crashAt(1 + random.nextInt(12));
    }
    IndexModel building = newSide();
    TreeMap<byte[], TreeSet<Long>> content = new TreeMap<>(Arrays::compareUnsigned);
    int rows = random.nextInt(building.rowCount());
    for (int row = 0; row < rows; row++) {
      int[] value = sideValue();
      building.set(row, value);
      for (int key : value) {
        byte[] bytes =
            EntryKeys.compose(
                0, GinQuery.NORMAL_KEY, building.key(key).getBytes(StandardCharsets.UTF_8));
        content.computeIfAbsent(bytes, k -> new TreeSet<>()).add(building.tid(row));
      }
    }
    sideIndex = BulkLoad.load(db, SIDE, spec(), content);
    side = building;
    events.add(Family.BUILD, 1);
    acknowledge();
    if (isCut) {
      boolean isLater = image == null;
      openImage(true);
      redo.forgetHistory();
      if (db.indexes().stream().noneMatch(info -> info.name().equals(SIDE))) {
        if (isLater) {
          throw new AssertionError("a complete build is gone after a crash");
        }
        side = null;
      }
      findIndexes();
      verify();
    }
    for (int i = 0; i < 2 && side != null; i++) {
      try (Snapshot snapshot = db.snapshot()) {
        side.check(sideIndex, snapshot, side.ask(random, false), random);
        queries++;
      }
    }
    if (side != null && random.nextBoolean()) {
      shrinkSide(rows);
    }
  }

  /** Deletes some of the last rows of a built index, those that roots of posting trees hold. */
  private void shrinkSide(int rows) {
    for (int i = random.nextInt(4); i > 0; i--) {
      List<Undo> undo = new ArrayList<>();
      try (WriteBatch batch = db.begin(durability())) {
        for (int row = Math.max(0, rows - 1 - random.nextInt(40)); row < rows; row++) {
          if (side.value(row) != null && random.nextInt(4) == 0) {
            change(batch, sideIndex, side, row, null, undo);
          }
        }
        operations += undo.size();
        unacknowledged.add(new Committed(batch.commit(), undo));
      }
    }
  }

  /** Empties the index, so that every page of its trees is given back. */
  void deleteEverything() {
    for (int row = 0; row < main.rowCount(); ) {
      List<Undo> undo = new ArrayList<>();
      try (WriteBatch batch = db.begin()) {
        for (; row < main.rowCount() && undo.size() < 30; row++) {
          if (main.value(row) != null) {
            change(batch, mainIndex, main, row, null, undo);
          }
        }
        operations += undo.size();
        batch.commit();
      }
    }
    checkpoint();
    verify();
    try (Snapshot snapshot = db.snapshot()) {
      GinStats stats = mainIndex.stats(snapshot);
      if (stats.keys() != 0 || stats.entryPages() != 1 || stats.postingPages() != 0) {
        throw new AssertionError("an index without rows has " + stats);
      }
    }
    redo.check();
    isGrowing = true;
  }

  @Override
  public void close() throws IOException {
    try {
      if (!hasFailed) {
        leave();
      }
    } finally {
      redo.close();
      vfs.close();
    }
  }
}
