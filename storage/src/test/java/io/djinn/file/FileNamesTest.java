package io.djinn.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class FileNamesTest {
  @Test
  void aNameHasOneOrTwoParts() {
    assertEquals("pages", FileNames.check("pages"));
    assertEquals("wal/00-1_a.Z", FileNames.check("wal/00-1_a.Z"));
    assertEquals("", FileNames.checkDirectory(""));
    assertEquals("", FileNames.directoryOf("pages"));
    assertEquals("pages", FileNames.lastPartOf("pages"));
    assertEquals("wal", FileNames.directoryOf("wal/1"));
    assertEquals("1", FileNames.lastPartOf("wal/1"));
  }

  @Test
  void aLongPartIsRefused() {
    FileNames.check("x".repeat(200));
    assertThrows(IllegalArgumentException.class, () -> FileNames.check("x".repeat(201)));
    assertThrows(IllegalArgumentException.class, () -> FileNames.checkDirectory("../x"));
  }
}
