/**
 * Vacuum of a GIN index: what is read of it, and what is to go.
 *
 * <pre>
 *   step            IndexWalk fills a KeyedTids with up to 256 TIDs of the next keys
 *   outside of it   the caller of vacuum says which of them are dead; those are gathered
 *   slices          batches of about a millisecond remove what was gathered, each key's TIDs by
 *                   {@code gin.entry}, which also frees entries, pages and levels that run empty
 * </pre>
 *
 * <p>Removing goes by key and TID, so whatever others change in between does no harm: a dead TID
 * that is gone already is removed by nobody, and a dead TID does not come back while vacuum runs.
 * The walk goes on in a new snapshot after each removal, behind the last key and TID it gave.
 *
 * <p>Read {@link io.djinn.gin.vacuum.IndexWalk} first. Imports {@code gin.entry}, {@code
 * gin.posting}, {@code page}, {@code memory}.
 */
package io.djinn.gin.vacuum;
