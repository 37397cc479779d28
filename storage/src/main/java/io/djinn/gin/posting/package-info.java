/**
 * Posting lists and posting trees: the sorted TIDs of one key, compressed.
 *
 * <p>An <em>encoded list</em> is a sequence of {@link io.djinn.gin.posting.Segment segments}, TIDs
 * ascending across and within them. A short list stands inside its entry tuple; a long one is the
 * leaf level of a posting tree, a B+tree by TID.
 *
 * <pre>
 *               root (page number never changes)
 *        [ 0 -&gt; A | 7000 -&gt; B | 90000 -&gt; C ]          inner page: separator, child
 *          /            |             \
 *   [seg seg seg]  [seg seg]   [seg seg seg seg]      leaf pages: segments back to back
 * </pre>
 *
 * <p>A loaded tree's root may hold what would be its last leaf, its {@linkplain
 * io.djinn.gin.posting.PostingInnerPage rest}, where there is room: most trees have a few leaves.
 *
 * <p>A TID may have a payload, bytes that mean nothing here: they stand in a second stream of the
 * segment, the {@link io.djinn.gin.posting.PayloadPart}, which readers of TIDs pass over and a
 * {@link io.djinn.gin.posting.PayloadStream} gives when asked. A payload comes, is replaced and
 * goes with its TID.
 *
 * <p>Three rules hold the package together:
 *
 * <ul>
 *   <li><b>Removing TIDs never grows a list</b> ({@link io.djinn.gin.posting.SegmentEncoder} has
 *       the proof), so a delete or a vacuum needs no room anywhere.
 *   <li><b>Every decoder is total</b>: it takes the number of bytes it may read and says when they
 *       are not a segment.
 *   <li><b>Do and redo are one code</b>: {@link io.djinn.gin.posting.PostingRecords} names TIDs,
 *       and encoding them again is deterministic.
 * </ul>
 *
 * <p>Read {@link io.djinn.gin.posting.Segment} and {@link io.djinn.gin.posting.PostingTree} first.
 * Imports {@code memory}, {@code page}, {@code wal}, {@code batch} and {@code error}.
 */
package io.djinn.gin.posting;
