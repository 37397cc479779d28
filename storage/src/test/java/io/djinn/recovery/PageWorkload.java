package io.djinn.recovery;

import io.djinn.batch.SyncMode;
import io.djinn.file.Env;
import io.djinn.testkit.Family;
import io.djinn.testkit.PageCensus;
import io.djinn.testkit.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Scripts for a store of pages of 512 bytes, 64 frames and segments of 64 KiB: small ones that try
 * one change of the store each, after some preparation, and long ones.
 */
final class PageWorkload implements Workload<PageSession, PageState> {
  static final PageStoreOptions OPTIONS =
      new PageStoreOptions(512, 64 * 512, 64 << 10, 4 * (64 << 10), 64 << 10, 1_000_000_000L);

  private static final SyncMode[] MIXED = {
    SyncMode.NONE, SyncMode.SYNC, SyncMode.ASYNC, SyncMode.NONE, SyncMode.GROUP, SyncMode.NONE
  };

  private static final int IDLE_NANOS = 2_000_000;

  private final String name;
  private final List<Step<PageSession, PageState>> steps = new ArrayList<>();
  private int setupSteps;
  private Set<Family> reaches = Set.of();

  private PageWorkload(String name) {
    this.name = name;
  }

  /** The long scripts: those always the same, and random ones. */
  static List<PageWorkload> all(long seed, int randomScripts) {
    List<PageWorkload> all = new ArrayList<>();
    for (int i = 0; i < randomScripts; i++) {
      all.add(random(i, new SplittableRandom(seed + i)));
    }
    all.add(mixedModes());
    all.add(freeAndReuse());
    all.add(catalog());
    all.add(builds());
    all.add(snapshots());
    all.add(segments());
    all.add(frames());
    all.add(growth());
    return all;
  }

  /** The small scripts, with each of the modes, or with one each. */
  static List<PageWorkload> small(boolean isInEveryMode) {
    List<PageWorkload> small = new ArrayList<>();
    SyncMode[] modes = SyncMode.values();
    for (SyncMode mode : modes) {
      for (PageWorkload script : small(mode)) {
        if (isInEveryMode
            || Math.floorMod(script.name.hashCode(), modes.length) == mode.ordinal()) {
          small.add(script);
        }
      }
    }
    return small;
  }

  /** The registry of small scripts: a line each. */
  private static List<PageWorkload> small(SyncMode m) {
    return List.of(
        script("allocate", m).then(m, s -> s.allocate(3)),
        script("edit", m).pages(6).checkpoint().then(m, s -> s.edit(3)),
        script("edit-twice", m).pages(6).then(m, s -> s.edit(3)).more(m, s -> s.edit(4)),
        script("image", m).pages(6).then().checkpoint().more(m, s -> s.edit(2)),
        script("rewrite", m).pages(6).then(m, s -> s.rewrite(4)),
        script("free", m).pages(8).then(m, s -> s.free(4)).reach(Family.PAGE_FREE),
        script("reuse", m).pages(8).free(5).then(m, s -> s.allocate(4)).reach(Family.PAGE_REUSE),
        script("free-reuse", m).pages(8).then(m, s -> s.free(4)).more(m, s -> s.allocate(4)),
        script("free-list", m).pages(26, 26, 26).then(m, s -> s.free(25)).more(m, s -> s.free(25)),
        script("free-list-end", m).pages(9).free(9).then(m, s -> s.allocate(9)),
        script("checkpoint", m).pages(6).then().checkpoint().reach(Family.CHECKPOINT),
        script("amid", m).pages(6).then(m, s -> s.edit(3)).checkpoint().more(m, s -> s.edit(3)),
        script("two-checkpoints", m).pages(6).then(m, s -> s.edit(3)).checkpoint().checkpoint(),
        script("segment", m).pages(28).log(1).then().log(m, 3).reach(Family.SEGMENT_SWITCH),
        script("recycled", m).pages(28).log(2).then().checkpoint().log(m, 1).checkpoint(),
        script("at-half", m).pages(28).log(2).then().log(m, 3).reach(Family.CHECKPOINT),
        script("extension", m).pages(26, 26, 26, 24).then(m, s -> s.allocate(14)),
        script("large-extension", m).pages(5).then().build(130, 2),
        script("build", m).pages(10).then().build(6, 4),
        script("build-nothing", m).pages(10).then().build(6, 0),
        script("build-again", m).freed().then().build(6, 6).reach(Family.PAGE_REUSE),
        script("built-edit", m).pages(3).build(6, 6).then(m, s -> s.edit(5)),
        script("built-free", m).build(6, 6).then(m, s -> s.free(4)).more(m, s -> s.allocate(3)),
        script("catalog-add", m).then(m, s -> s.addIndex("a", 20)),
        script("catalog-page", m).indexes(5).then(m, s -> s.addIndex("z", 90)),
        script("catalog-remove", m).indexes(5).then(m, s -> s.removeIndex("i2")),
        script("catalog-emptied", m).indexes(1).then(m, s -> s.removeIndex("i0")),
        script("catalog-replace", m).indexes(2).then(m, s -> s.replaceIndex("i1", "y".repeat(80))),
        script("held", m).pages(9).checkpoint().then().hold().more(m, s -> s.edit(4)).checkpoint(),
        script("frames", m).pages(26, 26).hold().then(m, s -> s.edit(28)).more(m, s -> s.edit(28)),
        script("idle", m).pages(6).then(SyncMode.ASYNC, s -> s.edit(3)).idle());
  }

