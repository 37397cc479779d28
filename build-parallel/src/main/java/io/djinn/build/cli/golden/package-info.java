/**
 * Compares indexes with golden answers: reads the files, makes the indexes they ask for, runs every
 * query and compares all row numbers; calls the functions of text search and trigrams that other
 * files are about. Those are found as services by {@link io.djinn.opclass.OperatorClasses}.
 *
 * <p>Read {@link io.djinn.build.cli.golden.GoldenRunner} and {@link
 * io.djinn.build.cli.golden.GoldenLine} first. Imports {@code io.djinn.api}, {@code opclass},
 * {@code source}, {@code error} and Jackson's parser; prints nothing.
 */
package io.djinn.build.cli.golden;
