/**
 * The open batch: private frames, edits, append, publish.
 *
 * <h2>Words</h2>
 *
 * <p>A <em>batch</em> is what is applied under one number and becomes visible as one. The
 * <em>writer's slot</em> is held by the one batch that is being applied. A batch is
 * <em>appended</em> when its records are in the log's memory and its frames are linked, and
 * <em>published</em> when new snapshots see it. The <em>redo point</em> is the boundary between
 * batches where recovery would begin.
 *
 * <h2>A commit</h2>
 *
 * <pre>
 * slot ─ room in the log ─ apply: operations ─ reserve log ─ append ─ link ─ slot handed on ─ published
 *                          │ frames, blocks      │              └ under the lock of the redo point
 *                          └ outside any step    └ up to here a failure is forgotten, from here it seals
 * </pre>
 *
 * <p>Commits enter the slot first come, first served ({@link io.djinn.batch.SlotQueue}). Whoever
 * has it applies those that wait behind it in the same batch, under one COMMIT and number:
 *
 * <pre>
 * queue   A  B  C  D  E          A leads: A B C are one batch, D leads the next one
 *         └──────┘  └ not shared, or wants a sync that A does not wait for, or the batch is full
 * </pre>
 *
 * <ul>
 *   <li>A batch is full at {@link io.djinn.batch.BatchCommitter#MOST_MEMBERS} commits, half of the
 *       pages a batch may touch, or a millisecond in the slot. It takes only works that say they
 *       may be shared: those run again where a group is split.
 *   <li>Where a member throws nothing of the batch has happened. It is forgotten, and each member
 *       taken so far is applied as a batch of its own, in order: who throws again fails alone. An
 *       {@code InternalError} seals the store instead.
 *   <li>The batch is published as its strongest mode asks, SYNC before GROUP. A batch that is
 *       published at once takes no member that waits for a sync; behind one that does, number order
 *       would keep the others waiting anyway.
 *   <li>A commit parks once. The thread that publishes wakes the first member of the batch, and
 *       that one the others, so that the log thread begins its next sync. Neither spins: on two
 *       cores a lone durable commit took 114 us beside 91 us of the bare write and sync without,
 *       and 170 us beside 97 us with a log thread that spins before it parks.
 * </ul>
 *
 * <ul>
 *   <li>Pages are touched inside operations ({@link io.djinn.batch.OpenBatch#operation}). Before
 *       one begins it takes its frames and makes sure of the file's blocks, outside any step;
 *       inside it never waits, because addresses it holds keep frames and mapped bytes alive.
 *   <li>The first touch copies the newest appended version into a private frame. An edit is applied
 *       there at once and kept as it will stand in the log.
 *   <li>At the append each page becomes an image or its edits. It is an image where the batch made
 *       the page, rewrote it, or changed so much that an image is not much longer, and where the
 *       version it started from is not newer than the redo point. So after the redo point the first
 *       record of a page determines all its bytes.
 *   <li>{@link io.djinn.batch.Publisher} publishes in number order, a SYNC or GROUP batch when it
 *       has been synced, others as soon as all before them are published.
 * </ul>
 *
 * <p>A batch may also hold nothing but images of pages that become no versions ({@link
 * io.djinn.batch.OpenBatch#images}): a build that logs its pages writes them to the file itself,
 * and a later batch refers to them.
 *
 * <h2>Recovery</h2>
 *
 * <p>Records of a batch are contiguous and closed by a COMMIT that names their first LSN and their
 * number; whatever of a batch is found without it has not happened.
 *
 * <h2>Limits</h2>
 *
 * <p>A batch touches at most half of the frames, an operation at most {@link
 * io.djinn.batch.OpenBatch#OPERATION_PAGES} pages for the first time. A batch that fails has
 * written nothing; there is no undo and no page is written before its batch is durable.
 *
 * <p>Read {@link io.djinn.batch.BatchCommitter} and {@link io.djinn.batch.OpenBatch} first. Imports
 * {@code wal}, {@code buffer}, {@code page}, {@code file}, {@code memory}, {@code metrics} and
 * {@code error}.
 */
package io.djinn.batch;
