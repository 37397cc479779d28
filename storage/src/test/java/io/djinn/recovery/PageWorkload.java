package io.djinn.recovery;

import io.djinn.batch.SyncMode;
import io.djinn.file.Env;
import io.djinn.testkit.Workload;
import java.util.ArrayList;
import java.util.List;

/** Scripts for a store of pages of 512 bytes, 64 frames and segments of 64 KiB. */
final class PageWorkload implements Workload<PageSession, PageState> {
  static final PageStoreOptions OPTIONS =
      new PageStoreOptions(512, 64 * 512, 64 << 10, 4 * (64 << 10), 64 << 10, 1_000_000_000L);

  private static final SyncMode[] MIXED = {
    SyncMode.NONE, SyncMode.SYNC, SyncMode.ASYNC, SyncMode.NONE, SyncMode.GROUP, SyncMode.NONE
  };

  private final String name;
  private final List<Step<PageSession, PageState>> steps = new ArrayList<>();

  private PageWorkload(String name) {
    this.name = name;
  }

  static List<PageWorkload> all() {
    return List.of(
        mixedModes(),
        freeAndReuse(),
        catalog(),
        builds(),
        snapshots(),
        segments(),
        frames(),
        growth());
  }

  private PageWorkload step(Step<PageSession, PageState> step) {
    steps.add(step);
    return this;
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
        script.step((s, o) -> s.idle(o, 2_000_000));
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
  public PageState read(PageSession session) {
    return session.read();
  }
}
