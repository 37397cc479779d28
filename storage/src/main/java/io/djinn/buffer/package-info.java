/**
 * Page versions, frames, snapshots, steps and write-back.
 *
 * <p>The page file is mapped read-only. A changed page lives in an off-heap frame whose bytes never
 * change again once its batch has been appended; frames of one page form a chain from newest to
 * oldest above the bytes in the file:
 *
 * <pre>
 *   VersionTable[pageNo] ──► frame (batch 9) ──► frame (batch 7) ──► page bytes in the file (batch 4)
 *   snapshot 9 and above ────────┘                   │                        │
 *   snapshots 7 and 8 ───────────────────────────────┘                        │
 *   snapshots 4, 5 and 6 ─────────────────────────────────────────────────────┘
 * </pre>
 *
 * <p>A <em>snapshot</em> is a published batch number; a <em>step</em> is the stretch of code in
 * which a reader holds addresses. Whoever wants to unlink a frame, write over the file, expire a
 * snapshot or unmap first changes the flag or the link, advances the epoch, and then waits for the
 * steps entered before ({@link io.djinn.buffer.Steps}).
 *
 * <p><b>Writing over the file</b> is allowed for the newest version published and durable while no
 * active snapshot lies in [version in the file, oldest version in the chain). A checkpoint that
 * meets such a snapshot copies the file's bytes into a frame at the chain's old end, waits for the
 * steps entered before, and then writes. <b>Retiring</b> takes the oldest version when the file
 * durably holds it, or when its successor is published and durable and no snapshot lies between the
 * two.
 *
 * <p>Read {@link io.djinn.buffer.PageVersions} and {@link io.djinn.buffer.WriteBack} first. Imports
 * {@code page}, {@code file}, {@code memory} and {@code error}; what it must know of the log it
 * declares itself ({@link io.djinn.buffer.DurableLog}).
 */
package io.djinn.buffer;
