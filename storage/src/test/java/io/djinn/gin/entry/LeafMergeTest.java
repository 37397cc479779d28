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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LeafMergeTest {
  private static final int PAGE = 1024;
  private static final int PAGE_NO = 9;

  private final MemoryAccount account = new MemoryAccount("test", Long.MAX_VALUE);
  private final EntryRecords records = new EntryRecords();
  private MemoryRegion memory;
  private long page;
  private long scratch;
  private long arguments;
  private LeafMergeWriter writer;

  @BeforeEach
  void allocate() {
    memory = MemoryRegion.allocate(account, 16 * PAGE);
    page = memory.address();
    scratch = page + PAGE;
    arguments = page + 6 * PAGE;
    writer = new LeafMergeWriter(arguments, PAGE);
    EntryPage.format(page, PAGE, PAGE_NO, PageKind.ENTRY_LEAF, 0);
  }

  @AfterEach
  void free() {
    memory.close();
  }

  private EntryPage view() {
    return new EntryPage().wrap(page, PAGE, PAGE_NO);
  }

  private int find(byte[] key) {
    return view().find(key, key.length);
  }

  private void insert(byte[] key, byte[] value) {
    NativeMemory.copyFromArray(key, 0, scratch, key.length);
    NativeMemory.copyFromArray(value, 0, scratch + PAGE, value.length);
    writer.insert(~find(key), scratch, key.length, scratch + PAGE, value.length);
  }

  private void splice(byte[] key, byte[] value) {
    EntryPage view = view();
    int slot = find(key);
    view.slot(slot);
    NativeMemory.copyFromArray(value, 0, scratch, value.length);
    long hunks = scratch + PAGE;
    writer.splice(
        slot,
        hunks,
        ValueDifference.write(
            view.valueAddress(), view.valueBytes(), scratch, value.length, 0, hunks));
  }

  private void apply() {
    assertFalse(records.describe(EntryOp.MERGE.opCode(), arguments, writer.length()).isEmpty());
    records.apply(EntryOp.MERGE.opCode(), page, PAGE, arguments, writer.length());
  }

  private byte[] value(int slot) {
    EntryPage view = view();
    view.slot(slot);
    byte[] value = new byte[view.valueBytes()];
    NativeMemory.copyToArray(view.valueAddress(), value, 0, value.length);
    return value;
  }

  private byte[] bytes() {
    byte[] bytes = new byte[PAGE];
    NativeMemory.copyToArray(page, bytes, 0, PAGE);
    return bytes;
  }

  private void requireContent(Map<byte[], byte[]> model) {
    int slot = 0;
    for (Map.Entry<byte[], byte[]> entry : model.entrySet()) {
      assertArrayEquals(entry.getKey(), view().key(slot));
      assertArrayEquals(entry.getValue(), value(slot));
      slot++;
    }
    assertEquals(slot, view().slotCount());
    for (int at = Page.lower(page); at < Page.upper(page); at++) {
      assertEquals(0, NativeMemory.getByte(page + at), "the hole holds zeros");
    }
  }

  private byte[] key(RandomGenerator random) {
    int layout = Page.flags(page);
    int length = 1 + random.nextInt(20);
    byte[] key = new byte[SlotLayout.isEven(layout) ? SlotLayout.headBytes(layout) : length];
    for (int k = 0; k < key.length; k++) {
      key[k] = (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : 0);
    }
    return key;
  }

  /** Changes of some present keys and of new ones, in the writer and in the model. */
  private void changeSome(RandomGenerator random, TreeMap<byte[], byte[]> model) {
    TreeMap<byte[], byte[]> changes = new TreeMap<>(Arrays::compareUnsigned);
    int share = 2 + random.nextInt(20);
    for (int i = random.nextInt(1 + 16 / share); i > 0; i--) {
      changes.put(key(random), new byte[0]);
    }
    model.keySet().stream()
        .filter(key -> random.nextInt(share) == 0)
        .forEach(key -> changes.put(key, key));
    int free = view().freeBytes();
    writer.start();
    for (byte[] key : changes.keySet()) {
      byte[] value = new byte[1 + random.nextInt(60)];
      random.nextBytes(value);
      byte[] before = model.get(key);
      if (before != null && random.nextInt(3) == 0) {
        EntryPage view = view();
        int slot = find(key);
        writer.delete(slot);
        view.slot(slot);
        free += view.slotBytes() + view.tupleBytes();
        model.remove(key);
      } else if (before != null) {
        if (random.nextBoolean()) {
          value = Arrays.copyOf(before, Math.max(1, before.length + random.nextInt(-3, 4)));
          value[random.nextInt(value.length)]++;
        }
        if (value.length - before.length <= free) {
          splice(key, value);
          free -= value.length - before.length;
          model.put(key, value);
        }
      } else {
        int bytes = view().bytesWithSlot(key.length, value.length);
        if (bytes <= free) {
          insert(key, value);
          free -= bytes;
          model.put(key, value);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.djinn.gin.entry.EntryPageEditsTest#layouts")
  void randomChangesGiveWhatASortedMapGives(int layout) {
    RandomGenerator random = Seeds.random("LeafMergeTest " + layout);
    TreeMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
    Page.flags(page, layout);
    for (int i = 0; i < 2000; i++) {
      changeSome(random, model);
      if (!writer.isEmpty()) {
        apply();
      }
      requireContent(model);
    }
  }

  @Test
  void aMergeThatIsCutOffOrHasAnotherByteAppliesWhollyOrChangesNothing() {
    RandomGenerator random = Seeds.random("LeafMergeTest bytes");
    TreeMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
    int refused = 0;
    for (int round = 0; round < 60; round++) {
      if (round % 20 == 0) {
        EntryPage.format(page, PAGE, PAGE_NO, PageKind.ENTRY_LEAF, 0);
        Page.flags(
            page, new int[] {8, SlotLayout.marked(3, PAGE), SlotLayout.of(2, true)}[round / 20]);
        model.clear();
      }
      changeSome(random, model);
      if (writer.isEmpty()) {
        continue;
      }
      apply();
      byte[] before = bytes();
      changeSome(random, new TreeMap<>(model));
      byte[] good = new byte[writer.length()];
      NativeMemory.copyToArray(arguments, good, 0, good.length);
      for (int at = 0; at < good.length; at++) {
        for (int flip = 0; flip < 24; flip++) {
          byte[] bad = good.clone();
          bad[at] = (byte) (flip < 8 ? bad[at] ^ 1 << flip : random.nextInt(256));
          refused += tryApply(bad, before);
        }
        refused += tryApply(Arrays.copyOf(good, at), before);
      }
    }
    assertTrue(refused > 1_500, refused + " refused");
  }

  /** Applies arguments that stand at the end of their memory; 1 where they are refused. */
  private int tryApply(byte[] bad, byte[] before) {
    try (MemoryRegion alone = MemoryRegion.allocate(account, bad.length + 1L)) {
      NativeMemory.copyFromArray(bad, 0, alone.address(), bad.length);
      int opCode = EntryOp.MERGE.opCode();
      if (bad.length > 0) {
        assertFalse(records.describe(opCode, alone.address(), bad.length).isEmpty());
      }
      records.apply(opCode, page, PAGE, alone.address(), bad.length);
      view();
      for (int slot = 0; slot < view().slotCount(); slot++) {
        view().slot(slot);
        assertTrue(
            slot == 0 || Long.compareUnsigned(view().head(slot - 1), view().head(slot)) <= 0);
      }
      NativeMemory.copyFromArray(before, 0, page, PAGE);
      return 0;
    } catch (DjinnException e) {
      assertArrayEquals(before, bytes(), "what is refused changes nothing");
      return 1;
    }
  }

  @Test
  void changesThatDoNotFitTheLeafAreRefused() {
    writer.start();
    insert(new byte[] {5}, new byte[300]);
    apply();
    byte[] before = bytes();
    writer.start();
    insert(new byte[] {4}, new byte[300]);
    insert(new byte[] {6}, new byte[400]);
    assertThrows(CorruptPageException.class, this::apply);
    writer.start();
    writer.delete(1);
    assertThrows(CorruptPageException.class, this::apply);
    writer.start();
    insert(new byte[] {6}, new byte[3]);
    writer.delete(3);
    assertThrows(CorruptPageException.class, this::apply);
    assertArrayEquals(before, bytes());
    Page.format(page, PAGE, PAGE_NO, PageKind.ENTRY_INNER.id(), 1);
    EntryPage.clear(page);
    writer.start();
    writer.insert(0, scratch, 1, scratch, 4);
    assertThrows(CorruptPageException.class, this::apply);
  }

  @Test
  void hunksThatGrowTheValueBeforeTheyShrinkItFitAFullPage() {
    TreeMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
    model.put(new byte[] {1}, new byte[300]);
    model.put(new byte[] {2}, new byte[600]);
    writer.start();
    model.forEach(this::insert);
    apply();
    byte[] added = new byte[100];
    Arrays.fill(added, (byte) 7);
    long at = LengthField.write(arguments, LeafMerge.SPLICE);
    for (int number : new int[] {2, 0, 0, added.length}) {
      at = LengthField.write(at, number);
    }
    NativeMemory.copyFromArray(added, 0, at, added.length);
    at += added.length;
    for (int number : new int[] {0, added.length, 0}) {
      at = LengthField.write(at, number);
    }
    int length = (int) (at - arguments);
    records.apply(EntryOp.MERGE.opCode(), page, PAGE, arguments, length);
    System.arraycopy(added, 0, model.get(new byte[] {1}), 0, added.length);
    requireContent(model);
  }

  @Test
  void changesOfKeysOutOfOrderAreNotWritten() {
    writer.start();
    insert(new byte[] {3}, new byte[3]);
    assertThrows(IllegalArgumentException.class, () -> insert(new byte[] {3}, new byte[3]));
    assertThrows(IllegalArgumentException.class, () -> insert(new byte[] {2}, new byte[3]));
    apply();
    writer.start();
    writer.delete(0);
    assertThrows(IllegalArgumentException.class, () -> writer.delete(0));
    assertThrows(IllegalArgumentException.class, () -> insert(new byte[] {2}, new byte[3]));
  }

  @Test
  void anyChangesOfAnyPageThrowOrApply() {
    RandomGenerator random = Seeds.random("LeafMergeTest fuzz");
    writer.start();
    for (int i = 0; i < 20; i++) {
      insert(new byte[] {(byte) i, 1, 2, 3, 4, 5, 6, 7, 8, 9}, new byte[] {1, 2, 3, 4});
      apply();
      writer.start();
    }
    byte[] good = bytes();
    byte[] noise = new byte[64];
    int applied = 0;
    for (int i = 0; i < 50_000; i++) {
      NativeMemory.copyFromArray(good, 0, page, PAGE);
      for (int flips = random.nextInt(4); flips > 0; flips--) {
        int at = random.nextInt(3) == 0 ? random.nextInt(PAGE) : 24 + random.nextInt(60);
        NativeMemory.putByte(page + at, random.nextInt(256));
      }
      int length = 1 + random.nextInt(noise.length);
      for (int at = 0; at < length; at++) {
        noise[at] = (byte) (random.nextInt(4) == 0 ? random.nextInt(256) : random.nextInt(12));
      }
      NativeMemory.copyFromArray(noise, 0, arguments, length);
      byte[] before = bytes();
      try {
        records.apply(EntryOp.MERGE.opCode(), page, PAGE, arguments, length);
        assertTrue(Page.upper(page) <= PAGE && Page.lower(page) <= Page.upper(page));
        applied++;
      } catch (DjinnException e) {
        assertArrayEquals(before, bytes());
      }
    }
    assertTrue(applied > 100, applied + " applied");
  }

  @Test
  void aMergeOfManyTuplesIsShorterThanTheirSplices() {
    List<byte[]> keys = new ArrayList<>();
    writer.start();
    for (int i = 0; i < 20; i++) {
      byte[] key = {(byte) i};
      keys.add(key);
      insert(key, new byte[20]);
    }
    apply();
    writer.start();
    for (byte[] key : keys) {
      byte[] value = new byte[21];
      value[20] = 1;
      splice(key, value);
    }
    assertEquals(20 * (1 + 1 + 3 + 1), writer.length());
    apply();
    assertEquals(20, view().slotCount());
  }

  @Test
  void insertsBeforeOneTupleComeInOrderWhetherFewOrMany() {
    for (int inserts : new int[] {2, 9}) {
      for (int wrong = 1; wrong < inserts; wrong++) {
        EntryPage.format(page, PAGE, PAGE_NO, PageKind.ENTRY_LEAF, 0);
        byte[] before = bytes();
        int length = 0;
        for (int i = 0; i < inserts; i++) {
          byte[] insert = {LeafMerge.INSERT, 1, 1, (byte) (i == wrong ? 1 : 10 + i), 7};
          NativeMemory.copyFromArray(insert, 0, arguments + length, insert.length);
          length += insert.length;
        }
        int all = length;
        assertThrows(
            CorruptPageException.class,
            () -> records.apply(EntryOp.MERGE.opCode(), page, PAGE, arguments, all));
        assertArrayEquals(before, bytes());
      }
    }
  }

  @Test
  void aMergeRefusesALeafWithATupleOutOfItsPlace() {
    for (int i = 0; i < 20; i++) {
      writer.start();
      insert(new byte[] {(byte) i}, new byte[] {1, 2, 3});
      apply();
    }
    byte[] good = bytes();
    writer.start();
    for (int slot = 0; slot < 16; slot += 2) {
      writer.delete(slot);
    }
    for (int slot : new int[] {1, 15, 17, 19}) {
      long field = view().slotAddress(slot);
      for (int offset : new int[] {0, Page.upper(page) - 1, PAGE - 3, PAGE, 0xFFFF}) {
        NativeMemory.copyFromArray(good, 0, page, PAGE);
        NativeMemory.putShort(field, offset);
        assertRefusedUnchanged();
      }
    }
  }

  private void assertRefusedUnchanged() {
    byte[] before = bytes();
    assertThrows(CorruptPageException.class, this::apply);
    assertArrayEquals(before, bytes());
  }
}
