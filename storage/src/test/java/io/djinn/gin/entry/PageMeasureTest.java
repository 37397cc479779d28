package io.djinn.gin.entry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageMeasureTest {
  private static final int ROOM = 1 << 16;

  /** The largest page that has marks. */
  private static final int SMALL = 16 << 10;

  private static PageMeasure of(int... suffixLengths) {
    // Pages as large as that have no marks.
    return measure(ROOM, suffixLengths);
  }

  private static PageMeasure marked(int... suffixLengths) {
    return measure(SMALL, suffixLengths);
  }

  private static PageMeasure measure(int pageSizeBytes, int... suffixLengths) {
    PageMeasure measure = new PageMeasure(pageSizeBytes);
    for (int length : suffixLengths) {
      measure.add(length, true, 4);
    }
    return measure;
  }

  @Test
  void keysOfOneLengthMakeAnEvenPage() {
    for (int length = 0; length <= 8; length++) {
      assertEquals(SlotLayout.of(length, true), of(length, length, length).layout(ROOM));
      assertEquals(3 * (2 + length + 4), of(length, length, length).bytes());
    }
    assertEquals(SlotLayout.of(8, false), of(9, 9, 9).layout(ROOM));
    assertEquals(3 * (2 + 9 + 1 + 4), of(9, 9, 9).bytes());
    assertEquals(SlotLayout.OF_EMPTY_PAGE, of().layout(ROOM));
  }

  @Test
  void theHeadIsAsWideAsShortKeysLetIt() {
    assertEquals(SlotLayout.of(2, false), of(2, 5).layout(ROOM));
    assertEquals(SlotLayout.of(0, false), of(0, 9).layout(ROOM));
    int[] lengths = new int[100];
    Arrays.fill(lengths, 20);
    lengths[0] = 4;
    lengths[1] = 2;
    // Ten bytes of padding in a hundred heads are let pass.
    assertEquals(SlotLayout.of(8, false), of(lengths).layout(ROOM));
    int bytes = 100 * (2 + 1 + 4) + 98 * 20 + 4 + 2;
    assertEquals(bytes, of(lengths).bytes());
    assertEquals(SlotLayout.of(8, false), of(lengths).layout(bytes + 10));
    assertEquals(SlotLayout.of(7, false), of(lengths).layout(bytes + 9));
    assertEquals(SlotLayout.of(2, false), of(lengths).layout(bytes));
    Arrays.fill(lengths, 0, 20, 4);
    assertEquals(SlotLayout.of(5, false), of(lengths).layout(ROOM));
  }

  @Test
  void keysThatAreWholeInTheirHeadsHaveNoLengthField() {
    assertEquals(SlotLayout.marked(SlotLayout.of(2, false), SMALL), marked(1, 2).layout(ROOM));
    assertEquals(2 * (2 + 2 + 4), marked(1, 2).bytes());
    assertEquals(SlotLayout.of(1, false), measure(2 * SMALL, 1, 2).layout(2 * (2 + 1 + 4) + 3));
    // A head of one byte costs the short key nothing and makes it whole; one of 20 costs nine.
    assertEquals(SlotLayout.marked(SlotLayout.of(1, false), SMALL), marked(1, 20).layout(ROOM));
    assertEquals(2 * (2 + 4) + 1 + 21, marked(1, 20).bytes());
    // A byte of padding saves a byte of length: as good, and compared faster.
    assertEquals(SlotLayout.marked(SlotLayout.of(3, false), SMALL), marked(2, 3).layout(ROOM));
    assertEquals(2 * (2 + 3 + 4), marked(2, 3).bytes());
    PageMeasure zeros = new PageMeasure(SMALL);
    zeros.add(1, false, 4);
    zeros.add(2, false, 4);
    assertEquals(2 * (2 + 1 + 4) + 3, zeros.bytes());
    zeros.remove(2, false, 4);
    zeros.add(2, true, 4);
    // A head of two bytes: the first key is padded and has a length field, the second has none.
    assertEquals(2 * (2 + 2 + 4) + 1, zeros.bytes());
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "3, 3", "4, 4", "1, 4", "1, 12", "6, 40"})
  void aPageTakesTheBytesMeasuredAndGivesItsTuplesBack(int shortest, int longest) {
    RandomGenerator random = Seeds.random("PageMeasureTest " + shortest + " " + longest);
    MemoryAccount account = new MemoryAccount("test", Long.MAX_VALUE);
    int pageSizeBytes = 1024;
    try (MemoryRegion work =
            MemoryRegion.allocate(account, EntryPageBuilder.workBytes(pageSizeBytes));
        MemoryRegion memory = MemoryRegion.allocate(account, pageSizeBytes)) {
      EntryPageBuilder builder = new EntryPageBuilder(work.address(), pageSizeBytes);
      for (int round = 0; round < 300; round++) {
        TreeMap<byte[], byte[]> tuples = new TreeMap<>(Arrays::compareUnsigned);
        byte[] common = new byte[2 + random.nextInt(30)];
        for (int i = 0; i < 60; i++) {
          int suffix = random.nextInt(shortest, longest + 1);
          byte[] key = Arrays.copyOf(common, common.length + suffix);
          for (int k = random.nextInt(4) == 0 ? 0 : common.length; k < key.length; k++) {
            key[k] = (byte) random.nextInt(4);
          }
          byte[] value = new byte[1 + random.nextInt(20)];
          random.nextBytes(value);
          tuples.put(key, value);
        }
        builder.start(PageKind.ENTRY_LEAF, 0, pageSizeBytes, EntryPageBuilder.Groups.NONE);
        PageMeasure measure = new PageMeasure(pageSizeBytes);
        TreeMap<byte[], byte[]> taken = new TreeMap<>(Arrays::compareUnsigned);
        for (var tuple : tuples.entrySet()) {
          byte[] key = tuple.getKey();
          byte[] value = tuple.getValue();
          NativeMemory.copyFromArray(key, 0, memory.address(), key.length);
          NativeMemory.copyFromArray(value, 0, memory.address() + 512, value.length);
          int used = builder.usedBytes();
          if (!builder.tryAppend(
              memory.address(), key.length, memory.address() + 512, value.length)) {
            assertEquals(used, builder.usedBytes(), "a tuple that does not fit changes nothing");
            break;
          }
          taken.put(key, value);
        }
        EntryPage page = new EntryPage().wrap(builder.page(), pageSizeBytes, 0);
        int padding = pageSizeBytes - page.freeBytes() - builder.usedBytes();
        assertTrue(padding >= 0 && padding <= taken.size() / 4, padding + " bytes of padding");
        assertEquals(taken.size(), page.slotCount());
        int prefixBytes =
            Arrays.mismatch(taken.firstKey(), taken.lastKey()) < 0
                ? taken.firstKey().length
                : Arrays.mismatch(taken.firstKey(), taken.lastKey());
        assertEquals(prefixBytes, page.prefixBytes());
        int slot = 0;
        for (var tuple : taken.entrySet()) {
          int suffixBytes = tuple.getKey().length - prefixBytes;
          measure.add(
              suffixBytes,
              suffixBytes == 0 || tuple.getKey()[tuple.getKey().length - 1] != 0,
              tuple.getValue().length);
          assertEquals(0, Arrays.compare(tuple.getKey(), page.key(slot)));
          assertEquals(slot, page.find(tuple.getKey(), tuple.getKey().length));
          assertEquals(tuple.getValue().length, page.valueBytes());
          slot++;
        }
        int room = pageSizeBytes - EntryPage.PREFIX - prefixBytes;
        assertEquals(measure.layout(room), page.layout());
        assertEquals(EntryPage.PREFIX + prefixBytes + measure.bytes(), builder.usedBytes());
        assertEquals(Page.upper(builder.page()), page.tupleEnd(page.slotCount()));
      }
    }
  }
}
