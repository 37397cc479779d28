package io.djinn.verify;

import io.djinn.error.CorruptPageException;
import io.djinn.gin.entry.EntryKeys;
import io.djinn.gin.entry.EntryTreeVerifier;
import io.djinn.gin.entry.GinMetaPage;
import io.djinn.gin.pending.PendingPage;
import io.djinn.gin.pending.PendingRow;
import io.djinn.opclass.GinQuery;
import io.djinn.page.PageReader;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/** Checks the pending list of an index whole, and recounts what the metapage says of it. */
final class PendingListVerifier {
  private final PageReader reader;
  private final List<String> problems;
  private final IntConsumer reached;
  private final EntryTreeVerifier.TidVisitor payloads;
  private final PendingRow row = new PendingRow();
  private byte[] keyBefore = new byte[0];
  private long pages;
  private long rows;
  private long bytes;
  private boolean isFirstRecord = true;

  /**
   * @param problems takes what is found wrong
   * @param reached takes the number of each page of the list
   * @param payloads takes each payload with its key and TID, or null
   */
  PendingListVerifier(
      PageReader reader,
      List<String> problems,
      IntConsumer reached,
      EntryTreeVerifier.TidVisitor payloads) {
    this.reader = reader;
    this.problems = problems;
    this.reached = reached;
    this.payloads = payloads;
  }

  void verify(int metaPageNo) {
    try {
      GinMetaPage meta = new GinMetaPage().read(reader, metaPageNo);
      walk(meta.pendingHead(), meta.pendingTail(), meta.frozenTail(), meta.isMerged());
      meta.read(reader, metaPageNo);
      compare(metaPageNo, "pendingPages", meta.pendingPages(), pages);
      compare(metaPageNo, "pendingRows", meta.pendingRows(), rows);
      compare(metaPageNo, "pendingBytes", meta.pendingBytes(), bytes);
    } catch (CorruptPageException e) {
      problems.add(e.getMessage());
    }
  }

  private void walk(int head, int tail, int frozenTail, boolean isMerged) {
    boolean isCounted = !isMerged;
    boolean isFrozenTailMet = frozenTail == 0;
    long sequence = 0;
    int last = 0;
    for (int pageNo = head; pageNo != 0; ) {
      long page = reader.page(pageNo);
      PendingPage.check(page, pageNo, reader.pageSizeBytes());
      long found = PendingPage.sequence(page);
      if (sequence != 0 && found != sequence + 1) {
        // A list that leads back would never end.
        problem(pageNo, "sequence " + found + ", expected " + (sequence + 1));
        return;
      }
      sequence = found;
      reached.accept(pageNo);
      pages++;
      examine(page, pageNo, isCounted);
      last = pageNo;
      if (pageNo == frozenTail) {
        isFrozenTailMet = true;
        isCounted = true;
      }
      pageNo = PendingPage.next(reader.page(pageNo));
    }
    if (last != tail) {
      problem(last, "is the last page, but pendingTail is " + tail);
    }
    if (!isFrozenTailMet) {
      problem(frozenTail, "is frozenTail, but no page of the list");
    }
  }

  private void examine(long page, int pageNo, boolean isCounted) {
    if (isCounted) {
      bytes += PendingPage.recordBytes(page);
    }
    int limit = EntryKeys.maxKeyBytes(reader.pageSizeBytes());
    PendingPage.forEach(
        page,
        pageNo,
        reader.pageSizeBytes(),
        (record, length) -> {
          row.wrap(record, length);
          // Of merged rows some pages may be free already; the others begin with a whole row.
          if (row.isContinued() && isFirstRecord && isCounted) {
            problem(pageNo, "the first record of the list goes on with a row");
          }
          isFirstRecord &= !isCounted;
          rows += isCounted && !row.isContinued() ? 1 : 0;
          if (!row.isContinued()) {
            keyBefore = new byte[0];
          }
          boolean isAny = false;
          while (row.nextKey()) {
            isAny = true;
            examineKey(pageNo, limit);
          }
          if (!isAny) {
            problem(pageNo, "a record of TID " + row.tid() + " without keys");
          }
        });
  }

  private void examineKey(int pageNo, int limit) {
    byte[] key = Arrays.copyOf(row.key(), row.keyLength());
    if (key.length > limit) {
      problem(pageNo, "a key of " + key.length + " bytes, the limit is " + limit);
    }
    if ((key[1] & 0xFF) > GinQuery.NULL_ITEM) {
      problem(pageNo, "a key of category " + (key[1] & 0xFF));
    }
    if (Arrays.compareUnsigned(keyBefore, key) >= 0) {
      problem(pageNo, "keys of TID " + row.tid() + " do not ascend: " + EntryKeys.describe(key));
    }
    keyBefore = key;
    if (payloads != null && row.hasPayload()) {
      payloads.tid(key, row.tid(), row.payload());
    }
  }

  private void compare(int metaPageNo, String name, long found, long expected) {
    if (found != expected) {
      problem(metaPageNo, name + " is " + found + ", counted " + expected);
    }
  }

  private void problem(int pageNo, String detail) {
    problems.add("page " + pageNo + ": " + detail);
  }
}
