package io.djinn.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.djinn.buffer.SnapshotReader;
import io.djinn.opclass.GinQuery;
import io.djinn.opclass.builtin.ArrayOps;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Reading a warm index allocates nothing on the heap, measured for the reading thread.
 *
 * <p>Passes are alike, so what the engine allocates it allocates in each. The JVM allocates in some
 * as well, once for the code they run: when it links calls, and for the string constants of a
 * method it is about to compile. So of a few passes one must allocate nothing. They are too few for
 * the compiler to remove what the code would allocate.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WarmReadAllocationTest {
  private static final int PASSES = 8;

  /** Every row has it. */
  private static final int ALL = 1;

  /** About half of the rows have it. */
  private static final int HALF = 2;

  /** About half of the rows have it, not the same. */
  private static final int OTHER_HALF = 3;

  /** The first rows have it: its list is in the entry leaf, and more than one block. */
  private static final int RARE = 4;

  private static final int RARE_ROWS = 400;

  private static final int OTHER_RARE = 5;
  private static final int ROWS = 12_000;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private Djinn db;
  private GinIndex index;
  private long lastTid;

  @BeforeAll
  void fill(@TempDir Path directory) {
    assumeTrue(
        threads.isThreadAllocatedMemorySupported() && threads.isThreadAllocatedMemoryEnabled());
    db = Djinn.open(directory, DjinnOptions.defaults().withPageSizeBytes(1 << 10));
    index = db.createGin("i", GinSpec.column("$", ArrayOps.ofInts()).withFastUpdate(false));
    SplittableRandom random = new SplittableRandom(18);
    for (int row = 0; row < ROWS; ) {
      try (WriteBatch batch = db.begin(Durability.sync())) {
        for (int i = 0; i < 1000; i++, row++) {
          lastTid += 1 + random.nextInt(20);
          index.insert(batch, lastTid, values(row, random));
        }
        batch.commit();
      }
    }
    db.checkpoint();
  }

  /** Puts a few of the index's pages into frames; the others are read from the file. */
  @BeforeEach
  void changePages() {
    try (WriteBatch batch = db.begin()) {
      lastTid++;
      index.insert(batch, lastTid, new int[] {ALL, HALF, RARE});
      batch.commit();
    }
  }

  private static int[] values(int row, SplittableRandom random) {
    int[] values = new int[5];
    int count = 0;
    values[count++] = ALL;
    if (random.nextBoolean()) {
      values[count++] = HALF;
    }
    if (random.nextBoolean()) {
      values[count++] = OTHER_HALF;
    }
    if (row < RARE_ROWS) {
      values[count++] = RARE;
    }
    if (row % 150 == 0) {
      values[count++] = OTHER_RARE;
    }
    return Arrays.copyOf(values, count);
  }

  @AfterAll
  void close() {
    if (db != null) {
      db.close();
    }
  }

  @Test
  void oneKeyHasAPostingTreeAndAnotherItsListInTheEntryLeaf() {
    assertTrue(postingPages(HALF) > 1);
    assertEquals(0, postingPages(RARE));
  }

  private long postingPages(int value) {
    try (Snapshot snapshot = db.snapshot();
        TidCursor cursor = index.search(snapshot, ArrayOps.containsAll(value))) {
      while (cursor.next()) {
        assertTrue(cursor.tid() >= 0);
      }
      return cursor.counters().postingPages();
    }
  }

  @Test
  void readingPagesAllocatesNothingInFramesAndInTheFile() {
    int pages = (int) db.stats().pages();
    assertTrue(db.stats().frames() > db.stats().freeFrames());
    try (Snapshot snapshot = db.snapshot();
        SnapshotReader reader = snapshot.reader()) {
      assertAllocatesNothing(
          () -> {
            long before = allocated();
            long sum = 0;
            for (int from = 0; from < pages; from += SnapshotReader.STEP_PAGES) {
              reader.enter();
              for (int pageNo = from; pageNo < pages && !reader.isSpent(); pageNo++) {
                sum += reader.page(pageNo);
              }
              reader.leave();
            }
            assertTrue(sum != 0);
            return allocated() - before;
          });
    }
  }

  @ParameterizedTest
  @CsvSource({
    "@>, 1",
    "@>, 2",
    "@>, 4",
    "@>, 2 3",
    "@>, 1 2 3",
    "@>, 2 4",
    "@>, 4 1",
    "&&, 2 3",
    "&&, 4 5",
    "&&, 1 4",
    "<@, 1 2",
    "=, 1 2 3"
  })
  void nextAllocatesNothing(String operator, String values) {
    GinQuery query = query(operator, values);
    assertAllocatesNothing(() -> drain(query, 0));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 40, 1_000, 12_000})
  void advanceAllocatesNothing(int distance) {
    for (String values : new String[] {"1", "2", "4", "2 3", "2 4", "1 2 3"}) {
      assertAllocatesNothing(() -> drain(query("@>", values), distance));
      assertAllocatesNothing(() -> drain(query("&&", values), distance));
    }
  }

  private static GinQuery query(String operator, String values) {
    String[] words = values.split(" ");
    int[] operand = new int[words.length];
    for (int i = 0; i < words.length; i++) {
      operand[i] = Integer.parseInt(words[i]);
    }
    return switch (operator) {
      case "@>" -> ArrayOps.containsAll(operand);
      case "&&" -> ArrayOps.overlaps(operand);
      case "<@" -> ArrayOps.containedBy(operand);
      default -> ArrayOps.equalTo(operand);
    };
  }

  /**
   * Reads a cursor from its first row to its end.
   *
   * @param distance by which each next row lies behind the one before at least
   * @return bytes allocated from the first row on
   */
  private long drain(GinQuery query, int distance) {
    try (Snapshot snapshot = db.snapshot();
        TidCursor cursor = index.search(snapshot, query)) {
      // Finding the keys and planning makes objects, once a search.
      boolean isAny = cursor.next();
      long rows = 0;
      long before = allocated();
      while (cursor.next()) {
        rows++;
        if (distance > 0) {
          cursor.advance(cursor.tid() + distance);
        }
      }
      long after = allocated();
      assertTrue(isAny && rows > 0, "the query finds rows");
      return after - before;
    }
  }

  private long allocated() {
    return threads.getCurrentThreadAllocatedBytes();
  }

  private static void assertAllocatesNothing(LongSupplier bytes) {
    long least = Long.MAX_VALUE;
    for (int pass = 0; pass < PASSES && least > 0; pass++) {
      least = Math.min(least, bytes.getAsLong());
    }
    assertEquals(0, least, "bytes allocated by every pass");
  }
}
