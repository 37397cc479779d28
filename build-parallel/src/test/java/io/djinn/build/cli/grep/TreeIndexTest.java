package io.djinn.build.cli.grep;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import io.djinn.build.IndexBuild;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeIndexTest {
  private static final long LATER_NANOS = 10_000_000_000L;
  private static final int FILES = 10;

  @TempDir private Path directory;
  private Path tree;

  @BeforeEach
  void makeTree() throws IOException {
    tree = Files.createDirectories(directory.resolve("tree"));
    for (int i = 0; i < FILES; i++) {
      Files.writeString(tree.resolve("f" + i), "word" + i + "\n");
    }
  }

  /** Looks as if some time had passed since the last change. */
  private TextTree walkLater() throws IOException {
    TextTree walked = TextTree.walk(tree, null, (name, e) -> {});
    return new TextTree(walked.root(), walked.files(), walked.walkedNanos() + LATER_NANOS);
  }

  private static TreeIndex open(Djinn db, TextTree walked) {
    return TreeIndex.open(db, walked, IndexBuild.optionsOf(db), build -> {});
  }

  private Djinn store() {
    return Djinn.open(directory.resolve("db"), DjinnOptions.defaults());
  }

  private static BitSet files(Integer... places) {
    BitSet files = new BitSet();
    List.of(places).forEach(files::set);
    return files;
  }

  @Test
  void filesThatStayAreNotReadAgain() throws IOException {
    try (Djinn db = store()) {
      assertEquals(FILES, open(db, walkLater()).readFiles());

      TreeIndex again = open(db, walkLater());

      assertEquals(0, again.readFiles());
      assertEquals(files(3), again.candidates("word3", false).files());
      assertEquals(files(3), again.candidates("WORD3", true).files());
    }
  }

  @Test
  void fileOfTheSameSizeAndModificationTimeIsReadAgain() throws IOException {
    try (Djinn db = store()) {
      open(db, walkLater());
      Path changed = tree.resolve("f5");
      FileTime time = Files.getLastModifiedTime(changed);
      Files.writeString(changed, "word3\n");
      Files.setLastModifiedTime(changed, time);

      TreeIndex again = open(db, walkLater());

      assertEquals(1, again.readFiles());
      assertEquals(files(3, 5), again.candidates("word3", false).files());
      assertEquals(files(), again.candidates("word5", false).files());
    }
  }

  /** As where directories of files of equal sizes and times change their names. */
  @Test
  void anotherFileOfTheSameNameSizeAndTimesIsReadAgain() throws IOException {
    try (Djinn db = store()) {
      TextTree walked = walkLater();
      List<TreeFile> same = walked.files().stream().map(file -> at(file, file.inode())).toList();
      open(db, new TextTree(walked.root(), same, walked.walkedNanos()));
      List<TreeFile> swapped = new ArrayList<>(same);
      swapped.set(2, at(same.get(2), same.get(7).inode()));
      swapped.set(7, at(same.get(7), same.get(2).inode()));

      TreeIndex again = open(db, new TextTree(walked.root(), swapped, walked.walkedNanos()));

      assertEquals(2, again.readFiles());
    }
  }

  private static TreeFile at(TreeFile file, long inode) {
    return new TreeFile(file.path(), file.name(), file.sizeBytes(), 1, 1, file.device(), inode);
  }

  @Test
  void directoriesThatChangeTheirNamesAreReadAgain() throws IOException {
    Path one = Files.createDirectories(tree.resolve("one"));
    Path two = Files.createDirectories(tree.resolve("two"));
    Files.writeString(one.resolve("f"), "left\n");
    Files.writeString(two.resolve("f"), "over\n");
    try (Djinn db = store()) {
      open(db, walkLater());
      Files.move(one, tree.resolve("three"));
      Files.move(two, one);
      Files.move(tree.resolve("three"), two);

      TreeIndex again = open(db, walkLater());

      assertEquals(files(FILES + 1), again.candidates("left", false).files());
      assertEquals(files(FILES), again.candidates("over", false).files());
    }
  }

  @Test
  void fileChangedJustBeforeItWasReadIsReadAgain() throws IOException {
    try (Djinn db = store()) {
      open(db, TextTree.walk(tree, null, (name, e) -> {}));

      assertEquals(FILES, open(db, walkLater()).readFiles());
    }
  }

  @Test
  void damagedListIsBuiltAnew() throws IOException {
    try (Djinn db = store()) {
      open(db, walkLater());
      Path list;
      try (var found = Files.list(db.sourceFiles().directory())) {
        list = found.findFirst().orElseThrow();
      }
      byte[] bytes = Files.readAllBytes(list);
      for (int length : new int[] {0, 3, bytes.length / 2, bytes.length - 1}) {
        Files.write(list, java.util.Arrays.copyOf(bytes, length));
        assertEquals(FILES, open(db, walkLater()).readFiles(), "cut to " + length);
      }
      bytes[bytes.length / 2] ^= 1;
      Files.write(list, bytes);
      assertEquals(FILES, open(db, walkLater()).readFiles());
      assertEquals(1, db.indexes().size());
    }
  }

  @Test
  void indexIsBuiltAnewWhenMostOfItIsGone() throws IOException {
    try (Djinn db = store()) {
      open(db, walkLater());
      String first = db.indexes().get(0).name();
      for (int round = 0; round < 12; round++) {
        for (int i = 0; i < FILES; i++) {
          Files.writeString(tree.resolve("f" + i), "round" + round + " word" + i + "\n");
        }
        TreeIndex index = open(db, walkLater());
        assertEquals(files(7), index.candidates("round" + round + " word7", false).files());
        assertEquals(files(), index.candidates("round" + (round + 20), false).files());
      }
      assertEquals(1, db.indexes().size());
      assertEquals(false, db.indexes().get(0).name().equals(first));
    }
  }
}
