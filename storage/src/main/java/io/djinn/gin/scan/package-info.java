/**
 * Scans of a GIN index: streams of TIDs, their intersections and unions, and the three-valued
 * decision of general queries.
 *
 * <pre>
 *   {@literal @>} of a, b, c      Intersection(a, b, c), the rarest first
 *   &amp;&amp; of a, b, c      Union(a, b, c)
 *   general query       PresenceFilter over Union(required keys): the other keys are only probed
 *   a range of keys     KeyRangeStream: all its keys are walked and their TIDs gathered in a window
 *                       of bounded memory, or, where candidates are few, the keys probed for them
 *   phrases, weights    PresenceFilter with the payloads of candidates, instead of their rows
 *                       (of a prefix those of all its keys, where they are few)
 *   every row           KeyRangeStream over all keys of the column
 *   a key with pending operations
 *                       PendingMergedStream over the stream of the tree, if there is one
 * </pre>
 *
 * <p>Everything works in steps: {@code next} takes the pages of the snapshot and says PAUSED when
 * the step has read as many as it may; between steps there are only page numbers, offsets and TIDs.
 *
 * <p>Read {@link io.djinn.gin.scan.GinScan} and {@link io.djinn.gin.scan.PresenceFilter} first.
 * Imports {@code gin.pending}, {@code gin.entry}, {@code gin.posting}, {@code opclass} contracts,
 * {@code page}, {@code memory}, {@code error}.
 */
package io.djinn.gin.scan;
