/**
 * The entry tree of a GIN index: every key, in unsigned byte order, with its posting list inline or
 * the root of its posting tree.
 *
 * <pre>
 *                      metapage (root, counts)
 *                          |
 *                inner  [ -inf | "c" | "m" ]            separators are cut as short as they may be
 *                        /      |      \
 *                leaf [a b bq] [c d] [m n z]            a key: prefix of the page + head + tail
 *                        |
 *                        posting tree of "bq"
 * </pre>
 *
 * <p>Keys are composite: column, category, key bytes. A leaf tuple whose posting list would make it
 * longer than about half a page moves the list to a posting tree. A key without TIDs goes, an empty
 * page is unlinked and freed, and the root keeps its page number for life.
 *
 * <p>How many bytes of a key stand in its slot is a field of the page, chosen from the lengths of
 * its keys when it is laid out: by the bulk load, by a split, and where what comes does not fit as
 * the page is laid out but would otherwise. Hashes, trigrams and numbers, all of one length, take
 * their bytes and the two of a tuple's offset, and nothing else.
 *
 * <p>A leaf that is loaded may put neighbours whose keys share more than the page's prefix into
 * {@link io.djinn.gin.entry.KeyGroups groups}:
 *
 * <pre>
 * prefix "python3-"   group "slixmpp-doc-c": "", "1", "10", "11", "2" ..   group "sm": "artstrade", "map"
 * </pre>
 *
 * A key inserted between two of a group begins with its stem; one between two groups joins the one
 * whose stem it begins with, or is one of its own. Splits keep groups where a half does not fit
 * without.
 *
 * <p>Splits and rebuilds write page images; everything else is an {@link
 * io.djinn.gin.entry.EntryPageEdits edit} of one slot, or a {@link io.djinn.gin.entry.LeafMerge
 * merge} of many slots of a leaf, the same for the batch and for redo.
 *
 * <p>Read {@link io.djinn.gin.entry.EntryPage}, {@link io.djinn.gin.entry.SlotLayout} and {@link
 * io.djinn.gin.entry.EntryTree} first. Imports {@code gin.posting}, {@code batch}, {@code wal},
 * {@code page}, {@code memory}, {@code error}.
 */
package io.djinn.gin.entry;
