package io.djinn.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.GinSpec;
import io.djinn.build.plan.BuildOptions;
import io.djinn.error.BuildFailedException;
import io.djinn.file.Agent;
import io.djinn.file.EngineThread;
import io.djinn.file.Env;
import io.djinn.file.OsEnv;
import io.djinn.file.Vfs;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.source.Int32RowsSource;
import io.djinn.testkit.IoHook;
import io.djinn.testkit.IoOp;
import io.djinn.testkit.SimVfs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LoadingThreadsTest {
  private static final int ROWS = 10_000;
  private static final int KEYS_A_ROW = 220;

  /** Keys enough for an index of more than one sync. */
  private static Int32RowsSource rows() {
    ByteBuffer ints =
        ByteBuffer.allocateDirect(ROWS * (KEYS_A_ROW + 1) * 4).order(ByteOrder.LITTLE_ENDIAN);
    SplittableRandom random = new SplittableRandom(1);
    for (int row = 0; row < ROWS; row++) {
      ints.putInt(KEYS_A_ROW);
      for (int i = 0; i < KEYS_A_ROW; i++) {
        ints.putInt(random.nextInt());
      }
    }
    ints.flip();
    return new Int32RowsSource(ints, 64);
  }

  private static void build(Env env, SimVfs vfs, IoHook hook) {
    try (Djinn db = Djinn.open(env, DjinnOptions.defaults());
        Int32RowsSource source = rows()) {
      vfs.hook(hook);
      new IndexBuild(
              db,
              "i",
              GinSpec.column("$", ArrayOps.ofInts()),
              source,
              BuildOptions.defaults().withMaintenanceWorkMem(64L << 20).withParallelWorkers(0),
              BuildListener.SILENT)
          .run();
      assertEquals(List.of(), db.verify());
    }
  }

  @Test
  void leaveGrowthAndSyncsToOthers() {
    TreeMap<String, Integer> syncs = new TreeMap<>();
    TreeSet<String> growing = new TreeSet<>();
    SimVfs vfs = new SimVfs();
    build(
        new OsEnv(vfs),
        vfs,
        call -> {
          String thread = Thread.currentThread().getName();
          synchronized (syncs) {
            if (call.op() == IoOp.SYNC) {
              syncs.merge(thread, 1, Integer::sum);
            } else if (call.op() == IoOp.ALLOCATE) {
              growing.add(thread);
            }
          }
        });
    assertTrue(
        syncs.keySet().stream().anyMatch(name -> name.contains("djinn-extents")), "" + syncs);
    // What is left at the end is synced by the leader, when nothing else can be done.
    assertEquals(1, syncs.get("djinn-build-0"), "" + syncs);
    assertTrue(growing.stream().noneMatch(name -> name.contains("build-0")), "" + growing);
  }

  @Test
  void areToldOfASyncThatFailed() {
    SimVfs vfs = new SimVfs();
    IoHook hook =
        call -> {
          if (call.op() == IoOp.SYNC
              && Thread.currentThread().getName().contains("djinn-extents")) {
            throw new IOException("no luck");
          }
        };
    BuildFailedException e =
        assertThrows(BuildFailedException.class, () -> build(new OsEnv(vfs), vfs, hook));
    assertTrue(("" + e.getCause()).contains("no luck"), "" + e.getCause());
  }

  @Test
  void doItAllThemselvesWhereThereIsNoThreadToHelp() {
    SimVfs vfs = new SimVfs();
    AtomicInteger syncs = new AtomicInteger();
    build(
        new WithoutExtentThread(new OsEnv(vfs)),
        vfs,
        call -> {
          if (call.op() == IoOp.SYNC && Thread.currentThread().getName().contains("build-0")) {
            syncs.incrementAndGet();
          }
        });
    assertTrue(syncs.get() > 1, syncs + " syncs");
  }

  /** Can not start the thread that reserves extents. */
  private record WithoutExtentThread(Env env) implements Env {
    @Override
    public Vfs vfs() {
      return env.vfs();
    }

    @Override
    public long nanoTime() {
      return env.nanoTime();
    }

    @Override
    public long randomLong() {
      return env.randomLong();
    }

    @Override
    public EngineThread start(String name, Agent agent) {
      if (name.equals("djinn-extents")) {
        throw new OutOfMemoryError("unable to create native thread (simulated)");
      }
      return env.start(name, agent);
    }

    @Override
    public <T> T call(String name, Callable<T> task) {
      return env.call(name, task);
    }
  }
}
