package io.djinn.gin.entry;

import io.djinn.gin.posting.MalformedListException;
import io.djinn.gin.posting.PostingList;
import io.djinn.page.Page;
import io.djinn.page.PageKind;

/** Where the TIDs of a key are: in a list on an entry leaf, or in a posting tree. */
public final class PostingPlace {
  private int pageNo;
  private int listOffset;
  private int listBytes;
  private int root;
  private long tidCount;

  /**
   * Reads the value of a leaf's tuple.
   *
   * @throws io.djinn.error.CorruptPageException where it is neither list nor tree
   */
  void read(EntryPage leaf, int slot) {
    leaf.slot(slot);
    long value = leaf.valueAddress();
    int valueBytes = leaf.valueBytes();
    pageNo = leaf.pageNo();
    if (LeafValue.isTree(value, valueBytes)) {
      root = LeafValue.root(value);
      tidCount = LeafValue.treeCount(value);
      listBytes = 0;
      if (root <= 0 || root > Page.MAX_PAGE_NO || tidCount == 0) {
        throw leaf.corrupt("slot " + slot + ": posting tree " + root + " of " + tidCount + " TIDs");
      }
      return;
    }
    root = 0;
    listOffset = (int) (value - leaf.address());
    listBytes = valueBytes;
    try {
      tidCount = PostingList.count(value, valueBytes);
    } catch (MalformedListException malformed) {
      throw malformed.onPage(pageNo, PageKind.ENTRY_LEAF);
    }
    if (tidCount == 0) {
      throw leaf.corrupt("slot " + slot + ": a key without TIDs");
    }
  }

  /** Becomes the same place as another. */
  public void set(PostingPlace other) {
    pageNo = other.pageNo;
    listOffset = other.listOffset;
    listBytes = other.listBytes;
    root = other.root;
    tidCount = other.tidCount;
  }

  public boolean isTree() {
    return root != 0;
  }

  /** Root page number of the posting tree, 0 where the list is inline. */
  public int root() {
    return root;
  }

  public long tidCount() {
    return tidCount;
  }

  /** Page number of the leaf. */
  public int pageNo() {
    return pageNo;
  }

  /** Where on the leaf the encoded list begins. */
  public int listOffset() {
    return listOffset;
  }

  public int listBytes() {
    return listBytes;
  }

  /** Address of the encoded list on the leaf's bytes. */
  long listAddress(long leaf) {
    return leaf + listOffset;
  }
}
