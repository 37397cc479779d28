/**
 * The log: records, writer, reader and the table of edits.
 *
 * <h2>Words</h2>
 *
 * <p>An <em>LSN</em> is a position in the stream of payload bytes, headers of blocks left out. A
 * <em>run</em> is the log from one opening of the store to its closing; it has its own
 * <em>epoch</em>, which seeds every checksum, and begins above every LSN used before. A
 * <em>segment</em> is a file of a run, a <em>block</em> 4096 bytes of it, a <em>sector</em> 512
 * bytes, which no write but one ever touches.
 *
 * <h2>Picture</h2>
 *
 * <pre>
 * wal/0000000000000007   [header | block | block | ... ]      one run, LSNs go on from file to file
 * wal/0000000000000008   [header | block | ... ]
 *
 * block    [ LSN, known synced LSN, sequence, checksum | payload 4064 bytes ]
 * payload  IMAGE EDITS EDITS COMMIT 000 | IMAGE COMMIT 00000 | EDITS ...
 *          └── batch 7 ────────────┘    └ batch 8, in a new sector: 7 had been handed over
 * </pre>
 *
 * <h2>Writing</h2>
 *
 * <p>Whoever holds the writer's slot appends to a ring of blocks in memory ({@link
 * io.djinn.wal.LogWriter}); the log thread writes and syncs what has been handed over. A batch that
 * ends hands over its last sector, so the next one begins in a new sector; a batch in progress
 * hands over whole sectors only. Acknowledged bytes therefore share no sector with a later write,
 * and a torn write can not reach them. Before a new segment is written the one before it is synced,
 * so a hole never spans the files of a prefix known to be synced.
 *
 * <p>Segments are made ahead ({@link io.djinn.wal.LogSegments}): under another name, with real
 * blocks and a header, synced, and only then renamed. An old one is recycled by the same steps.
 * Room is reserved before a batch appends; running out of it is a {@code NoSpaceException} that
 * changes nothing, while a failed write or sync of records is final.
 *
 * <h2>Reading, and where the log ends</h2>
 *
 * <p>{@link io.djinn.wal.LogReader} goes from record to record. Zeros at the rest of a sector mean
 * that the next batch begins at the next sector; a whole sector that begins with zeros holds no
 * record. What can not be read is the end of the log at or above the highest LSN that any valid
 * block says was synced, and damage below it. Everything before the last checksum that any later
 * block vouches for is thus told apart; damage to the very last synced bytes, which no later block
 * vouches for, looks like an end.
 *
 * <h2>Records</h2>
 *
 * <p>Three kinds ({@link io.djinn.wal.LogRecords}): a page's image, a page's edits, a batch's
 * COMMIT. What an edit means is known to the {@link io.djinn.wal.EditFamily} of its page kind; the
 * {@link io.djinn.wal.EditTable} finds it by op code, for the batch and for recovery alike.
 *
 * <h2>Limits</h2>
 *
 * <p>A record's body has at most {@link io.djinn.wal.LogFormat#MAX_BODY_BYTES} bytes; a batch may
 * be longer than the ring and than a segment. Op codes are 1 to 255.
 *
 * <p>Read {@link io.djinn.wal.LogFormat} and {@link io.djinn.wal.LogWriter} first. Imports {@code
 * buffer}, {@code page}, {@code file}, {@code memory} and {@code error}.
 */
package io.djinn.wal;
