package io.djinn.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.testkit.ForkedJvm;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OsVfsTest {
  @TempDir Path directory;

  @Test
  void filesAndDirectoriesBelongToTheOwnerAlone() throws IOException {
    try (OsVfs vfs = OsVfs.create(directory.resolve("a").resolve("store"))) {
      vfs.createDirectory("wal");
      vfs.open("wal/0001", OpenMode.CREATE_NEW).close();
      assertTrue(vfs.tryLock());
      assertEquals("rwx------", permissions("a"));
      assertEquals("rwx------", permissions("a/store"));
      assertEquals("rwx------", permissions("a/store/wal"));
      assertEquals("rw-------", permissions("a/store/wal/0001"));
      assertEquals("rw-------", permissions("a/store/LOCK"));
    }
  }

  @Test
  void openingMakesNothing() {
    assertThrows(IOException.class, () -> new OsVfs(directory.resolve("absent")));
    assertFalse(Files.exists(directory.resolve("absent")));
  }

  @Test
  void creatingOpensWhatIsThereAlsoThroughALink() throws IOException {
    Files.createDirectory(directory.resolve("store"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("store"));
    try (OsVfs vfs = OsVfs.create(link)) {
      vfs.open("f", OpenMode.CREATE_NEW).close();
    }
    try (OsVfs vfs = OsVfs.create(link.resolve("deep").resolve("er"))) {
      vfs.open("g", OpenMode.CREATE_NEW).close();
    }
    assertTrue(Files.exists(directory.resolve("store/f")));
    assertTrue(Files.exists(directory.resolve("store/deep/er/g")));
  }

  @Test
  void openModesSayWhetherTheFileMustExist() throws IOException {
    try (OsVfs vfs = new OsVfs(directory)) {
      assertThrows(NoSuchFileException.class, () -> vfs.open("pages", OpenMode.READ_WRITE));
      assertThrows(NoSuchFileException.class, () -> vfs.open("pages", OpenMode.READ_ONLY));
      vfs.open("pages", OpenMode.CREATE_NEW).close();
      assertThrows(FileAlreadyExistsException.class, () -> vfs.open("pages", OpenMode.CREATE_NEW));
      vfs.open("pages", OpenMode.READ_WRITE).close();
    }
  }

  @Test
  void namesAreCreatedListedRenamedAndDeleted() throws IOException {
    try (OsVfs vfs = new OsVfs(directory)) {
      assertTrue(vfs.tryLock());
      vfs.createDirectory("tmp");
      vfs.open("tmp/b", OpenMode.CREATE_NEW).close();
      vfs.open("tmp/a", OpenMode.CREATE_NEW).close();
      vfs.open("c", OpenMode.CREATE_NEW).close();
      assertEquals(List.of("a", "b"), vfs.list("tmp"));
      assertEquals(List.of("c", "tmp"), vfs.list(""));
      vfs.rename("tmp/b", "c");
      vfs.syncDirectory("tmp");
      vfs.syncDirectory("");
      assertFalse(vfs.exists("tmp/b"));
      assertTrue(vfs.exists("c"));
      vfs.delete("tmp/a");
      vfs.delete("tmp");
      assertEquals(List.of("c"), vfs.list(""));
      assertThrows(NoSuchFileException.class, () -> vfs.delete("tmp"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "../x", "/x", "a/b/c", "a/", "a b", "a\\b", "LOCK", ".x"})
  void aNameThatLeavesTheDirectoryOrIsTheLockIsRefused(String name) throws IOException {
    try (OsVfs vfs = new OsVfs(directory)) {
      assertThrows(IllegalArgumentException.class, () -> vfs.open(name, OpenMode.CREATE_NEW));
      assertThrows(IllegalArgumentException.class, () -> vfs.delete(name));
    }
  }

  @Test
  void aDirectoryIsSyncedAlthoughTheCallerIsInterrupted() throws IOException {
    try (OsVfs vfs = new OsVfs(directory)) {
      Thread.currentThread().interrupt();
      vfs.syncDirectory("");
      assertTrue(vfs.tryLock());
      assertTrue(Thread.interrupted());
    }
  }

  @Test
  void syncingAMissingDirectoryIsAnIoError() throws IOException {
    try (OsVfs vfs = new OsVfs(directory)) {
      assertThrows(IOException.class, () -> vfs.syncDirectory("absent"));
    }
  }

  @Test
  void oneStoreOfAProcessLocksADirectoryThroughWhateverPath() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), directory);
    OsVfs first = new OsVfs(directory);
    try (OsVfs second = new OsVfs(directory);
        OsVfs linked = new OsVfs(link)) {
      assertTrue(first.tryLock());
      assertFalse(first.tryLock());
      assertFalse(second.tryLock());
      assertFalse(linked.tryLock());
      first.close();
      assertTrue(linked.tryLock());
      assertFalse(second.tryLock());
    }
  }

  @Test
  void anotherProcessIsKeptOutAlsoAfterARefusedSecondLockInThisOne() throws IOException {
    OsVfs second = new OsVfs(directory);
    try (OsVfs first = new OsVfs(directory)) {
      assertTrue(first.tryLock());
      assertFalse(second.tryLock());
      second.close();
      try (ForkedJvm other = ForkedJvm.start(LockHolder.class, directory.toString())) {
        assertEquals("locked false", other.readLine());
      }
    }
  }

  /** As under an application server, where two applications bring the engine each. */
  @Test
  void anotherCopyOfTheEngineInTheProcessNeitherTakesNorDropsTheLock() throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String entry : ForkedJvm.classPath().split(File.pathSeparator)) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    try (OsVfs vfs = new OsVfs(directory);
        URLClassLoader loader =
            new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader())) {
      assertTrue(vfs.tryLock());
      Class<?> copy = loader.loadClass(OsVfs.class.getName());
      assertNotSame(OsVfs.class, copy);
      Object other = copy.getConstructor(Path.class).newInstance(directory);
      assertEquals(false, copy.getMethod("tryLock").invoke(other));
      copy.getMethod("close").invoke(other);
      try (ForkedJvm process = ForkedJvm.start(LockHolder.class, directory.toString())) {
        assertEquals("locked false", process.readLine());
      }
    }
  }

  @Test
  void aLockLeftByAKilledProcessIsFree() throws IOException {
    try (OsVfs vfs = new OsVfs(directory)) {
      try (ForkedJvm other = ForkedJvm.start(LockHolder.class, directory.toString())) {
        assertEquals("locked true", other.readLine());
        assertFalse(vfs.tryLock());
      }
      assertTrue(Files.exists(directory.resolve("LOCK")));
      assertTrue(vfs.tryLock());
    }
  }

  @Test
  void freeSpaceIsThatOfTheDisk() throws IOException {
    try (OsVfs vfs = new OsVfs(directory)) {
      assertTrue(vfs.freeBytes() > 0);
      assertEquals(directory.toRealPath().toString(), vfs.describe());
    }
  }

  private String permissions(String name) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(name)));
  }
}
