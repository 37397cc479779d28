package io.djinn.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.file.Env;
import io.djinn.file.OpenMode;
import io.djinn.file.RawFile;
import io.djinn.file.Vfs;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Power cuts judge a store of one number: one that syncs, and ones that promise too much. */
class PowerCutsTest {
  private static final PowerCuts.Effort EFFORT = new PowerCuts.Effort(3, 2, 0.5);
  private static final Pattern PROPERTY = Pattern.compile(" -D(djinn\\.[a-z.]+)=(\\S+)");

  /** A number in a file. */
  private record Store(RawFile file) {}

  /** Counts up, and says after each step that the number is durable. */
  private record Counting(String name, boolean isSynced) implements Workload<Store, Integer> {
    @Override
    public Store open(Env env) throws IOException {
      Vfs vfs = env.vfs();
      if (!vfs.exists("n")) {
        if (vfs.exists("new")) {
          vfs.delete("new");
        }
        try (RawFile file = vfs.open("new", OpenMode.CREATE_NEW)) {
          write(file, 0);
          file.sync(true);
        }
        vfs.rename("new", "n");
      }
      vfs.syncDirectory("");
      Store store = new Store(vfs.open("n", OpenMode.READ_WRITE));
      // What is visible may be in the cache only, where a process was killed.
      store.file().sync(true);
      return store;
    }

    @Override
    public void close(Store store) throws IOException {
      store.file().close();
    }

    @Override
    public Integer initial() {
      return 0;
    }

    @Override
    public List<Step<Store, Integer>> steps() {
      List<Step<Store, Integer>> steps = new ArrayList<>();
      for (int number = 1; number <= 4; number++) {
        int next = number;
        steps.add(
            (store, oracle) -> {
              oracle.next(next);
              write(store.file(), next);
              if (isSynced) {
                store.file().sync(true);
              }
              oracle.acknowledge();
            });
      }
      return steps;
    }

    @Override
    public Integer read(Store store) throws IOException {
      try (MemoryRegion memory = memory()) {
        NativeMemory.putInt(memory.address(), 0);
        store.file().pread(0, memory.address(), Integer.BYTES);
        return NativeMemory.getInt(memory.address());
      }
    }

    private static void write(RawFile file, int number) throws IOException {
      try (MemoryRegion memory = memory()) {
        NativeMemory.putInt(memory.address(), number);
        file.writeFully(0, memory.address(), Integer.BYTES);
      }
    }

    private static MemoryRegion memory() {
      return MemoryRegion.allocate(new MemoryAccount("test", Long.BYTES), Long.BYTES);
    }
  }

  private static PowerCuts run(long seed, CrashCase only, boolean isSynced) throws Exception {
    PowerCuts crashes = new PowerCuts("build-parallel", "SomeTest", seed, EFFORT, only);
    for (String name : List.of("first", "second")) {
      crashes.cut(new Counting(name, isSynced));
      crashes.kill(new Counting(name, isSynced), 1);
    }
    crashes.run();
    return crashes;
  }

  @Test
  void aStoreThatSyncsSurvivesEveryCrash() throws Exception {
    PowerCuts crashes = run(1, CrashCase.ALL, true);
    assertEquals(List.of(), crashes.failures());
    assertTrue(crashes.distinctImages() > 0 && crashes.distinctCutsOfRecovery() > 0);
  }

  @Test
  void whatFailsAndItsOrderFollowFromTheSeed() throws Exception {
    List<String> failures = run(2, CrashCase.ALL, false).failures();
    assertFalse(failures.isEmpty());
    assertEquals(failures, run(2, CrashCase.ALL, false).failures());
    assertNotEquals(failures, run(3, CrashCase.ALL, false).failures());
  }

  @ParameterizedTest
  @EnumSource(
      value = CrashCase.Kind.class,
      names = {"CUT", "KILLED"})
  void theCommandOfAFailureRepeatsThatCaseAlone(CrashCase.Kind kind) throws Exception {
    String wanted = "-Ddjinn.crash.kind=" + kind;
    List<String> failures =
        run(4, CrashCase.ALL, false).failures().stream().filter(f -> f.contains(wanted)).toList();
    assertFalse(failures.isEmpty(), "no failure of kind " + kind);
    for (String failure : failures) {
      String command = failure.lines().filter(line -> line.contains("mvn ")).findFirst().get();
      assertTrue(command.contains(" -pl build-parallel -am "), command);
      assertTrue(command.contains(" -Dtest=SomeTest "), command);
      Properties properties = new Properties();
      Matcher matcher = PROPERTY.matcher(command);
      while (matcher.find()) {
        properties.setProperty(matcher.group(1), matcher.group(2));
      }
      long seed = Long.parseLong(properties.getProperty("djinn.seed"));
      PowerCuts again = run(seed, CrashCase.of(properties), false);
      assertEquals(List.of(failure), again.failures());
      assertTrue(again.images() <= 1, "images taken: " + again.images());
    }
  }

  @Test
  void aScriptThatMissesWhatItIsForIsFound() throws Exception {
    PowerCuts crashes = new PowerCuts("storage", "SomeTest", 5, EFFORT, CrashCase.ALL);
    crashes.cut(new Splitless());
    crashes.run();
    assertEquals(1, crashes.failures().size());
    assertTrue(crashes.failures().get(0).contains("LEAF_SPLIT"), crashes.failures().get(0));
  }

  /** Does nothing, but should split a leaf. */
  private static final class Splitless implements Workload<String, Integer> {
    @Override
    public String name() {
      return "splitless";
    }

    @Override
    public String open(Env env) {
      return "";
    }

    @Override
    public void close(String store) {}

    @Override
    public Integer initial() {
      return 0;
    }

    @Override
    public List<Step<String, Integer>> steps() {
      return List.of();
    }

    @Override
    public Integer read(String store) {
      return 0;
    }

    @Override
    public Set<Family> reaches() {
      return Set.of(Family.LEAF_SPLIT);
    }
  }
}
