/**
 * External sort without threads: runs of (key, ascending TIDs) in key order, kept in memory blocks
 * or in files, and their k-way merge.
 *
 * <p>A run is a chain of blocks of records. A record is the part of the key that differs from the
 * key before, and the list: varbytes of the differences between neighbouring TIDs, the first one
 * from {@code base - 1} of the run, and a zero byte. No difference is zero and no varbyte of
 * another number holds a zero byte, so the zero byte ends the list and a list is passed over
 * without being decoded. A key never straddles two blocks; a list may span any number. In a record
 * whose head says so each difference is followed by the TID's payload, its length first: such a
 * list is passed over TID by TID.
 *
 * <p>Read {@link io.djinn.sort.RunWriter} and {@link io.djinn.sort.RunMerge} first. Imports {@code
 * memory}, {@code file} and {@code error}.
 */
package io.djinn.sort;
