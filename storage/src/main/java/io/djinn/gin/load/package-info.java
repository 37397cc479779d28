/**
 * Bulk load of a GIN index from sorted keys, bottom-up and without log records.
 *
 * <pre>
 *   range 1: EntryLeafLoader --&gt; leaves, posting trees   SeparatorList 1 \
 *   range 2: EntryLeafLoader --&gt; leaves, posting trees   SeparatorList 2  &gt; UpperLevelLoader --&gt; root
 *   range n: EntryLeafLoader --&gt; leaves, posting trees   SeparatorList n /
 * </pre>
 *
 * <p>Each range has its own loader, page sink and separator list, so ranges are loaded by any
 * number of threads at once; one thread then builds the levels above from the lists in key order.
 * The tree is as valid as an inserted one.
 *
 * <p>A key whose list is too long for one thread is a range of its own: parts of its list are
 * loaded like ranges, by {@link io.djinn.gin.load.PostingPartLoader}, and joined by {@link
 * io.djinn.gin.load.SplitListLoader}.
 *
 * <p>Read {@link io.djinn.gin.load.EntryLeafLoader} and {@link io.djinn.gin.load.UpperLevelLoader}
 * first. Imports {@code gin.entry}, {@code gin.posting}, {@code page}, {@code memory}, {@code
 * error}.
 */
package io.djinn.gin.load;
