/**
 * Searches the text files of a directory: walks it as {@code grep -r} does, keeps a trigram index
 * of it, and compares line by line.
 *
 * <p>Read {@link io.djinn.build.cli.grep.TreeIndex} and {@link io.djinn.build.cli.grep.LineSearch}
 * first. A row of the index is a whole file: the trigrams of a file are those of its lines, because
 * no word goes over a line end, and a list of files is far shorter than one of lines. So the index
 * says which files may have a matching line, and the file itself has the last word.
 *
 * <p>Imports {@code io.djinn.api}, {@code opclass}, {@code source}, {@code error} and the builder;
 * prints nothing.
 */
package io.djinn.build.cli.grep;
