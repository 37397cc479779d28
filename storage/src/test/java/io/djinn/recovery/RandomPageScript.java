package io.djinn.recovery;

import io.djinn.batch.SyncMode;
import io.djinn.file.Env;
import io.djinn.testkit.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A short script of changes, checkpoints, builds and snapshots chosen by a seed. */
final class RandomPageScript implements Workload<PageSession, PageState> {
  private static final int STEPS = 16;

  private final String name;
  private final List<Step<PageSession, PageState>> steps = new ArrayList<>();

  RandomPageScript(long seed, int number) {
    name = "random" + number;
    SplittableRandom random = new SplittableRandom(seed * 31 + number);
    steps.add((s, o) -> s.commit(o, SyncMode.SYNC, s.allocate(8)));
    while (steps.size() < STEPS) {
      steps.add(step(random));
    }
  }

  private static Step<PageSession, PageState> step(SplittableRandom random) {
    SyncMode mode = SyncMode.values()[random.nextInt(SyncMode.values().length)];
    int count = 1 + random.nextInt(6);
    return switch (random.nextInt(12)) {
      case 0 -> (s, o) -> s.checkpoint(o);
      case 1 -> (s, o) -> s.commit(o, mode, s.allocate(count), s.edit(1));
      // Never empty: a commit that changes nothing waits for nothing, whatever its mode.
      case 2 -> (s, o) -> s.commit(o, mode, s.free(count), s.allocate(1));
      case 3 -> (s, o) -> s.commit(o, mode, s.rewrite(4 * count));
      case 4 -> (s, o) -> s.build(o, 2 + count, count);
      case 5 -> (s, o) -> s.hold(o);
      case 6 -> (s, o) -> s.lookBack();
      case 7 -> (s, o) -> s.commit(o, mode, s.free(count), s.allocate(count));
      default -> (s, o) -> s.commit(o, mode, s.edit(count));
    };
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public PageSession open(Env env) {
    return PageSession.open(env, PageWorkload.OPTIONS);
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
