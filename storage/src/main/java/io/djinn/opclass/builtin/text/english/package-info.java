/**
 * English words: which are too common to be searched for, and which are forms of one word.
 *
 * <p>Read {@link io.djinn.opclass.builtin.text.english.EnglishStemmer} first. Imports the JDK only.
 */
package io.djinn.opclass.builtin.text.english;
