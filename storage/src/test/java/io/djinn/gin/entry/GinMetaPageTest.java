package io.djinn.gin.entry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.error.CorruptPageException;
import io.djinn.error.DjinnException;
import io.djinn.error.FormatVersionException;
import io.djinn.gin.entry.GinCounts.Field;
import io.djinn.memory.NativeMemory;
import io.djinn.testkit.MemoryPages;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GinMetaPageTest {
  private final EntryTreeFixture index = new EntryTreeFixture(512);
  private final MemoryPages pages = index.pages();
  private final int metaPageNo = index.metaPageNo();

  @AfterEach
  void close() {
    index.close();
  }

  private void add(GinCounts counts) {
    long scratch = pages.page(index.root()) + 256;
    byte[] keep = new byte[GinMetaRecords.MAX_ARGUMENT_BYTES];
    NativeMemory.copyToArray(scratch, keep, 0, keep.length);
    try {
      GinMetaPage.add(pages, metaPageNo, counts, scratch);
    } finally {
      NativeMemory.copyFromArray(keep, 0, scratch, keep.length);
    }
  }

  @Test
  void differencesChangeTheirCountsAndTheTotal() {
    GinCounts counts = new GinCounts();
    counts.add(Field.KEYS, 5);
    counts.add(Field.POSTING_PAGES, 3);
    counts.add(Field.PENDING_PAGES, 2);
    counts.add(Field.PENDING_BYTES, 700);
    add(counts);
    pages.commit();
    assertEquals(5, index.meta().keys());
    assertEquals(1, index.meta().entryPages());
    assertEquals(3, index.meta().postingPages());
    assertEquals(2, index.meta().pendingPages());
    assertEquals(700, index.meta().pendingBytes());
    assertEquals(7, index.meta().totalPages());
    counts.clear();
    counts.add(Field.KEYS, -5);
    counts.add(Field.POSTING_PAGES, -3);
    add(counts);
    pages.commit();
    assertEquals(0, index.meta().keys());
    assertEquals(4, index.meta().totalPages());
    pages.assertRedoEqualsDo();
    assertTrue(pages.describeLog().contains("gin metapage postingPages -3 keys -5"));
  }

  @Test
  void noDifferenceIsNotLogged() {
    int before = pages.logRecords();
    add(new GinCounts());
    pages.commit();
    assertEquals(before, pages.logRecords());
  }

  @Test
  void aCountThatWouldBecomeNegativeIsRefusedAndNothingChanged() {
    GinCounts counts = new GinCounts();
    counts.add(Field.ENTRY_PAGES, 4);
    counts.add(Field.TIDS, -1);
    assertThrows(CorruptPageException.class, () -> add(counts));
    assertEquals(1, index.meta().entryPages());
    assertEquals(2, index.meta().totalPages());
  }

  @Test
  void anotherFormatVersionIsRefusedByName() {
    long page = pages.page(metaPageNo);
    for (int version = 0; version <= GinMetaPage.FORMAT_VERSION + 1; version++) {
      if (version != GinMetaPage.FORMAT_VERSION) {
        NativeMemory.putInt(page + GinMetaPage.FORMAT_VERSION_FIELD, version);
        FormatVersionException e = assertThrows(FormatVersionException.class, index::meta);
        assertTrue(e.getMessage().contains("GIN format version " + version), e.getMessage());
      }
    }
    NativeMemory.putInt(page + GinMetaPage.FORMAT_VERSION_FIELD, GinMetaPage.FORMAT_VERSION);
    NativeMemory.putInt(page + GinMetaPage.ROOT, 0);
    assertThrows(CorruptPageException.class, index::meta);
  }

  @Test
  void argumentsThatAreNoRecordAreRefused() {
    long page = pages.page(metaPageNo);
    GinMetaRecords records = new GinMetaRecords();
    long arguments = pages.page(index.root()) + 256;
    for (int length : new int[] {0, 1, 8, 9, 17}) {
      NativeMemory.putByte(arguments, length == 9 ? 3 : 1);
      assertThrows(
          DjinnException.class,
          () ->
              records.apply(
                  64, page, 512, arguments, length == 9 ? 9 : length == 17 ? 17 : length));
    }
    assertThrows(DjinnException.class, () -> records.apply(65, page, 512, arguments, 9));
  }

  @Test
  void aDumpNamesTheFieldsOfEachPageKind() {
    for (int i = 0; i < 200; i++) {
      index.insert(EntryKeys.compose(1, 0, new byte[] {7, (byte) (i >> 4), (byte) i}), i);
    }
    index.insert(
        EntryKeys.compose(1, 0, new byte[] {7, 0, 0}),
        Seeds.random("dump").longs(500, 0, 1L << 40).sorted().distinct().toArray());
    index.commit();
    StringBuilder words = new StringBuilder();
    EntryPageDump.metaPage(pages.page(metaPageNo), metaPageNo, words);
    for (int pageNo : pages.pageNumbers()) {
      int kind = io.djinn.page.Page.kind(pages.page(pageNo));
      if (kind == io.djinn.page.PageKind.ENTRY_LEAF.id()
          || kind == io.djinn.page.PageKind.ENTRY_INNER.id()) {
        EntryPageDump.entryPage(pages.page(pageNo), 512, pageNo, words);
      }
    }
    String text = words.toString();
    assertTrue(text.contains("\n  keys 200\n"), text);
    assertTrue(text.contains("column 1 category 0 key 070111 1 TIDs in a list of 2 bytes"), text);
    assertTrue(text.contains("TIDs in posting tree of root page"), text);
    assertTrue(text.contains("leftmost -> page"), text);
  }
}
