package io.djinn.gin.posting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.djinn.error.DjinnException;
import io.djinn.memory.NativeMemory;
import io.djinn.page.PageKind;
import io.djinn.testkit.MemoryPages;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class PostingFormatTest {
  private static String hex(long address, int length) {
    byte[] bytes = new byte[length];
    NativeMemory.copyToArray(address, bytes, 0, length);
    return HexFormat.of().formatHex(bytes);
  }

  @Test
  void fieldsStandWhereTheFormatSays() {
    assertEquals(32, PostingLeafPage.TID_COUNT);
    assertEquals(36, PostingLeafPage.LIST);
    assertEquals(32, PostingInnerPage.ENTRIES);
    assertEquals(10, PostingInnerPage.ENTRY_BYTES);
    assertEquals(1, Segment.FIRST_TID);
    assertEquals(2, Segment.MIN_BYTES);
    assertEquals(7, Segment.MAX_SINGLE_BYTES);
    assertEquals(5, Segment.FIRST_TID_BYTES_SHIFT);
    assertEquals(8, Segment.FEW);
    assertEquals(9, Segment.MAX_FEW_TIDS);
    assertEquals(19, PageKind.POSTING_LEAF.id());
    assertEquals(20, PageKind.POSTING_INNER.id());
  }

  @Test
  void opCodesAreNeverReused() {
    assertEquals(32, PostingRecords.Op.LEAF_INSERT.code);
    assertEquals(33, PostingRecords.Op.LEAF_REMOVE.code);
    assertEquals(34, PostingRecords.Op.INNER_INSERT.code);
    assertEquals(35, PostingRecords.Op.INNER_DELETE.code);
    assertEquals(36, PostingRecords.Op.REST_REMOVE.code);
    assertThrows(DjinnException.class, () -> new PostingRecords().apply(37, 0, 512, 0, 0));
  }

  @Test
  void segmentsLookAsTheyAlwaysDid() {
    PostingList list = new PostingList();
    try (GuardedBytes bytes = new GuardedBytes(4096)) {
      assertSegment(list, bytes, "c0bc9a78563412", 0x123456789ABCL);
      assertSegment(list, bytes, "40ffff", 0xFFFF);
      assertSegment(list, bytes, "1fffff", 0x1F_FFFF);
      assertSegment(list, bytes, "60000020", 0x20_0000);
      assertSegment(list, bytes, "e0563412", 0x112_3456);
      assertSegment(list, bytes, "fe563412", 0x1F12_3456);
      assertSegment(list, bytes, "2805a602", 5, 300);
      long[] run = new long[20];
      long[] steps = new long[40];
      for (int i = 0; i < run.length; i++) {
        run[i] = 100 + i;
      }
      for (int i = 0; i < steps.length; i++) {
        steps[i] = 10L * i + i * i % 7 + (i > 30 ? 1L << 30 : 0);
      }
      assertSegment(list, bytes, "2264140400ffff07", run);
      assertSegment(
          list,
          bytes,
          "8200000000281f43011e80808040e233437c6688cf0cf199213e33c4075aabb55aabb55aab05",
          steps);
    }
  }

  private static void assertSegment(
      PostingList list, GuardedBytes bytes, String expected, long... tids) {
    int length = list.encode(tids, tids.length, bytes.address(), 4096);
    assertEquals(expected, hex(bytes.address(), length));
  }

  @Test
  void pagesLookAsTheyAlwaysDid() {
    try (MemoryPages pages = new MemoryPages(512, new PostingRecords())) {
      PostingTree tree = new PostingTree();
      int root = tree.create(pages, 0, 0);
      tree.insert(pages, root, new long[] {1, 2, 500}, 0, 3);
      pages.commit();
      assertEquals(
          "0000000013000000010000000000000001000000290000000002000000000000"
              + "03000000290100f1030000000000000000000000000000000000000000000000",
          hex(pages.page(root), 64));
      long[] tids = new long[400];
      for (int i = 0; i < tids.length; i++) {
        tids[i] = 1000L * i * i;
      }
      tree.insert(pages, root, tids, 0, tids.length);
      pages.commit();
      assertEquals(
          "00000000140100000200000000000000010000003e0000000002000000000000"
              + "0000000000000200000000803202000003000000006812080000040000000000",
          hex(pages.page(root), 64));
    }
  }
}
