package io.djinn.nativetests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.djinn.api.Djinn;
import io.djinn.nativetests.LimitedProcess.Event;
import io.djinn.testkit.Family;
import io.djinn.testkit.ForkedJvm;
import io.djinn.testkit.ProofPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operating system refuses what the store asks for, or changes files behind its back. */
class RealSystemTest {
  private static final long LONGEST_SECONDS = 120;

  private static ProofPart part;

  @TempDir private Path directory;

  @BeforeAll
  static void begin() {
    part = new ProofPart(Family.REAL_SYSTEM, "limits");
  }

  @AfterAll
  static void end() {
    part.close();
  }

  @AfterEach
  void noJvmDiedOfItself() {
    assertEquals(List.of(), ForkedJvm.errorFiles());
  }

  @Test
  void aFullFileSystemRefusesWritesUntilSpaceIsFree() throws IOException {
    mounted(
        Event.FULL_FILE_SYSTEM, "mount -t tmpfs -o size=3m none " + directory + " && exec \"$@\"");
  }

  @Test
  void aLimitOfFileSizesRefusesWritesUntilItIsRaised() throws IOException {
    require("prlimit");
    passes(Event.FILE_SIZE_LIMIT);
  }

  @Test
  void aProcessWithoutDescriptorsIsToldSoAndGoesOnLater() throws IOException {
    passes(Event.DESCRIPTOR_LIMIT, "sh", "-c", "ulimit -n 200; exec \"$@\"", "sh");
  }

  @Test
  void aTruncatedMappingDoesNotEndTheProcess() throws IOException {
    passes(Event.TRUNCATED_PAGES);
  }

  @Test
  void bytesAppendedToThePageFileDoNoHarm() throws IOException {
    passes(Event.GROWN_PAGES);
  }

  @Test
  void aReadOnlyDirectoryIsRefusedAndLeftAlone() throws IOException {
    Path store = directory.resolve("store");
    try (Djinn db = Djinn.open(store, StoreProcess.Work.INSERT.options)) {
      StoreProcess.commit(db, StoreProcess.inserted(db), 0);
    }
    Map<String, Long> before = times();
    mounted(
        Event.READ_ONLY,
        "mount --bind "
            + directory
            + " "
            + directory
            + " && mount -o remount,bind,ro "
            + directory
            + " && exec \"$@\"");
    assertEquals(before, times());
    assertEquals(1, StoreExamination.examine(store, StoreProcess.Work.INSERT, 1));
  }

  private Map<String, Long> times() throws IOException {
    Map<String, Long> times = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        times.put(file.toString(), Files.getLastModifiedTime(file).toMillis());
      }
    }
    return times;
  }

  /** In a name space of its own, so that mounts are gone with the process. */
  private void mounted(Event event, String script) throws IOException {
    List<String> space = List.of("unshare", "-m");
    if (!works(space)) {
      space = List.of("unshare", "-r", "-m");
      if (!works(space)) {
        skip("mounts");
      }
    }
    List<String> wrapper = new ArrayList<>(space);
    wrapper.addAll(List.of("sh", "-c", script, "sh"));
    passes(event, wrapper.toArray(String[]::new));
  }

  private static boolean works(List<String> space) {
    List<String> command = new ArrayList<>(space);
    command.addAll(List.of("sh", "-c", "mount -t tmpfs none /tmp"));
    try {
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void require(String command) {
    try {
      new ProcessBuilder(command, "--version").start().waitFor();
    } catch (IOException e) {
      skip(command);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void skip(String what) {
    part.absent(what);
    System.out.println("SKIPPED: no " + what);
    if (System.getProperty("djinn.require", "").contains(what)) {
      throw new AssertionError(what + " is required but absent");
    }
    Assumptions.abort("SKIPPED: no " + what);
  }

  private void passes(Event event, String... wrapper) throws IOException {
    List<String> heard = new ArrayList<>();
    try (ForkedJvm process =
        ForkedJvm.of(LimitedProcess.class)
            .within(wrapper)
            .start(event.name(), directory.toString())
            .killAfter(LONGEST_SECONDS)) {
      for (String line = process.readLine(); line != null; line = process.readLine()) {
        heard.add(line);
      }
      int status = process.waitFor();
      System.out.println(event + ": " + String.join("\n  ", heard));
      assertEquals(0, status, event + ": " + heard);
    }
    assertEquals(LimitedProcess.PASSED, heard.get(heard.size() - 1));
    part.add(1);
  }
}