  // What small scripts are made of.

  /** Makes a change for a session. */
  private interface Making {
    PageSession.Change of(PageSession session);
  }

  private static PageWorkload script(String name, SyncMode mode) {
    return new PageWorkload(name + "-" + mode);
  }

  private PageWorkload pages(int... batches) {
    for (int pages : batches) {
      more(SyncMode.SYNC, s -> s.allocate(pages));
    }
    return this;
  }

  private PageWorkload free(int pages) {
    return more(SyncMode.SYNC, s -> s.free(pages));
  }

  /** Pages that were freed long enough ago for a build. */
  private PageWorkload freed() {
    pages(10).free(8).checkpoint();
    return more(SyncMode.SYNC, s -> s.edit(1)).checkpoint();
  }

  private PageWorkload indexes(int count) {
    for (int i = 0; i < count; i++) {
      String index = "i" + i;
      more(SyncMode.SYNC, s -> s.addIndex(index, 70));
    }
    return this;
  }

  /** Everything before was preparation. */
  private PageWorkload then() {
    setupSteps = steps.size();
    return this;
  }

  private PageWorkload then(SyncMode mode, Making change) {
    return then().more(mode, change);
  }

  private PageWorkload more(SyncMode mode, Making change) {
    return step((s, o) -> s.commit(o, mode, change.of(s)));
  }

  private PageWorkload checkpoint() {
    return step((s, o) -> s.checkpoint(o));
  }

  private PageWorkload hold() {
    return step((s, o) -> s.hold(o));
  }

  private PageWorkload idle() {
    return step((s, o) -> s.idle(o, IDLE_NANOS));
  }

  private PageWorkload build(int pages, int kept) {
    return step((s, o) -> s.build(o, pages, kept));
  }

  private PageWorkload log(int steps) {
    return log(SyncMode.NONE, steps);
  }

  /** Steps of ten batches of images, which fill about a segment. */
  private PageWorkload log(SyncMode mode, int steps) {
    for (int i = 0; i < steps; i++) {
      step(
          (s, o) -> {
            for (int batch = 0; batch < 10; batch++) {
              s.commit(o, mode, s.rewrite(40));
            }
          });
    }
    return this;
  }

  private PageWorkload reach(Family... events) {
    reaches = Set.of(events);
    return this;
  }

  private PageWorkload step(Step<PageSession, PageState> step) {
    steps.add(step);
    return this;
  }

  // The long scripts.

