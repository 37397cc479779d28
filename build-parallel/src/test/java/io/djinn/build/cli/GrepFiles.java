package io.djinn.build.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/** Random files as hard for grep as those of people: raw bytes, long lines, odd line ends. */
final class GrepFiles {
  private static final int FILES = 60;

  /** The longest line is longer than what grep reads at once. */
  private static final int LONGEST_LINE_PARTS = 30_000;

  private static final int LONG_LINE_PARTS = 1_000;

  /** Parts of lines; each character below U+0100 beyond {@code ~} stands for that one byte. */
  private static final List<String> RAW =
      List.of(
          "\u00e9",
          "\u00a0",
          "\u00ff",
          "\u00c3",
          "\u00e2\u0082",
          "\u00ed\u00a0\u0080",
          "\u0080",
          "\u00b2",
          "\u00b5",
          "\u00d7",
          "\u00f0\u009f\u0098",
          "\u00c0\u00af",
          "\u00aa");

  private static final List<String> TEXT =
      List.of(
          "word",
          "words",
          "sword",
          "Alpha",
          "alphabet",
          "rabbit",
          "noon",
          "WORD",
          "beta_1",
          "x",
          "a",
          "b",
          "aa",
          "7",
          "42",
          "_",
          "-",
          "--",
          " ",
          " ",
          " ",
          "  ",
          "\t",
          ".",
          ",",
          "=",
          "(a)",
          "{1",
          "]",
          "}",
          ";",
          "\\",
          "^",
          "$",
          "\r");

  private static final List<String> FOREIGN =
      List.of(
          "é", "É", "ñ", "中文", "😀", "𝔘", "Σ", "σ", "\u00a0", "\u2003", "\u0301", "٣", "\ufffd");

  private final SplittableRandom random;

  GrepFiles(long seed) {
    random = new SplittableRandom(seed);
  }

  private String oneOf(List<String> texts) {
    return texts.get(random.nextInt(texts.size()));
  }

  private void part(ByteArrayOutputStream to, int rawOfTen) throws IOException {
    int kind = random.nextInt(10);
    if (kind < rawOfTen) {
      to.write(oneOf(RAW).getBytes(StandardCharsets.ISO_8859_1));
    } else {
      to.write(oneOf(kind < 8 ? TEXT : FOREIGN).getBytes(StandardCharsets.UTF_8));
    }
  }

  private byte[] file(int number) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    if (number == 0) {
      return bytes.toByteArray();
    }
    if (number % 7 == 1) {
      bytes.write("\ufeff".getBytes(StandardCharsets.UTF_8));
    }
    int rawOfTen = number % 3 == 0 ? 0 : 1 + random.nextInt(3);
    String end = number % 5 == 2 ? "\r\n" : "\n";
    int lines = 1 + random.nextInt(60);
    for (int i = 0; i < lines; i++) {
      int parts = random.nextInt(9);
      if (number % 20 == 3 && i == lines / 2) {
        parts = number == 3 ? LONGEST_LINE_PARTS : LONG_LINE_PARTS;
      }
      for (int k = 0; k < parts; k++) {
        part(bytes, rawOfTen);
      }
      if (number % 15 == 4 && i == lines / 2) {
        bytes.write(0);
      }
      if (i < lines - 1 || number % 4 != 1) {
        bytes.write(end.getBytes(StandardCharsets.UTF_8));
      }
    }
    return bytes.toByteArray();
  }

  /** Writes the files into a directory. */
  void write(Path tree) throws IOException {
    for (int i = 0; i < FILES; i++) {
      Path parent = Files.createDirectories(tree.resolve("d" + i % 3));
      Files.write(parent.resolve("f" + i), file(i));
    }
  }
}
