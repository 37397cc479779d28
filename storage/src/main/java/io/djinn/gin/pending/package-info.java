/**
 * The pending list of a GIN index: operations on rows that are not in the entry tree yet.
 *
 * <p>The list is an ordered journal; of several operations on a composite key and a TID only the
 * newest counts, and it counts more than the tree: an insert adds the TID whether the tree has it
 * or not, a delete masks it.
 *
 * <p>Its in-memory index is a value: a {@link io.djinn.gin.pending.PendingView} is a few sorted
 * {@link io.djinn.gin.pending.PendingRun runs}, newest first, which never change. A batch makes a
 * new view that shares most runs with the one before; whoever reads a snapshot keeps the view that
 * belongs to it.
 *
 * <pre>
 *   newest                                            oldest
 *   [20]  |  [60] [60]  |  [400]  |  [900]    ||  [1500] [20000] [25000]
 *   tier 0     tier 1     tier 2    tier 3    ||  frozen: being merged into the tree
 * </pre>
 *
 * <p>Where keys have payloads a run has one an operation. What is laid over each other are
 * operations; the payload of one is then looked up in the newest run that has its TID.
 *
 * <p>When a tier is full its runs, and all newer ones, are compacted into one of a higher tier. The
 * frozen runs are left alone until they are dropped whole.
 *
 * <p>While an index is being built its list is a {@link io.djinn.gin.pending.BuildJournal}: pages
 * without a view, of which prefixes are loaded and merged when the tree is there.
 *
 * <p>Read {@link io.djinn.gin.pending.PendingView} and {@link io.djinn.gin.pending.PendingRun}
 * first. Imports {@code gin.posting}, {@code gin.entry} and what lies below them.
 */
package io.djinn.gin.pending;
