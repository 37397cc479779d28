package io.djinn.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.InvalidRowException;
import io.djinn.error.SourceChangedException;
import io.djinn.error.SourceUnreadableException;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.testkit.Seed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinesSourceTest {
  private static final int BLOCK = LinesFile.MIN_BLOCK_BYTES;

  @TempDir Path directory;

  private Path work() {
    return directory.resolve("work");
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content);
  }

  private RowSource open(Path path) {
    return Sources.open(path, work(), BLOCK);
  }

  private static List<String> texts(RowSource source, long fromBlock, long toBlock) {
    List<String> texts = new ArrayList<>();
    source.scan(
        fromBlock,
        toBlock,
        (tid, row) -> {
          texts.add(row.text());
          return true;
        });
    return texts;
  }

  private static List<String> texts(RowSource source) {
    return texts(source, 0, source.blockCount());
  }

  /** Lines of lengths from none to several blocks. */
  private static List<String> randomLines(Random random) {
    List<String> lines = new ArrayList<>();
    int most = new int[] {1, 5, 60, 700, 3_000}[random.nextInt(5)];
    for (int n = random.nextInt(200); n > 0; n--) {
      lines.add("x".repeat(random.nextInt(most)));
    }
    return lines;
  }

  @Test
  void scansAndFetchesGiveTheLinesOfTheFile() throws IOException {
    Random random = Seed.random("LinesSourceTest.scans");
    for (int round = 0; round < 60; round++) {
      List<String> lines = randomLines(random);
      boolean endsInNewline = random.nextBoolean();
      if (!endsInNewline && !lines.isEmpty() && lines.get(lines.size() - 1).isEmpty()) {
        lines.set(lines.size() - 1, "last");
      }
      String content = String.join("\n", lines) + (endsInNewline && !lines.isEmpty() ? "\n" : "");
      try (RowSource source = open(file("rows" + round + ".txt", content))) {
        assertEquals(lines.size(), source.rowCount());
        assertEquals(content.length(), source.sizeBytes());
        assertEquals(lines, texts(source));
        assertEveryRangeIsAPart(source, lines, random);
        assertEveryRowIsFetched(source, lines);
      }
    }
  }

  private static void assertEveryRangeIsAPart(RowSource source, List<String> lines, Random random) {
    List<String> joined = new ArrayList<>();
    long from = 0;
    while (from < source.blockCount()) {
      long to = Math.min(source.blockCount(), from + 1 + random.nextInt(3));
      joined.addAll(texts(source, from, to));
      from = to;
    }
    assertEquals(lines, joined);
  }

  private static void assertEveryRowIsFetched(RowSource source, List<String> lines) {
    List<Long> tids = new ArrayList<>();
    source.scan(0, source.blockCount(), (tid, row) -> tids.add(tid));
    for (int i = 0; i < lines.size(); i++) {
      long tid = tids.get(i);
      assertEquals(i, tid, "no gaps between the TIDs of neighbours");
      assertEquals(tid, source.tidOf(i + 1));
      assertEquals(i + 1, source.rowNumberOf(tid));
      assertEquals(lines.get(i), source.fetch(tid).text());
    }
    int bits = source.slotBits();
    long bytesOfBlock = lines.isEmpty() ? 0 : (source.sizeBytes() << bits) / lines.size();
    assertTrue(bytesOfBlock <= BLOCK || bits == 0, bytesOfBlock + " bytes of a block on average");
    for (long tid = 0; tid < source.blockCount() << bits; tid++) {
      assertEquals(tids.contains(tid), source.fetch(tid) != null);
    }
    assertNull(source.fetch(source.blockCount() << bits));
    assertNull(source.fetch(-1));
    assertThrows(IllegalArgumentException.class, () -> source.tidOf(0));
    assertThrows(IllegalArgumentException.class, () -> source.tidOf(lines.size() + 1));
    assertThrows(
        IllegalArgumentException.class, () -> source.rowNumberOf(source.blockCount() << bits));
  }

  @Test
  void rowsScannedOneByOneAreReadTogether() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      lines.add(i + "x".repeat(BLOCK));
    }
    Path path = file("long", String.join("\n", lines));
    LinesFile opened =
        LinesFile.open("lines", path, path, work(), false, BLOCK, LinesFile.ANY_SLOT_BITS);
    assertEquals(0, opened.slotBits());
    List<String> seen = new ArrayList<>();
    try (LinesSource source = (LinesSource) open(path);
        LinesReader reader = new LinesReader(opened, source.newRow("long"))) {
      LineRow fetched = source.newRow("long");
      for (int i = 0; i < lines.size(); i++) {
        reader.scan(
            i,
            i + 1,
            (tid, row) -> {
              seen.add(row.text());
              return true;
            });
        if (i == 100) {
          reader.fetch(7, fetched);
          assertEquals(lines.get(7), fetched.text());
        }
      }
      assertTrue(reader.reads() < lines.size() / 10, reader.reads() + " reads");
    }
    assertEquals(lines, seen);
  }

  @Test
  void aVisitorEndsTheScan() throws IOException {
    try (RowSource source = open(file("rows.txt", "a\nb\nc\n"))) {
      List<String> seen = new ArrayList<>();
      source.scan(
          0,
          1,
          (tid, row) -> {
            seen.add(row.text());
            return seen.size() < 2;
          });
      assertEquals(List.of("a", "b"), seen);
      assertThrows(IllegalArgumentException.class, () -> source.scan(0, 2, (tid, row) -> true));
    }
  }

  @Test
  void rowsOfManyReadsAreCountedByAllThreads() throws IOException {
    byte[] content = new byte[9 << 20];
    Arrays.fill(content, (byte) 'x');
    Random random = Seed.random("LinesSourceTest.counted");
    int lines = 1;
    for (int i = 0; i < content.length - 1; i += 1 + random.nextInt(200)) {
      content[i] = '\n';
      lines++;
    }
    Path path = Files.write(directory.resolve("rows.txt"), content);
    try (RowSource source = open(path)) {
      assertEquals(lines, source.rowCount());
      assertEquals(lines, texts(source).size());
    }
  }

  @Test
  void severalThreadsScanAndFetchAtOnce() throws Exception {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      lines.add("row " + i);
    }
    List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    try (RowSource source = open(file("rows.txt", String.join("\n", lines)))) {
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        int seed = t;
        Thread thread =
            new Thread(
                () -> {
                  Random random = new Random(seed);
                  for (int i = 0; i < 2_000; i++) {
                    int n = random.nextInt(lines.size());
                    assertEquals(lines.get(n), source.fetch(source.tidOf(n + 1)).text());
                  }
                  assertEquals(lines, texts(source));
                });
        thread.setUncaughtExceptionHandler((failed, cause) -> failures.add(cause));
        thread.start();
        threads.add(thread);
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
    assertEquals(List.of(), failures);
  }

  @Test
  void anInterruptedReaderClosesNothingForOthers() throws IOException {
    try (RowSource source = open(file("rows.txt", "a\nb\n"))) {
      Thread.currentThread().interrupt();
      assertEquals(List.of("a", "b"), texts(source));
      assertEquals("b", source.fetch(source.tidOf(2)).text());
      assertTrue(Thread.interrupted());
      assertEquals(List.of("a", "b"), texts(source));
    }
  }

  @Test
  void countsAreKeptAndDamagedOrStaleOnesAreCountedAnew() throws IOException {
    Path path = file("rows.txt", "a\n".repeat(2_000));
    open(path).close();
    Path kept;
    try (var files = Files.list(work())) {
      kept = files.filter(f -> f.toString().endsWith(".counts")).findFirst().orElseThrow();
    }
    byte[] good = Files.readAllBytes(kept);
    FileTime time = Files.getLastModifiedTime(kept);
    open(path).close();
    assertEquals(time, Files.getLastModifiedTime(kept), "not counted twice");
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 1;
      assertDamageIsHarmless(path, kept, bad);
    }
    assertDamageIsHarmless(path, kept, Arrays.copyOf(good, good.length - 1));
    assertDamageIsHarmless(path, kept, new byte[0]);
    Files.writeString(path, "b\n".repeat(2_000));
    Files.setLastModifiedTime(path, FileTime.fromMillis(1));
    Files.writeString(path, "bb\n\n" + "b\n".repeat(1_998));
    Files.setLastModifiedTime(path, FileTime.fromMillis(2));
    try (RowSource source = open(path)) {
      assertEquals("bb", texts(source).get(0));
    }
  }

  private void assertDamageIsHarmless(Path path, Path kept, byte[] bad) throws IOException {
    Files.write(kept, bad);
    try (RowSource source = open(path)) {
      assertEquals(2_000, source.rowCount());
      assertEquals(2_000, texts(source).size());
    }
  }

  @Test
  void aFileChangedWhileOpenIsRefusedByName() throws IOException {
    Path path = file("rows.txt", "aaaa\n".repeat(1_000));
    try (RowSource source = open(path)) {
      Files.writeString(path, "aa\naa".repeat(1_000));
      SourceChangedException changed =
          assertThrows(SourceChangedException.class, () -> texts(source));
      assertTrue(changed.getMessage().contains("rows.txt"), changed.getMessage());
      assertThrows(SourceChangedException.class, () -> source.fetch(source.tidOf(500)).text());
      Files.writeString(path, "aaaa\n");
      assertThrows(SourceChangedException.class, () -> texts(source));
      assertThrows(SourceChangedException.class, () -> source.fetch(source.tidOf(900)));
    }
  }

  @Test
  void aSourceIsReopenedWhenTheSameOrGrown() throws IOException {
    Path path = file("rows.jsonl", "[1]\n".repeat(500));
    SourceIdentity recorded;
    int slotBits;
    try (RowSource source = open(path)) {
      recorded = SourceIdentity.parse(source.identity().text());
      assertEquals(source.identity(), recorded);
      slotBits = source.slotBits();
    }
    Sources.reopen(recorded, new WorkFiles(work(), true), slotBits).close();
    Files.writeString(path, "[2]\n", StandardOpenOption.APPEND);
    try (RowSource grown = Sources.reopen(recorded, new WorkFiles(work(), true), slotBits)) {
      assertEquals(501, grown.rowCount());
      assertEquals("[2]", grown.fetch(grown.tidOf(501)).text());
    }
    Files.writeString(path, "\n".repeat(BLOCK), StandardOpenOption.APPEND);
    try (RowSource grown = Sources.reopen(recorded, new WorkFiles(work(), true), slotBits)) {
      assertEquals(501 + BLOCK, grown.rowCount());
      assertEquals("[2]", grown.fetch(grown.tidOf(501)).text(), "its TID is what it was");
    }
  }

  @Test
  void aSourceThatChangedIsRefusedByName() throws IOException {
    String content = "[1]\n".repeat(50_000);
    Path path = file("rows.jsonl", content);
    SourceIdentity recorded;
    int slotBits;
    try (RowSource source = open(path)) {
      recorded = source.identity();
      slotBits = source.slotBits();
    }
    Files.writeString(path, "[2]" + content.substring(3));
    assertReopenFails(recorded, slotBits, "first bytes");
    Files.writeString(path, content.substring(0, content.length() - 4) + "[2]\n");
    assertReopenFails(recorded, slotBits, "have changed");
    Files.writeString(path, content.substring(4));
    assertReopenFails(recorded, slotBits, "shrunk");
    Files.delete(path);
    assertThrows(
        SourceUnreadableException.class,
        () -> Sources.reopen(recorded, new WorkFiles(work(), true), slotBits));
  }

  @Test
  void aLastLineThatWentOnIsAChange() throws IOException {
    Path path = file("rows.txt", "one\ntwo");
    SourceIdentity recorded;
    try (RowSource source = open(path)) {
      recorded = source.identity();
    }
    Files.writeString(path, "one\ntwo\nthree\n");
    Sources.reopen(recorded, new WorkFiles(work(), true), 10).close();
    Files.writeString(path, "one\ntwofold\n");
    assertReopenFails(recorded, 10, "last line");
  }

  private void assertReopenFails(SourceIdentity recorded, int slotBits, String why) {
    SourceChangedException changed =
        assertThrows(
            SourceChangedException.class,
            () -> Sources.reopen(recorded, new WorkFiles(work(), true), slotBits));
    assertTrue(changed.getMessage().contains("rows."), changed.getMessage());
    assertTrue(changed.getMessage().contains(why), changed.getMessage());
  }

  private static byte[] gzip(String content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  @Test
  void aGzipIsToldByItsBytesAndUnpackedOnce() throws IOException {
    Path path = Files.write(directory.resolve("rows.jsonl.gz"), gzip("{\"a\":[1]}\n{}\n"));
    Path unpacked;
    SourceIdentity recorded;
    try (RowSource source = open(path)) {
      assertEquals("jsonl", source.identity().kind());
      assertEquals(List.of("{\"a\":[1]}", "{}"), texts(source));
      recorded = source.identity();
      assertEquals(path.toString(), recorded.path());
    }
    try (var files = Files.list(work())) {
      unpacked = files.filter(f -> f.toString().endsWith(".rows")).findFirst().orElseThrow();
    }
    FileTime time = Files.getLastModifiedTime(unpacked);
    open(path).close();
    assertEquals(time, Files.getLastModifiedTime(unpacked));
    Files.write(path, gzip("{\"a\":[1]}\n{}\n[]\n"));
    try (RowSource source = Sources.reopen(recorded, new WorkFiles(work(), true), 4)) {
      assertEquals(3, source.rowCount());
    }
    Path named = Files.write(directory.resolve("rows.txt"), gzip("x\n"));
    try (RowSource source = open(named)) {
      assertEquals("lines", source.identity().kind());
      assertEquals(List.of("x"), texts(source));
    }
    try (RowSource source = open(file("plain.jsonl.gz", "[1]\n"))) {
      assertEquals(List.of("[1]"), texts(source));
    }
  }

  @Test
  void aGzipThatIsNotWholeIsRefusedByName() throws IOException {
    byte[] whole = gzip("abc\n".repeat(1_000));
    for (int length : new int[] {2, 10, 20, whole.length - 8, whole.length - 1}) {
      Path path = Files.write(directory.resolve("rows.txt.gz"), Arrays.copyOf(whole, length));
      SourceUnreadableException refused =
          assertThrows(SourceUnreadableException.class, () -> open(path));
      assertTrue(refused.getMessage().contains("rows.txt.gz"), refused.getMessage());
    }
    try (var files = Files.list(work())) {
      assertEquals(List.of(), files.toList());
    }
  }

  @Test
  void whatIsNoFileIsRefusedByName() {
    assertThrows(SourceUnreadableException.class, () -> open(directory));
    assertThrows(SourceUnreadableException.class, () -> open(directory.resolve("none")));
    assertThrows(IllegalArgumentException.class, () -> Sources.open(file("a", ""), work(), 511));
  }

  @Test
  void aClosedSourceSaysSo() throws IOException {
    RowSource source = open(file("rows.txt", "a\n"));
    source.close();
    source.close();
    assertThrows(IllegalStateException.class, () -> texts(source));
  }

  @Test
  void manyRowsAreFetchedIntoOneFromAFileOpenedOnce() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 1_000; i++) {
      text.append(i % 7 == 3 ? "oops" : "[" + i + "]").append('\n');
    }
    Path path = file("rows.jsonl", text.toString());
    ArrayOps ops = ArrayOps.ofInts();
    try (RowSource source = open(path);
        RowSource other = open(file("other.jsonl", "[1]\n"))) {
      Row kept = source.fetch(source.tidOf(1));
      // Whoever opened it again would find no file.
      Files.delete(path);
      Row first = source.fetch(source.tidOf(1), other.fetch(other.tidOf(1)));
      Row row = first;
      for (int i = 999; i >= 0; i--) {
        row = source.fetch(source.tidOf(i + 1), row);
        assertSame(first, row);
        if (i % 7 == 3) {
          // What a row that can not be read leaves behind does no harm to the next.
          assertThrows(InvalidRowException.class, () -> first.value(ColumnPath.WHOLE_ROW, ops));
        } else {
          assertEquals(List.of(i), row.value(ColumnPath.WHOLE_ROW, ops));
        }
      }
      assertEquals(List.of(0), kept.value(ColumnPath.WHOLE_ROW, ops));
      assertNotSame(kept, first);
      assertEquals("[1]", other.fetch(other.tidOf(1), first).text());
    }
  }

  @Test
  void plainLinesHaveOneColumn() throws IOException {
    Path path = directory.resolve("rows.txt");
    Files.write(
        path,
        new byte[] {'a', '\n', 'b', (byte) 0xFF, '\n', (byte) 0xEF, (byte) 0xBF, (byte) 0xBD});
    try (RowSource source = open(path)) {
      ArrayOps ops = ArrayOps.ofStrings();
      Row first = source.fetch(source.tidOf(1));
      assertEquals("a", first.value(ColumnPath.WHOLE_ROW, ops));
      assertTrue(first.has(ColumnPath.WHOLE_ROW));
      assertFalse(first.has(ColumnPath.field("a")));
      assertThrows(IllegalArgumentException.class, () -> first.value(ColumnPath.field("a"), ops));
      InvalidRowException wrongType =
          assertThrows(
              InvalidRowException.class,
              () -> first.extract(ColumnPath.WHOLE_ROW, ops, new KeyBuffer()));
      assertTrue(wrongType.getMessage().contains("rows.txt, line 1"), wrongType.getMessage());
      InvalidRowException notUtf8 =
          assertThrows(
              InvalidRowException.class,
              () -> source.fetch(source.tidOf(2)).value(ColumnPath.WHOLE_ROW, ops));
      assertTrue(
          notUtf8
              .getMessage()
              .endsWith("rows.txt, line 2, column 2: the bytes from 0xFF on are not UTF-8"),
          notUtf8.getMessage());
      assertEquals("\uFFFD", source.fetch(source.tidOf(3)).value(ColumnPath.WHOLE_ROW, ops));
    }
  }
}
