package io.djinn.gin.entry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.CorruptPageException;
import io.djinn.error.DjinnException;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EntryPageEditsTest {
  private static final int PAGE = 1024;
  private static final int PAGE_NO = 9;

  private final MemoryAccount account = new MemoryAccount("test", Long.MAX_VALUE);
  private final EntryRecords records = new EntryRecords();
  private MemoryRegion memory;
  private long page;
  private long arguments;
  private long scratch;

  @BeforeEach
  void allocate() {
    memory = MemoryRegion.allocate(account, 8 * PAGE);
    page = memory.address();
    arguments = page + PAGE;
    scratch = arguments + 2 * PAGE;
    EntryPage.format(page, PAGE, PAGE_NO, PageKind.ENTRY_LEAF, 0);
  }

  @AfterEach
  void free() {
    memory.close();
  }

  private EntryPage view() {
    return new EntryPage().wrap(page, PAGE, PAGE_NO);
  }

  private void insert(int slot, byte[] key, byte[] value) {
    NativeMemory.copyFromArray(key, 0, scratch, key.length);
    NativeMemory.copyFromArray(value, 0, scratch + PAGE, value.length);
    int length =
        EntryRecords.putInsert(arguments, slot, scratch, key.length, scratch + PAGE, value.length);
    apply(EntryOp.INSERT, length);
  }

  private void replace(int slot, byte[] value) {
    EntryPage view = view();
    view.slot(slot);
    NativeMemory.copyFromArray(value, 0, scratch, value.length);
    int offset = (int) (view.valueAddress() - view.tupleAddress());
    long hunks = EntryRecords.spliceHunks(arguments);
    long end =
        ValueDifference.write(
            view.valueAddress(), view.valueBytes(), scratch, value.length, offset, hunks);
    assertTrue(end - hunks <= ValueDifference.maxHunksBytes(value.length));
    NativeMemory.putShort(arguments, slot);
    apply(EntryOp.SPLICE, (int) (end - arguments));
  }

  private void delete(int slot) {
    NativeMemory.putShort(arguments, slot);
    apply(EntryOp.DELETE, 2);
  }

  private void apply(EntryOp op, int length) {
    assertFalse(records.describe(op.opCode(), arguments, length).isEmpty());
    records.apply(op.opCode(), page, PAGE, arguments, length);
  }

  private byte[] value(int slot) {
    EntryPage view = view();
    view.slot(slot);
    byte[] value = new byte[view.valueBytes()];
    NativeMemory.copyToArray(view.valueAddress(), value, 0, value.length);
    return value;
  }

  @Test
  void theLayoutIsPinned() {
    assertEquals(32, EntryPage.SLOT_COUNT);
    assertEquals(34, EntryPage.PREFIX_BYTES);
    assertEquals(36, EntryPage.LEFTMOST);
    assertEquals(40, EntryPage.PREFIX);
    assertEquals(2, SlotLayout.HEAD);
    assertEquals(10, SlotLayout.MAX_SLOT_BYTES);
    assertEquals(5, SlotLayout.of(5, false));
    assertEquals(21, SlotLayout.of(5, true));
    assertEquals(69, SlotLayout.marked(SlotLayout.of(5, false), 16 << 10));
    assertEquals(5, SlotLayout.marked(SlotLayout.of(5, false), 32 << 10));
    assertEquals(101, SlotLayout.marked(SlotLayout.ofGrouped(5), 8 << 10));
    assertEquals(8, SlotLayout.OF_EMPTY_PAGE);
    assertEquals(11, LeafValue.TREE_BYTES);
    assertEquals(120, GinMetaPage.END);
    assertEquals(48, EntryOp.INSERT.opCode());
    assertEquals(49, EntryOp.SPLICE.opCode());
    assertEquals(50, EntryOp.DELETE.opCode());
    assertEquals(51, EntryOp.LEFTMOST.opCode());
    assertEquals(52, EntryOp.MERGE.opCode());
  }

  /** Layouts of pages: heads of all widths, with and without marks, even ones last. */
  static IntStream layouts() {
    return IntStream.concat(
        IntStream.rangeClosed(0, 8)
            .flatMap(w -> IntStream.of(w, SlotLayout.marked(SlotLayout.of(w, false), PAGE))),
        IntStream.rangeClosed(1, 8).map(w -> SlotLayout.of(w, true)));
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void randomEditsGiveWhatASortedMapGives(int layout) {
    RandomGenerator random = Seeds.random("EntryPageEditsTest " + layout);
    TreeMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
    Page.flags(page, layout);
    for (int i = 0; i < 3000; i++) {
      int length = 1 + random.nextInt(20);
      byte[] key = new byte[SlotLayout.isEven(layout) ? SlotLayout.headBytes(layout) : length];
      for (int k = 0; k < key.length; k++) {
        key[k] = (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : 0);
      }
      byte[] value = new byte[1 + random.nextInt(60)];
      random.nextBytes(value);
      NativeMemory.copyFromArray(key, 0, scratch, key.length);
      int found = view().find(scratch, key.length);
      assertEquals(found, view().find(key, key.length), "both ways to give a key");
      assertEquals(model.containsKey(key), found >= 0);
      int room = view().freeBytes();
      if (random.nextInt(3) == 0 && !model.isEmpty()) {
        int slot = random.nextInt(model.size());
        byte[] present = view().key(slot);
        if (random.nextBoolean()) {
          delete(slot);
          model.remove(present);
        } else if (value.length - value(slot).length <= room) {
          byte[] changed = random.nextBoolean() ? value : similar(random, value(slot), room);
          replace(slot, changed);
          model.put(present, changed);
        }
      } else if (found < 0 && view().bytesWithSlot(key.length, value.length) <= room) {
        insert(~found, key, value);
        model.put(key, value);
      }
      assertEquals(model.size(), view().slotCount());
    }
    int slot = 0;
    for (var entry : model.entrySet()) {
      assertArrayEquals(entry.getKey(), view().key(slot));
      assertArrayEquals(entry.getValue(), value(slot));
      assertFalse(view().hasNeedlessLength(slot));
      slot++;
    }
    for (int at = Page.lower(page); at < Page.upper(page); at++) {
      assertEquals(0, NativeMemory.getByte(page + at), "the hole holds zeros");
    }
  }

  @Test
  void aKeyOfAnotherLengthIsRefusedByAnEvenPage() {
    Page.flags(page, SlotLayout.of(3, true));
    insert(0, new byte[] {1, 2, 3}, new byte[] {9});
    byte[] before = bytes();
    assertThrows(CorruptPageException.class, () -> insert(1, new byte[] {2, 3}, new byte[] {9}));
    assertThrows(
        CorruptPageException.class, () -> insert(1, new byte[] {2, 3, 4, 5}, new byte[] {9}));
    assertArrayEquals(before, bytes());
    NativeMemory.copyFromArray(new byte[] {1, 2, 3, 4}, 0, scratch, 4);
    assertTrue(view().takes(scratch, 3) && !view().takes(scratch, 2) && !view().takes(scratch, 4));
    assertEquals(~1, view().find(scratch, 4), "a longer key comes behind its beginning");
    assertEquals(~0, view().find(scratch, 2));
  }

  @Test
  void noLayoutButThoseThereAreIsTaken() {
    for (int layout = 0; layout < 1 << 16; layout++) {
      Page.flags(page, layout);
      boolean isEvenOrNot = layout <= 0x1F;
      boolean isMarked = layout >= 0x40 && layout <= 0x4F;
      if ((layout & 0x0F) <= 8 && (isEvenOrNot || isMarked)) {
        assertEquals(layout, view().layout());
      } else {
        assertThrows(CorruptPageException.class, this::view);
      }
    }
  }

  /** The value with some bytes changed here and there and some more or fewer at its end. */
  private static byte[] similar(RandomGenerator random, byte[] value, int room) {
    int most = Math.min(room, 10);
    byte[] changed = Arrays.copyOf(value, Math.max(1, value.length + random.nextInt(-5, most + 1)));
    for (int i = 0; i < 3; i++) {
      changed[random.nextInt(changed.length)] ^= (byte) random.nextInt(2);
    }
    return changed;
  }

  @Test
  void aSmallChangeOfALongValueIsASmallSplice() {
    byte[] value = new byte[300];
    Arrays.fill(value, (byte) 7);
    insert(0, new byte[] {1}, value);
    byte[] changed = Arrays.copyOf(value, 302);
    changed[1] = 8;
    NativeMemory.copyFromArray(changed, 0, scratch, changed.length);
    EntryPage view = view();
    view.slot(0);
    long end = ValueDifference.write(view.valueAddress(), 300, scratch, 302, 0, arguments);
    assertEquals(2 * EntryRecords.HUNK_BYTES + 1 + 2, end - arguments);
  }

  @Test
  void editsThatDoNotFitThrowAndChangeNothing() {
    insert(0, new byte[] {5}, new byte[100]);
    byte[] before = bytes();
    assertThrows(CorruptPageException.class, () -> insert(2, new byte[] {6}, new byte[3]));
    assertThrows(CorruptPageException.class, () -> insert(1, new byte[] {4}, new byte[3]));
    assertThrows(CorruptPageException.class, () -> insert(0, new byte[] {6}, new byte[3]));
    assertThrows(CorruptPageException.class, () -> insert(1, new byte[] {6}, new byte[900]));
    assertThrows(CorruptPageException.class, () -> delete(1));
    assertThrows(CorruptPageException.class, () -> replace(0, new byte[990]));
    NativeMemory.putInt(arguments, 7);
    assertThrows(CorruptPageException.class, () -> apply(EntryOp.LEFTMOST, 4));
    assertThrows(DjinnException.class, () -> apply(EntryOp.DELETE, 3));
    assertThrows(DjinnException.class, () -> records.apply(60, page, PAGE, arguments, 4));
    assertArrayEquals(before, bytes());
  }

  private byte[] bytes() {
    byte[] bytes = new byte[PAGE];
    NativeMemory.copyToArray(page, bytes, 0, PAGE);
    return bytes;
  }

  @Test
  void anyArgumentsOnAnyPageThrowOrApply() {
    RandomGenerator random = Seeds.random("EntryPageEditsTest fuzz");
    for (int i = 0; i < 20; i++) {
      insert(i, new byte[] {(byte) i, 1, 2, 3, 4, 5, 6, 7, 8, 9}, new byte[] {1, 2, 3, 4});
    }
    byte[] good = bytes();
    byte[] noise = new byte[64];
    for (int i = 0; i < 50_000; i++) {
      NativeMemory.copyFromArray(good, 0, page, PAGE);
      for (int flips = random.nextInt(4); flips > 0; flips--) {
        int at = random.nextInt(3) == 0 ? random.nextInt(PAGE) : 24 + random.nextInt(60);
        NativeMemory.putByte(page + at, random.nextInt(256));
      }
      for (int at = 0; at < noise.length; at++) {
        noise[at] = (byte) (random.nextBoolean() ? random.nextInt(256) : random.nextInt(4));
      }
      NativeMemory.copyFromArray(noise, 0, arguments, noise.length);
      EntryOp op = EntryOp.values()[random.nextInt(EntryOp.values().length)];
      try {
        records.apply(op.opCode(), page, PAGE, arguments, random.nextInt(noise.length));
        assertTrue(Page.upper(page) <= PAGE && Page.lower(page) <= Page.upper(page));
      } catch (DjinnException e) {
        assertFalse(e.getMessage().isEmpty());
      }
    }
  }
}
