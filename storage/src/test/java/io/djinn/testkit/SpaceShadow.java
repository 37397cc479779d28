package io.djinn.testkit;

import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.space.ExtentListPage;
import io.djinn.space.SpacePage;
import io.djinn.space.SpaceRecords;
import io.djinn.wal.EditTable;
import io.djinn.wal.LogRecords;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.BufferUtil;

/**
 * Which pages the newest durable state does not use: from the log's records of this run, and for
 * pages it has not changed from the page file.
 */
final class SpaceShadow {
  private static final EditTable TABLE = new EditTable(new SpaceRecords());
  private static final int IMAGE = 1;

  /** Type and page number; tests of the log alone append less. */
  private static final int LEAST_BYTES = 6;

  /** Finds the bytes of a page in the file; 0 where there are none. */
  interface FilePages {
    long address(int pageNo);
  }

  private final List<byte[]> pending = new ArrayList<>();
  private final Map<Integer, List<byte[]>> records = new HashMap<>();
  private final Map<Integer, Long> lastBatches = new HashMap<>();
  private BitSet usable;
  private long usableFreedThrough;
  private long usablePageCount;

  /** Takes a record of a batch whose COMMIT is still to come. */
  void record(byte[] body, int length) {
    pending.add(java.util.Arrays.copyOf(body, length));
  }

  /** Takes the COMMIT of the records before. */
  void commit(long batch) {
    for (byte[] body : pending) {
      if (body.length < LEAST_BYTES) {
        continue;
      }
      boolean isImage = body[0] == IMAGE;
      int pageNo = ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).getInt(isImage ? 2 : 1);
      lastBatches.put(pageNo, batch);
      if (isImage) {
        records.put(pageNo, new ArrayList<>(List.of(body)));
      } else if (records.containsKey(pageNo)) {
        records.get(pageNo).add(body);
      }
    }
    pending.clear();
    usable = null;
  }

  /** The last durable batch of this run that changed a page; 0 for none. */
  long lastBatch(int pageNo) {
    return lastBatches.getOrDefault(pageNo, 0L);
  }

  /** Whether the log has images or edits of a page. */
  boolean has(int pageNo) {
    return records.containsKey(pageNo);
  }

  /** Whether the last record of a page is an image of these bytes. */
  boolean isLastImage(int pageNo, long page, int pageSizeBytes) {
    List<byte[]> bodies = records.get(pageNo);
    if (bodies == null || bodies.size() != 1) {
      return false;
    }
    long image = new Bytes(pageSizeBytes, no -> 0).page(pageNo);
    for (int at = 0; at < pageSizeBytes; at += Long.BYTES) {
      if (NativeMemory.getLong(image + at) != NativeMemory.getLong(page + at)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Why the newest durable state or an older one uses a page, or null where none does.
   *
   * @param freedThrough batch before the lower redo point of the two control slots
   * @param isLastImage whether redo would write what is written now
   */
  String use(
      int pageNo, int pageSizeBytes, long freedThrough, boolean isLastImage, FilePages file) {
    if (usable == null || usableFreedThrough != freedThrough) {
      read(pageSizeBytes, freedThrough, file);
    }
    if (pageNo < usablePageCount && !usable.get(pageNo)) {
      return "it is neither reserved by a build nor free since batch " + freedThrough;
    }
    if (lastBatch(pageNo) > freedThrough && !isLastImage) {
      return "batch " + lastBatch(pageNo) + " in the log writes it, redo begins at " + freedThrough;
    }
    return null;
  }

  private void read(int pageSizeBytes, long freedThrough, FilePages file) {
    Bytes bytes = new Bytes(pageSizeBytes, file);
    usable = new BitSet();
    usableFreedThrough = freedThrough;
    long page = bytes.page(SpacePage.PAGE_NO);
    if (page == 0 || Page.kind(page) != PageKind.SPACE.id()) {
      throw new AssertionError("the space page is not to be found");
    }
    usablePageCount = SpacePage.Field.PAGE_COUNT.get(page);
    int free = (int) SpacePage.Field.FREE_LIST.get(page);
    int builds = (int) SpacePage.Field.BUILD_LIST.get(page);
    addList(bytes, free, freedThrough);
    addList(bytes, builds, Long.MAX_VALUE);
  }

  private void addList(Bytes bytes, int head, long throughTag) {
    BitSet seen = new BitSet();
    for (int at = head; at != 0 && !seen.get(at); ) {
      seen.set(at);
      long page = bytes.page(at);
      if (page == 0 || Page.kind(page) != PageKind.EXTENT_LIST.id()) {
        throw new AssertionError("page " + at + " of a list of extents is not to be found");
      }
      for (int i = 0; i < ExtentListPage.count(page); i++) {
        if (ExtentListPage.tag(page, i) <= throughTag) {
          int first = ExtentListPage.firstPageNo(page, i);
          usable.set(first, first + ExtentListPage.pages(page, i));
        }
      }
      at = ExtentListPage.next(page);
    }
  }

  /** Pages put together from their records, one at a time. */
  private final class Bytes {
    private final int pageSizeBytes;
    private final FilePages file;
    private final LogRecords format;
    private final ByteBuffer pageBuffer;
    private final ByteBuffer bodyBuffer;

    Bytes(int pageSizeBytes, FilePages file) {
      this.pageSizeBytes = pageSizeBytes;
      this.file = file;
      format = new LogRecords(pageSizeBytes);
      pageBuffer = ByteBuffer.allocateDirect(pageSizeBytes);
      bodyBuffer = ByteBuffer.allocateDirect(io.djinn.wal.LogFormat.MAX_BODY_BYTES);
    }

    /** Address of a page's bytes until the next call; 0 where there are none. */
    long page(int pageNo) {
      long page = BufferUtil.address(pageBuffer);
      List<byte[]> bodies = records.get(pageNo);
      if (bodies == null) {
        long address = file.address(pageNo);
        if (address == 0) {
          return 0;
        }
        NativeMemory.copy(address, page, pageSizeBytes);
        return page;
      }
      long at = BufferUtil.address(bodyBuffer);
      for (byte[] body : bodies) {
        NativeMemory.copyFromArray(body, 0, at, body.length);
        if (LogRecords.isImage(at)) {
          format.applyImage(at, body.length, page);
        } else if (Page.kind(page) == PageKind.SPACE.id()
            || Page.kind(page) == PageKind.EXTENT_LIST.id()) {
          format.applyEdits(at, body.length, page, TABLE);
        }
      }
      return page;
    }
  }
}
