package io.djinn.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.GinSpec;
import io.djinn.api.GinStats;
import io.djinn.api.Snapshot;
import io.djinn.build.plan.BuildOptions;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.source.InMemorySource;
import io.djinn.testkit.PlacedWords;
import io.djinn.testkit.TestStores;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LongListBuildTest {
  private static final int[] PARTICIPANTS = {1, 2, 3, 5, 8};

  @Test
  void aKeyWithMostOfTheTidsIsLoadedInPartsAndReadsAsIfBuiltSerially(@TempDir Path directory)
      throws Exception {
    List<Object[]> rows = new ArrayList<>();
    for (int i = 0; i < 600_000; i++) {
      rows.add(new Object[] {i % 4 > 0 ? List.of(7) : List.of(i % 12 == 0 ? 8 : 7, i % 997)});
    }
    check(directory, GinSpec.column("v", ArrayOps.ofInts()), rows, 100);
  }

  @Test
  void soIsAKeyWithPayloadsBesideOneWithout(@TempDir Path directory) throws Exception {
    List<Object[]> rows = new ArrayList<>();
    for (int i = 0; i < 30_000; i++) {
      String most = i % 5 == 0 ? "" : "most ".repeat(10 + i % 7);
      rows.add(new Object[] {"a" + i % 91 + " " + most + "z" + i, List.of(i % 3)});
    }
    GinSpec spec = GinSpec.column("v", new PlacedWords()).andColumn("w", ArrayOps.ofInts());
    check(directory, spec, rows, 50);
  }

  @Test
  void oneKeyAloneHasNothingInFrontOfItOrBehind(@TempDir Path directory) throws Exception {
    List<Object[]> rows = new ArrayList<>();
    for (int i = 0; i < 700_000; i++) {
      rows.add(new Object[] {List.of(1)});
    }
    check(directory, GinSpec.column("v", ArrayOps.ofInts()), rows, 64);
  }

  private static void check(Path directory, GinSpec spec, List<Object[]> rows, int rowsABlock)
      throws Exception {
    List<String> names = spec.columns().size() == 1 ? List.of("v") : List.of("v", "w");
    try (InMemorySource source = InMemorySource.of(names, rows, rowsABlock);
        Djinn db = Djinn.open(TestStores.env(directory), DjinnOptions.defaults())) {
      GinStats serial = null;
      for (int participants : PARTICIPANTS) {
        String name = "of" + participants;
        List<Integer> loaded = new ArrayList<>();
        BuildReport report =
            new IndexBuild(
                    db,
                    name,
                    spec.withRows(rows.size(), 0),
                    source,
                    BuildOptions.defaults()
                        .withMaintenanceWorkMem((long) participants << 22)
                        .withParallelWorkers(participants - 1),
                    listener(loaded))
                .run();
        // A range that was loaded more than once was a list in parts.
        assertEquals(
            participants > 1,
            Set.copyOf(loaded).size() < loaded.size(),
            participants + " participants: " + loaded);
        assertTrue(report.accountedPeak() <= (long) participants << 22);
        try (Snapshot snapshot = db.snapshot()) {
          assertEquals(List.of(), db.gin(name).verifyRows(snapshot, source).problems(), name);
          GinStats stats = db.gin(name).stats(snapshot);
          serial = serial == null ? stats : serial;
          assertEquals(serial.keys(), stats.keys(), name);
          assertEquals(serial.tids(), stats.tids(), name);
          assertEquals(serial.keys(), report.total().keys(), name);
          assertEquals(serial.tids(), report.total().tids(), name);
        }
      }
      assertEquals(List.of(), db.verify());
    }
  }

  private static BuildListener listener(List<Integer> loaded) {
    return new BuildListener() {
      @Override
      public void event(BuildEvent event) {
        if (event instanceof BuildEvent.Loaded load) {
          synchronized (loaded) {
            loaded.add(load.range());
          }
        }
      }
    };
  }
}
