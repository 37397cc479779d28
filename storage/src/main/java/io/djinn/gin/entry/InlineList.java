package io.djinn.gin.entry;

import io.djinn.gin.posting.MalformedListException;
import io.djinn.gin.posting.PostingList;
import io.djinn.memory.ByteStrings;
import io.djinn.memory.NativeMemory;
import io.djinn.page.PageKind;

/** The next value of a leaf tuple in the making: its posting list with TIDs more or fewer. */
final class InlineList {
  private final PostingList postings = new PostingList();
  private final int roomBytes;
  private final long value;
  private final long shortened;
  private int valueBytes;
  private int added;
  private int removed;
  private boolean isChanged;

  InlineList(long work, int pageSizeBytes) {
    value = work;
    shortened = work + pageSizeBytes;
    roomBytes = pageSizeBytes;
  }

  static int workBytes(int pageSizeBytes) {
    return 2 * pageSizeBytes;
  }

  /** Makes the list of a key that is new; false where not all TIDs fit the limit. */
  boolean tryEncode(long[] tids, ByteStrings payloads, int count, int limitBytes) {
    int bytes = postings.encode(tids, payloads, 0, count, value, limitBytes);
    valueBytes = bytes;
    return bytes != PostingList.DOES_NOT_FIT;
  }

  /**
   * Makes the list of a place with the TIDs of a change removed and added; {@link #added} and
   * {@link #removed} say how many, and no list is made where it is not {@link #isChanged}.
   *
   * @param address of the place's list
   * @return false where the new list is longer than the limit
   */
  boolean tryChange(PostingPlace place, long address, KeyChanges change, int limitBytes) {
    added = 0;
    removed = 0;
    isChanged = false;
    try {
      long from = address;
      int bytes = place.listBytes();
      if (change.deleted() > 0) {
        boolean isLast = change.inserted() == 0;
        long to = isLast ? value : shortened;
        int left =
            postings.remove(from, bytes, change.deletes(), 0, change.deleted(), to, roomBytes);
        if (left != PostingList.NO_CHANGE) {
          removed = postings.changed();
          isChanged = true;
          from = to;
          bytes = left;
        }
      }
      if (change.inserted() > 0) {
        int more =
            postings.insert(
                from,
                bytes,
                change.inserts(),
                change.payloads(),
                0,
                change.inserted(),
                value,
                limitBytes);
        if (more == PostingList.DOES_NOT_FIT) {
          return false;
        }
        if (more != PostingList.NO_CHANGE) {
          added = postings.changed();
          isChanged = true;
          from = value;
          bytes = more;
        }
      }
      if (from == shortened) {
        NativeMemory.copy(shortened, value, bytes);
      }
      valueBytes = bytes;
      return true;
    } catch (MalformedListException malformed) {
      throw malformed.onPage(place.pageNo(), PageKind.ENTRY_LEAF);
    }
  }

  /** Whether the last change made another list: TIDs more or fewer, or other payloads. */
  boolean isChanged() {
    return isChanged;
  }

  /** TIDs the last {@link #tryChange} added. */
  int added() {
    return added;
  }

  /** TIDs the last {@link #tryChange} removed. */
  int removed() {
    return removed;
  }

  /**
   * Encodes as many TIDs as fit the limit, at least one, as a list.
   *
   * @return how many
   */
  int encode(long[] tids, ByteStrings payloads, int from, int to, int limitBytes) {
    int taken = postings.encodeWhatFits(tids, payloads, from, to, value, limitBytes);
    if (taken == 0) {
      // The key leaves no room for any list: one TID, for the posting tree to begin with.
      taken = postings.encodeWhatFits(tids, payloads, from, from + 1, value, roomBytes);
    }
    valueBytes = postings.bytesWritten();
    return taken;
  }

  /**
   * Makes the list of a place with TIDs added; none is made where it is not {@link #isChanged}.
   *
   * @param address of the place's list
   * @return how many of them were not there, {@link PostingList#DOES_NOT_FIT} where the new list is
   *     longer than the limit
   */
  int add(
      PostingPlace place,
      long address,
      long[] tids,
      ByteStrings payloads,
      int from,
      int to,
      int limitBytes) {
    try {
      return changed(
          postings.insert(address, place.listBytes(), tids, payloads, from, to, value, limitBytes));
    } catch (MalformedListException malformed) {
      throw malformed.onPage(place.pageNo(), PageKind.ENTRY_LEAF);
    }
  }

  /**
   * Makes the list of a place with TIDs removed.
   *
   * @param address of the place's list
   * @return how many of them were there
   */
  int remove(PostingPlace place, long address, long[] tids, int from, int to) {
    try {
      return changed(postings.remove(address, place.listBytes(), tids, from, to, value, roomBytes));
    } catch (MalformedListException malformed) {
      throw malformed.onPage(place.pageNo(), PageKind.ENTRY_LEAF);
    }
  }

  private int changed(int bytes) {
    isChanged = bytes != PostingList.NO_CHANGE;
    if (!isChanged) {
      return 0;
    }
    if (bytes == PostingList.DOES_NOT_FIT) {
      return PostingList.DOES_NOT_FIT;
    }
    valueBytes = bytes;
    return postings.changed();
  }

  /** Makes the value that refers to a posting tree instead. */
  void setTree(int root, long count) {
    valueBytes = LeafValue.writeTree(value, root, count);
  }

  /** Address of the value: of the list, where it is one. */
  long value() {
    return value;
  }

  int valueBytes() {
    return valueBytes;
  }
}
