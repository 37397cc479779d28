package io.djinn.gin.entry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.gin.posting.PostingRecords;
import io.djinn.memory.ByteStrings;
import io.djinn.memory.MemoryAccount;
import io.djinn.memory.MemoryRegion;
import io.djinn.memory.NativeMemory;
import io.djinn.page.Page;
import io.djinn.page.PageKind;
import io.djinn.testkit.MemoryPages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A GIN index over pages in memory beside its model, a sorted map of keys to sorted TIDs: each
 * change goes to both, and the results are compared.
 */
public final class EntryTreeFixture implements AutoCloseable {
  private final MemoryAccount account = new MemoryAccount("fixture", Long.MAX_VALUE);
  private final MemoryRegion work;
  private final MemoryRegion key;
  private final GinCounts counts = new GinCounts();
  private final EntryTree tree;
  private final MemoryPages pages;
  private final int metaPageNo;
  private final TreeMap<byte[], TreeSet<Long>> model = new TreeMap<>(Arrays::compareUnsigned);

  public EntryTreeFixture(int pageSizeBytes) {
    work = MemoryRegion.allocate(account, EntryTree.workBytes(pageSizeBytes));
    key = MemoryRegion.allocate(account, pageSizeBytes + GinMetaRecords.MAX_ARGUMENT_BYTES);
    tree = new EntryTree(work.address(), pageSizeBytes, counts);
    pages =
        new MemoryPages(
            pageSizeBytes, new EntryRecords(), new GinMetaRecords(), new PostingRecords());
    metaPageNo = GinMetaPage.create(pages);
    pages.commit();
  }

  public MemoryPages pages() {
    return pages;
  }

  public int metaPageNo() {
    return metaPageNo;
  }

  public int root() {
    return meta().root();
  }

  public GinMetaPage meta() {
    return new GinMetaPage().read(pages, metaPageNo);
  }

  public Map<byte[], TreeSet<Long>> model() {
    return model;
  }

  /** Gives the index other content, as a bulk load does. */
  public void load(int root, GinCounts loaded, Map<byte[], TreeSet<Long>> content) {
    GinMetaPage.format(pages.rewrite(metaPageNo), root, loaded);
    pages.commit();
    model.clear();
    model.putAll(content);
  }

  public void insert(byte[] composite, long... tids) {
    TreeSet<Long> expected = model.computeIfAbsent(composite, k -> new TreeSet<>());
    int added = 0;
    for (long tid : tids) {
      added += expected.add(tid) ? 1 : 0;
    }
    NativeMemory.copyFromArray(composite, 0, key.address(), composite.length);
    int found = tree.insert(pages, root(), key.address(), composite.length, tids, 0, tids.length);
    assertEquals(added, found, "TIDs added");
  }

  /** Inserts one TID with its payload. */
  public void insert(byte[] composite, long tid, byte[] payload) {
    boolean isNew = model.computeIfAbsent(composite, k -> new TreeSet<>()).add(tid);
    ByteStrings payloads = new ByteStrings();
    payloads.add(payload, 0, payload.length);
    NativeMemory.copyFromArray(composite, 0, key.address(), composite.length);
    int length = composite.length;
    long[] one = {tid};
    int found = tree.insert(pages, root(), key.address(), length, one, payloads, 0, 1);
    assertEquals(isNew ? 1 : 0, found, "TIDs added");
  }

  public void remove(byte[] composite, long... tids) {
    TreeSet<Long> expected = model.getOrDefault(composite, new TreeSet<>());
    int removed = 0;
    for (long tid : tids) {
      removed += expected.remove(tid) ? 1 : 0;
    }
    if (expected.isEmpty()) {
      model.remove(composite);
    }
    NativeMemory.copyFromArray(composite, 0, key.address(), composite.length);
    int found = tree.remove(pages, root(), key.address(), composite.length, tids, 0, tids.length);
    assertEquals(removed, found, "TIDs removed");
  }

  /** TIDs to add to a key, and TIDs to remove from it. */
  public record KeyChange(byte[] key, long[] inserts, long[] deletes) {}

