package io.djinn.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.api.GinSpec;
import io.djinn.build.plan.BuildOptions;
import io.djinn.error.AlreadyOpenException;
import io.djinn.error.BuildFailedException;
import io.djinn.error.DjinnException;
import io.djinn.error.NoSpaceException;
import io.djinn.opclass.builtin.ArrayOps;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TempDirectoryTest {
  @TempDir private Path directory;
  private Path temp;
  private Path store;

  @BeforeEach
  void nameDirectories() {
    temp = directory.resolve("temp");
    store = directory.resolve("store");
  }

  private Djinn open(Path at) {
    return Djinn.open(
        at,
        DjinnOptions.defaults()
            .withPageSizeBytes(1024)
            .withFrameMemoryBytes(1 << 20)
            .withLogSegmentBytes(64 << 10)
            .withLogLimitBytes(1 << 20)
            .withTempDirectory(temp));
  }

  private static BuildReport build(Djinn db, long limit, BuildListener listener) {
    TestRows rows = new TestRows();
    RowShape.DISTINCT.fill(rows, new SplittableRandom(1));
    return new IndexBuild(
            db,
            "i",
            GinSpec.column("$", ArrayOps.ofInts()),
            rows,
            BuildOptions.defaults()
                .withParallelWorkers(1)
                .withMaintenanceWorkMem(2 << 20)
                .withTempFileLimit(limit),
            listener)
        .run();
  }

  private static List<String> names(Path of) throws IOException {
    try (Stream<Path> files = Files.list(of)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** The store's own directory: the only one there is. */
  private Path own() throws IOException {
    List<String> names = names(temp);
    assertEquals(1, names.size(), names::toString);
    return temp.resolve(names.get(0));
  }

  private void makeStore() {
    open(store).close();
  }

  @Test
  void runsAreSpilledThereAndNotIntoTheStore() throws IOException {
    List<String> seen = new ArrayList<>();
    BuildListener listener =
        new BuildListener() {
          @Override
          public synchronized void event(BuildEvent event) {
            if (event instanceof BuildEvent.Written written && !written.isInMemory()) {
              try {
                seen.addAll(names(own().resolve("tmp")));
                assertEquals(List.of(), names(store.resolve("tmp")));
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            }
          }
        };
    try (Djinn db = open(store)) {
      BuildReport report = build(db, BuildOptions.UNSET, listener);
      assertTrue(report.total().spilledBytes() > 0);
      assertTrue(!seen.isEmpty());
      assertEquals(List.of(), names(own().resolve("tmp")));
      assertEquals(List.of(), db.verify());
    }
  }

  @Test
  void theLimitHoldsThereAndNothingIsLeft() throws IOException {
    try (Djinn db = open(store)) {
      BuildFailedException e =
          assertThrows(BuildFailedException.class, () -> build(db, 1_000, BuildListener.SILENT));
      assertTrue(e.getCause() instanceof NoSpaceException, e::toString);
      assertEquals(List.of(), names(own().resolve("tmp")));
      assertEquals(List.of(), db.indexes());
    }
  }

  @Test
  void openingWipesWhatThisStoreLeftAndNothingElse() throws IOException {
    makeStore();
    Path left = Files.createDirectories(own().resolve("tmp")).resolve("build7-0-0");
    Files.writeString(left, "left", StandardCharsets.UTF_8);
    Path other = Files.createDirectories(temp.resolve("djinn-0123456789abcdef").resolve("tmp"));
    Files.writeString(other.resolve("build1-0-0"), "other", StandardCharsets.UTF_8);
    Path file = Files.writeString(temp.resolve("mine.txt"), "mine", StandardCharsets.UTF_8);
    try (Djinn db = open(store)) {
      assertTrue(!Files.exists(left));
      assertTrue(Files.exists(other.resolve("build1-0-0")));
      assertTrue(Files.exists(file));
      build(db, BuildOptions.UNSET, BuildListener.SILENT);
    }
  }

  @Test
  void whatAKillLeftBeforeTheDirectoryWasMarkedRefusesNothing() throws IOException {
    makeStore();
    Path own = own();
    try (Stream<Path> files = Files.walk(own)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
    Files.createDirectory(own);
    Path left = Files.createFile(own.resolve("probe-1.tmp"));
    try (Djinn db = open(store)) {
      build(db, BuildOptions.UNSET, BuildListener.SILENT);
    }
    assertTrue(!Files.exists(left));
  }

  @Test
  void aDirectoryThatIsNotTheStoresIsLeftAndNamed() throws IOException {
    makeStore();
    Path own = own();
    try (Stream<Path> files = Files.walk(own)) {
      for (Path path : files.filter(Files::isRegularFile).toList()) {
        Files.delete(path);
      }
    }
    Path foreign = Files.writeString(own.resolve("letter.txt"), "x", StandardCharsets.UTF_8);
    try (Djinn db = open(store)) {
      DjinnException e =
          assertThrows(
              DjinnException.class, () -> build(db, BuildOptions.UNSET, BuildListener.SILENT));
      assertTrue(e.getMessage().contains(own.getFileName().toString()), e.getMessage());
      assertTrue(e.getMessage().contains("letter.txt"), e.getMessage());
      assertEquals(List.of(), db.indexes());
    }
    assertTrue(Files.exists(foreign));
    assertTrue(!Files.exists(own.resolve("LOCK")));
  }

  @Test
  void aDirectoryThatACopyOfTheStoreHasLockedIsLeftAndNamed() throws IOException {
    makeStore();
    Path copy = directory.resolve("copy");
    try (Stream<Path> files = Files.walk(store)) {
      for (Path path : files.toList()) {
        Files.copy(path, copy.resolve(store.relativize(path)));
      }
    }
    try (Djinn first = open(store)) {
      Path left = Files.createDirectories(own().resolve("tmp")).resolve("build7-0-0");
      Files.writeString(left, "not mine", StandardCharsets.UTF_8);
      try (Djinn second = open(copy)) {
        DjinnException e =
            assertThrows(
                DjinnException.class,
                () -> build(second, BuildOptions.UNSET, BuildListener.SILENT));
        assertTrue(e.getCause() instanceof AlreadyOpenException, e::toString);
        assertTrue(e.getMessage().contains(own().getFileName().toString()), e.getMessage());
        assertTrue(Files.exists(left));
      }
      build(first, BuildOptions.UNSET, BuildListener.SILENT);
    }
    try (Djinn second = open(copy)) {
      build(second, BuildOptions.UNSET, BuildListener.SILENT);
    }
  }

  @Test
  void aLinkInPlaceOfTheStoresDirectoryIsRefusedByName() throws IOException {
    makeStore();
    Path own = own();
    Path elsewhere = Files.move(own, directory.resolve("elsewhere"));
    Path file = Files.createDirectory(elsewhere.resolve("tmp")).resolve("letter.txt");
    Files.writeString(file, "x", StandardCharsets.UTF_8);
    Files.createSymbolicLink(own, elsewhere);
    assertRefused(own, "symbolic link");
    assertEquals(List.of("letter.txt"), names(file.getParent()));
  }

  @Test
  void aLinkInPlaceOfTheFilesIsRefusedByName() throws IOException {
    makeStore();
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    Path file = Files.writeString(elsewhere.resolve("letter.txt"), "x", StandardCharsets.UTF_8);
    Path link = Files.createSymbolicLink(own().resolve("tmp"), elsewhere);
    assertRefused(link, "symbolic link");
    Files.delete(link);
    try (Djinn db = open(store)) {
      // Planted later: nothing is made behind it either.
      Files.createSymbolicLink(link, elsewhere);
      BuildFailedException e =
          assertThrows(
              BuildFailedException.class,
              () -> build(db, BuildOptions.UNSET, BuildListener.SILENT));
      assertTrue(e.getCause().getCause().getMessage().contains(link.toString()), e::toString);
    }
    assertEquals(List.of(file), List.of(elsewhere.resolve(names(elsewhere).get(0))));
    assertEquals(1, names(elsewhere).size());
  }

  @Test
  void aDirectoryOfAnotherUserIsRefusedByName() throws IOException {
    makeStore();
    Path own = own();
    try {
      Files.setAttribute(own, "unix:uid", 65_534);
    } catch (FileSystemException e) {
      assumeTrue(false, "only the super-user gives directories away");
    }
    assertRefused(own, "belongs to");
    Files.setAttribute(own, "unix:uid", Files.getAttribute(temp, "unix:uid"));
    try (Djinn db = open(store)) {
      build(db, BuildOptions.UNSET, BuildListener.SILENT);
    }
  }

  private void assertRefused(Path named, String why) {
    try (Djinn db = open(store)) {
      DjinnException e =
          assertThrows(
              DjinnException.class, () -> build(db, BuildOptions.UNSET, BuildListener.SILENT));
      assertTrue(e.getMessage().contains(named.toString()), e.getMessage());
      assertTrue(e.getMessage().contains(why), e.getMessage());
      assertEquals(List.of(), db.indexes());
    }
  }

  @Test
  void aDirectoryThatCanNotBeMadeStopsBuildsOnly() throws IOException {
    Files.writeString(temp, "a file", StandardCharsets.UTF_8);
    try (Djinn db = open(store)) {
      db.createGin("other", GinSpec.column("$", ArrayOps.ofInts()));
      DjinnException e =
          assertThrows(
              DjinnException.class, () -> build(db, BuildOptions.UNSET, BuildListener.SILENT));
      assertTrue(e.getMessage().contains(temp.toString()), e.getMessage());
    }
    assertEquals("a file", Files.readString(temp, StandardCharsets.UTF_8));
  }
}