  /** Anything after anything, in any mode. */
  private static PageWorkload random(int number, SplittableRandom random) {
    PageWorkload script = new PageWorkload("random-" + number).pages(20);
    for (int i = 0; i < 30; i++) {
      int n = 1 + random.nextInt(8);
      SyncMode mode = MIXED[random.nextInt(MIXED.length)];
      switch (random.nextInt(12)) {
        case 0 -> script.checkpoint();
        case 1 -> script.hold();
        case 2 -> script.step((s, o) -> s.lookBack());
        case 3 -> script.build(4 + 3 * n, n);
        case 4 -> script.more(SyncMode.ASYNC, s -> s.edit(n)).idle();
        case 5, 6 -> script.step((s, o) -> s.commit(o, mode, s.free(n), s.edit(2)));
        case 7, 8 -> script.step((s, o) -> s.commit(o, mode, s.allocate(n), s.edit(2)));
        case 9 -> script.more(mode, s -> s.rewrite(4 * n));
        default -> script.more(mode, s -> s.edit(n));
      }
    }
    return script;
  }

  /** Several batches in all modes, with time passing now and then. */
  private static PageWorkload mixedModes() {
    PageWorkload script = new PageWorkload("modes");
    script.step((s, o) -> s.commit(o, SyncMode.SYNC, s.allocate(6)));
    for (int i = 0; i < 24; i++) {
      SyncMode mode = MIXED[i % MIXED.length];
      int n = i;
      script.step(
          (s, o) -> s.commit(o, mode, s.edit(1 + n % 5), n % 4 == 0 ? s.rewrite(2) : s.edit(1)));
      if (i % 8 == 7) {
        script.step((s, o) -> s.commit(o, SyncMode.ASYNC, s.edit(2)));
        script.step((s, o) -> s.idle(o, IDLE_NANOS));
      }
    }
    return script
        .step((s, o) -> s.checkpoint(o))
        .step((s, o) -> s.commit(o, SyncMode.NONE, s.edit(3)));
  }

  private static PageWorkload freeAndReuse() {
    PageWorkload script = new PageWorkload("free");
    script.step((s, o) -> s.commit(o, SyncMode.SYNC, s.allocate(12)));
    for (int i = 0; i < 14; i++) {
      SyncMode mode = MIXED[i % MIXED.length];
      int n = i;
      script.step((s, o) -> s.commit(o, mode, s.free(1 + n % 5), s.allocate(n % 4), s.edit(1)));
      if (i % 5 == 4) {
        script.step((s, o) -> s.checkpoint(o));
        script.step((s, o) -> s.commit(o, SyncMode.SYNC, s.allocate(10), s.free(9)));
      }
    }
    return script;
  }

  private static PageWorkload catalog() {
    PageWorkload script = new PageWorkload("catalog");
    for (int i = 0; i < 5; i++) {
      SyncMode mode = MIXED[i];
      String index = "i" + i;
      int options = i * 70;
      script.step((s, o) -> s.commit(o, mode, s.addIndex(index, options), s.allocate(1)));
    }
    script.step((s, o) -> s.commit(o, SyncMode.NONE, s.removeIndex("i2"), s.addIndex("k", 20)));
    script.step((s, o) -> s.commit(o, SyncMode.SYNC, s.replaceIndex("i3", "x".repeat(90))));
    script.step((s, o) -> s.checkpoint(o));
    script.step((s, o) -> s.commit(o, SyncMode.ASYNC, s.removeIndex("i4"), s.free(1)));
    return script.step((s, o) -> s.commit(o, SyncMode.SYNC, s.replaceIndex("k", ""), s.edit(1)));
  }

