/**
 * Text search: documents, queries, and the operator class that finds the ones with the others.
 *
 * <p>Read {@link io.djinn.opclass.builtin.text.TextSearch} and {@link
 * io.djinn.opclass.builtin.text.TsVectorOps} first. A text goes through the parser ({@code
 * parser}), which cuts it into tokens; a {@link io.djinn.opclass.builtin.text.Lexizer} makes
 * lexemes of them, by way of {@code english} where that is the language; a builder sorts those into
 * a {@link io.djinn.opclass.builtin.text.TsVector}. The words of a {@link
 * io.djinn.opclass.builtin.text.TsQuery} go the same way.
 *
 * <pre>
 *   text → TextParser → Lexizer → TsVectorBuilder → TsVector → keys, payloads
 *   text → TsQueryParser → Lexizer → TsQueryBuilder → TsQuery → TsVectorQuery → keys
 * </pre>
 *
 * <p>Whether a document matches is decided by {@link
 * io.djinn.opclass.builtin.text.TsQueryEvaluation} alone: from the document, or from the payloads
 * that the index keeps. Semantics, limits and text forms are those of PostgreSQL 18.
 *
 * <p>Imports {@code opclass}, {@code error}, the two packages below, Jackson's parser and Agrona's
 * buffers. Found as a service; imported by users and by what compares answers.
 */
package io.djinn.opclass.builtin.text;
