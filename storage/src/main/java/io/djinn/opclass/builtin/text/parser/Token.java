package io.djinn.opclass.builtin.text.parser;

/**
 * A piece of a text with what the parser takes it for.
 *
 * @param type what it is
 * @param text the piece as it stands in the text
 */
public record Token(TokenType type, String text) {}
