/**
 * The operator classes beside a PostgreSQL server: freshly drawn queries over the same rows, every
 * matching row compared.
 *
 * <p>Read {@link io.djinn.nativetests.postgres.PostgresPeerTest} first: it loads samples of the
 * shared data into both, lets a {@link io.djinn.nativetests.postgres.PeerColumn} draw conditions,
 * takes the server's answers as golden lines, and gives those to the golden runner. A query that
 * the server refuses must be refused by the index too.
 */
package io.djinn.nativetests.postgres;
