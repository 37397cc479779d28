/**
 * {@code gin_trgm_ops}: an index over the trigrams of texts, and similarity by them.
 *
 * <p>Read {@link io.djinn.opclass.builtin.trigram.TrigramOps} and {@link
 * io.djinn.opclass.builtin.trigram.Trigrams} first. What a query asks of the index:
 *
 * <pre>
 * LIKE, ILIKE, =          all trigrams of the pattern's fixed parts         RequiredTrigrams
 * ~, ~*                   trigrams along a way through a graph              TrigramGraph
 * %, %&gt;, &lt;%, %&gt;&gt;, &lt;&lt;%       a share of the trigrams, by the threshold         SimilarityQuery
 * </pre>
 *
 * <p>No trigram proves a match, so each candidate row is compared. A query that asks for none has
 * every row as a candidate; one by similarity has none then. Texts without letters and digits are
 * empty items.
 *
 * <p>Differences from PostgreSQL: a pattern of LIKE that ends with the escape character is refused,
 * also where no row would get that far; a threshold of 0 finds every row; the graph also knows that
 * {@code $ \M \y} end a word and {@code \m \y} begin one.
 *
 * <p>Imports {@code opclass}, {@code error}, Jackson's parser and {@code regex}.
 */
package io.djinn.opclass.builtin.trigram;
