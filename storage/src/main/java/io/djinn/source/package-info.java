/**
 * Where rows come from: the contract of a row source, and sources over JSON Lines, plain lines and
 * memory.
 *
 * <p>The TID of a line of a file is its number, from 0. Counted by blocks of so many bytes, with
 * slots for the rows of the fullest, TIDs would have gaps, and each TID of an index would take up
 * to two bits more: lines of a file are not of one length. Rows are counted by stretches of so many
 * bytes all the same, which one parallel scan does, and which lead from a TID to the place in the
 * file.
 *
 * <p>Read {@link io.djinn.source.RowSource} and {@link io.djinn.source.Sources} first. Imports
 * {@code error}, {@code opclass} and Jackson's parser. Files read here are the user's, not the
 * store's; they are read through one {@link java.io.RandomAccessFile} a reader, because an
 * interrupt of a user thread would close a channel for everybody.
 */
package io.djinn.source;
