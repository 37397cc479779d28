/**
 * Where rows come from: the contract of a row source, and sources over JSON Lines, plain lines and
 * memory.
 *
 * <p>Read {@link io.djinn.source.RowSource} and {@link io.djinn.source.Sources} first. Imports
 * {@code error}, {@code opclass} and Jackson's parser. Files read here are the user's, not the
 * store's; they are read through one {@link java.io.RandomAccessFile} a reader, because an
 * interrupt of a user thread would close a channel for everybody.
 */
package io.djinn.source;
