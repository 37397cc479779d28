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
 *   more keys than there is room for
 *                       of a union one KeyRangeStream gathers the rest; of a conjunction a
 *                       ProbedStream asks one after the other; of a general query the rest is not
 *                       known and rows are compared
 *   a key with pending operations
 *                       PendingMergedStream over the stream of the tree, if there is one
 * </pre>
 *
 * <p>Everything works in steps: {@code next} takes the pages of the snapshot and says PAUSED when
 * the step has read as many as it may; {@code plan} does between steps what asks queries about very
 * many keys, so that no step is long for it. Between steps there are only page numbers, offsets and
 * TIDs.
 *
 * <p>Read {@link io.djinn.gin.scan.GinScan} and {@link io.djinn.gin.scan.PresenceFilter} first.
 * Imports {@code gin.pending}, {@code gin.entry}, {@code gin.posting}, {@code opclass} contracts,
 * {@code page}, {@code memory}, {@code error}.
 */
package io.djinn.gin.scan;