  /** Unlogged writes into new pages and into pages freed long enough ago. */
  private static PageWorkload builds() {
    PageWorkload script = new PageWorkload("builds");
    script.step((s, o) -> s.commit(o, SyncMode.SYNC, s.allocate(10)));
    script.step((s, o) -> s.build(o, 6, 4));
    script.step((s, o) -> s.commit(o, SyncMode.SYNC, s.free(8), s.edit(3)));
    script.step((s, o) -> s.checkpoint(o));
    script.step((s, o) -> s.commit(o, SyncMode.NONE, s.edit(4)));
    script.step((s, o) -> s.build(o, 9, 5));
    script.step((s, o) -> s.commit(o, SyncMode.NONE, s.edit(5), s.free(3)));
    script.step((s, o) -> s.build(o, 4, 4));
    script.step((s, o) -> s.commit(o, SyncMode.SYNC, s.free(9), s.allocate(2)));
    script.step((s, o) -> s.checkpoint(o));
    script.step((s, o) -> s.build(o, 12, 0));
    script.step((s, o) -> s.commit(o, SyncMode.SYNC, s.edit(20), s.rewrite(9)));
    // Freed before the build, but redo still writes them: they must not be used.
    script.step((s, o) -> s.commit(o, SyncMode.SYNC, s.free(6)));
    script.step((s, o) -> s.commit(o, SyncMode.SYNC, s.edit(1)));
    script.step((s, o) -> s.build(o, 30, 30));
    return script.step((s, o) -> s.commit(o, SyncMode.SYNC, s.edit(4), s.allocate(7)));
  }

  /** Snapshots that checkpoints meet, so that pages in the file must be kept in frames. */
  private static PageWorkload snapshots() {
    PageWorkload script = new PageWorkload("snapshots");
    script.step((s, o) -> s.commit(o, SyncMode.SYNC, s.allocate(10)));
    script.step((s, o) -> s.checkpoint(o));
    for (int i = 0; i < 6; i++) {
      SyncMode mode = MIXED[i % MIXED.length];
      script.step((s, o) -> s.hold(o));
      script.step((s, o) -> s.commit(o, mode, s.edit(4), s.free(1), s.allocate(1)));
      script.step((s, o) -> s.checkpoint(o));
      script.step((s, o) -> s.commit(o, mode, s.rewrite(3)));
      if (i % 2 == 1) {
        script.step((s, o) -> s.lookBack());
      }
    }
    for (int i = 0; i < 3; i++) {
      script.step((s, o) -> s.lookBack());
    }
    return script;
  }

  /** Enough log for new segments, for recycled ones, and for checkpoints at half the limit. */
  private static PageWorkload segments() {
    PageWorkload script = new PageWorkload("segments");
    script.step((s, o) -> s.commit(o, SyncMode.SYNC, s.allocate(28)));
    for (int i = 0; i < 44; i++) {
      SyncMode mode = MIXED[i % MIXED.length];
      script.step((s, o) -> s.commit(o, mode, s.rewrite(40)));
    }
    return script;
  }

  /** Batches that touch half the frames while snapshots hold the others. */
  private static PageWorkload frames() {
    PageWorkload script = new PageWorkload("frames");
    script.step((s, o) -> s.commit(o, SyncMode.SYNC, s.allocate(26)));
    script.step((s, o) -> s.commit(o, SyncMode.NONE, s.allocate(26)));
    for (int i = 0; i < 10; i++) {
      SyncMode mode = MIXED[i % MIXED.length];
      script.step((s, o) -> s.hold(o));
      script.step((s, o) -> s.commit(o, mode, s.edit(28)));
      if (i % 3 == 2) {
        script.step((s, o) -> s.lookBack());
      }
    }
    for (int i = 0; i < 7; i++) {
      script.step((s, o) -> s.lookBack());
    }
    return script;
  }

  /** A file that grows again and again. */
  private static PageWorkload growth() {
    PageWorkload script = new PageWorkload("growth");
    for (int i = 0; i < 5; i++) {
      SyncMode mode = MIXED[i % MIXED.length];
      script.step((s, o) -> s.commit(o, mode, s.allocate(20)));
      script.step((s, o) -> s.build(o, 70, 1));
      script.step((s, o) -> s.hold(o));
      script.step((s, o) -> s.commit(o, mode, s.edit(6)));
      script.step((s, o) -> s.checkpoint(o));
      script.step((s, o) -> s.lookBack());
    }
    return script;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public PageSession open(Env env) {
    return PageSession.open(env, OPTIONS);
  }

  @Override
  public void close(PageSession session) {
    session.close();
  }

  @Override
  public PageState initial() {
    return PageState.EMPTY;
  }

  @Override
  public List<Step<PageSession, PageState>> steps() {
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
  public PageCensus census(PageSession session) {
    return session.census();
  }

  @Override
  public PageState read(PageSession session) {
    return session.read();
  }
}
