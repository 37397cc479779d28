/**
 * GIN: inverted indexes in pages.
 *
 * <p>An index is a metapage with counts, an entry tree of keys ({@code gin.entry}) and, for keys
 * with long lists, posting trees of TIDs ({@code gin.posting}). {@code gin.scan} answers queries
 * from a snapshot, {@code gin.load} builds all of it bottom-up from sorted keys, {@code gin.vacuum}
 * finds what vacuum is to remove. Inside, imports run {@code posting} ← {@code entry} ← {@code
 * scan}, {@code vacuum}, {@code load} ← {@code gin}.
 *
 * <p>Read {@link io.djinn.gin.GinWriter} and {@link io.djinn.gin.entry.EntryTree} first. Differs
 * from PostgreSQL's GIN: entries and pages that run empty are removed and reused, trees need no
 * latches, right links or incomplete-split states because readers see whole batches only, and long
 * lists are packed in blocks of 128 with patched exceptions.
 */
package io.djinn.gin;
