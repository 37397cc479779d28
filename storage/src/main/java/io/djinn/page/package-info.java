/**
 * The page image common to all kinds: header, checksum, kinds. Pure, no I/O.
 *
 * <p>Read {@link io.djinn.page.Page} and {@link io.djinn.page.PageReader} first. Imports {@code
 * memory} and {@code error}.
 */
package io.djinn.page;
