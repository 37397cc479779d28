/**
 * Start-up, redo and checkpoints: what makes a directory of files an open store of pages.
 *
 * <h2>Words</h2>
 *
 * <p>A <em>control slot</em> names the redo point; there are two, written in turn. A
 * <em>takeover</em> is the position where recovery cut the old run of the log off and goes on in a
 * new one.
 *
 * <h2>Opening</h2>
 *
 * <ol>
 *   <li>Take the lock; make a store where there is none. It is one when its control file appears,
 *       so a log without a control file is refused, not made anew.
 *   <li>Read from the redo point to the last valid COMMIT. Damage below what is known to have been
 *       synced stops here, with nothing changed. Where memory holds all pages, whole batches are
 *       applied to them on the way: the log is read once.
 *   <li>Start a new run. What lies beyond the last boundary known to be synced may be in the
 *       operating system's memory only: copy it into the new run, sync, and name the takeover in
 *       both control slots. From here on older bytes can not be read again, and pages may be
 *       written.
 *   <li>Build every changed page from images and edits alone, write, sync.
 *   <li>Write both control slots with a redo point in the new run; old segments are used up.
 * </ol>
 *
 * <pre>
 * old run   ──redo point────────known synced──┬──────end        after:  new run ──redo point
 * new run                                     └► copy ──
 * </pre>
 *
 * <p>Each step may be cut short and repeated: redo never reads the page file, the tail is copied
 * again from the same boundary, and epochs are above every one ever seen.
 *
 * <p>An older copy of the files of an open store, with the log as it is now in the place of its
 * own, is opened the same way, as long as every segment behind its redo point is there. The page
 * file is made longer then. It must lack nothing that the log does not hold; pages that builds
 * loaded are in the log only where they were told to put them there.
 *
 * <h2>Checkpoints</h2>
 *
 * <p>{@link io.djinn.recovery.PageKeeper} is the one thread that writes pages. It fixes the redo
 * point at the end of the appended log, syncs the log up to it, writes every page whose newest
 * durable version is unwritten and not newer, syncs, writes a control slot, and lets segments go
 * that both slots lie beyond. It begins at half of the log limit; at the limit commits wait for it.
 * Where it meets a page whose bytes in the file a snapshot needs, it keeps them in a frame, or
 * gives up the oldest snapshot.
 *
 * <p>Pages that a build loads have no frames, and a checkpoint does not heed them, even where their
 * images are in the log before its redo point: the build syncs them all before it appends the batch
 * that refers to them, and without that batch nobody misses them.
 *
 * <h2>Failures</h2>
 *
 * <p>{@link io.djinn.recovery.Seal} keeps the first final failure: any failed sync, a failed write
 * of the log, a page that can not be written after several attempts, anything unexpected on an
 * engine thread. Afterwards nothing is written or published; reads go on. Having no space is not
 * final.
 *
 * <h2>Closing</h2>
 *
 * <p>Readers begin no further step; when they are through within the deadline a last checkpoint is
 * made. Otherwise the log alone is synced, and the last step to end frees frames, mapping and lock.
 *
 * <h2>Limits</h2>
 *
 * <p>Redo reads at most the log limit and what was appended while a checkpoint ran; it needs as
 * much memory as the frames, and goes over the log again for what does not fit, or lies behind a
 * batch that is too long to be held until its COMMIT. Damage to the last synced bytes of the log,
 * which no later block vouches for, can not be told from an end.
 *
 * <p>Read {@link io.djinn.recovery.PageStore} and {@link io.djinn.recovery.Redo} first. Imports
 * everything up to {@code space}, and never an access method: whoever opens gives the table of
 * edits.
 */
package io.djinn.recovery;