  /**
   * Makes changes of keys, given in strictly ascending order, leaf by leaf.
   *
   * @return how many of them had to be made on their own
   */
  public int change(List<KeyChange> changes) {
    for (KeyChange change : changes) {
      TreeSet<Long> expected = model.computeIfAbsent(change.key, k -> new TreeSet<>());
      Arrays.stream(change.deletes).forEach(expected::remove);
      Arrays.stream(change.inserts).forEach(expected::add);
      if (expected.isEmpty()) {
        model.remove(change.key);
      }
    }
    ListedChanges listed = new ListedChanges(changes);
    int alone = 0;
    boolean isAtKey = listed.next();
    while (isAtKey) {
      int before = listed.at;
      int outcome = tree.changeLeaf(pages, root(), listed);
      if (outcome == EntryTree.ALONE) {
        alone++;
        int length = listed.keyLength();
        tree.remove(pages, root(), listed.key(), length, listed.deletes(), 0, listed.deleted());
        tree.insert(pages, root(), listed.key(), length, listed.inserts(), 0, listed.inserted());
        isAtKey = listed.next();
      } else {
        isAtKey = outcome == EntryTree.NEXT;
        assertEquals(!isAtKey, listed.at == changes.size());
        assertTrue(listed.at > before, "no key was changed");
      }
    }
    return alone;
  }

  /** Changes from a list; each key lies alone in memory that is overwritten by the next. */
  private final class ListedChanges implements KeyChanges {
    private final List<KeyChange> changes;
    private int at = -1;

    ListedChanges(List<KeyChange> changes) {
      this.changes = changes;
    }

    @Override
    public boolean next() {
      at++;
      if (at == changes.size()) {
        return false;
      }
      NativeMemory.fill(key.address(), pages.pageSizeBytes(), 0xEE);
      NativeMemory.copyFromArray(changes.get(at).key, 0, key.address(), keyLength());
      return true;
    }

    @Override
    public long key() {
      return key.address();
    }

    @Override
    public int keyLength() {
      return changes.get(at).key.length;
    }

    @Override
    public long[] inserts() {
      return changes.get(at).inserts;
    }

    @Override
    public int inserted() {
      return inserts().length;
    }

    @Override
    public long[] deletes() {
      return changes.get(at).deletes;
    }

    @Override
    public int deleted() {
      return deletes().length;
    }
  }

  /** Inserts into the index alone. */
  void tryInsert(byte[] composite, long... tids) {
    NativeMemory.copyFromArray(composite, 0, key.address(), composite.length);
    tree.insert(pages, root(), key.address(), composite.length, tids, 0, tids.length);
    counts.clear();
  }

  /** Removes from the index alone. */
  void tryRemove(byte[] composite, long... tids) {
    NativeMemory.copyFromArray(composite, 0, key.address(), composite.length);
    tree.remove(pages, root(), key.address(), composite.length, tids, 0, tids.length);
    counts.clear();
  }

  /** Ends the batch with the counts written to the metapage. */
  public void commit() {
    GinMetaPage.add(pages, metaPageNo, counts, key.address());
    counts.clear();
    pages.commit();
  }

  /** Verifies the index, and compares its keys, TIDs and pages with the model. */
  public void check() {
    List<String> problems = new ArrayList<>();
    TreeSet<Integer> reached = new TreeSet<>();
    TreeMap<byte[], TreeSet<Long>> found = new TreeMap<>(Arrays::compareUnsigned);
    new EntryTreeVerifier(
            pages,
            problems,
            reached::add,
            (k, tid) -> found.computeIfAbsent(k, n -> new TreeSet<>()).add(tid))
        .verify(metaPageNo);
    assertEquals(List.of(), problems);
    assertEquals(model.size(), found.size(), "keys");
    model.forEach((k, tids) -> assertEquals(tids, found.get(k), () -> Arrays.toString(k)));
    assertEquals(pages.pageNumbers(), List.copyOf(reached), "pages reached and pages in use");
    assertEquals(model.size(), meta().keys());
    assertEquals(model.values().stream().mapToLong(TreeSet::size).sum(), meta().tids());
    assertEquals(pages.pageCount(), meta().totalPages());
  }

  /** Leaves of the entry tree that have groups. */
  public int groupedLeaves() {
    int grouped = 0;
    for (int pageNo : pages.pageNumbers()) {
      if (Page.kind(pages.page(pageNo)) == PageKind.ENTRY_LEAF.id()) {
        EntryPage leaf = new EntryPage().wrap(pages.page(pageNo), pages.pageSizeBytes(), pageNo);
        grouped += leaf.isGrouped() ? 1 : 0;
      }
    }
    return grouped;
  }

  /** Levels of the entry tree. */
  public int levels() {
    int root = root();
    return new EntryPage().wrap(pages.page(root), pages.pageSizeBytes(), root).level() + 1;
  }

  @Override
  public void close() {
    pages.close();
    key.close();
    work.close();
  }
}
