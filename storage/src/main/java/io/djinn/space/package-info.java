/**
 * Page numbers: the free list, extents reserved for builds, what is to be freed after a drop, and
 * the catalog of indexes.
 *
 * <h2>Words</h2>
 *
 * <p>An <em>extent</em> is a run of page numbers with a <em>tag</em>: the batch that freed it, or
 * the build it is reserved for. A <em>list</em> is a stack of extents in pages of its own.
 *
 * <h2>Picture</h2>
 *
 * <pre>
 * page 0, the space page
 *   pageCount ── pages handed out so far
 *   freeList  ── list page ── list page ── ...    extents, tag = freeing batch; its pages are free pages
 *   buildList ── list page ── ...                 extents, tag = build
 *   dropList  ── list page ── ...                 roots whose pages are still to be freed
 *   catalog   ── catalog page ── ...              an entry an index
 * </pre>
 *
 * <h2>Algorithms</h2>
 *
 * <ul>
 *   <li>Allocating takes the last page of the top extent, or an emptied page of the free list
 *       itself, or else a page at the end of the file. A page freed by one batch may be used by the
 *       next at once: old snapshots keep its old version.
 *   <li>Freeing joins neighbours freed by the same batch; where the list needs a page it is the one
 *       being freed.
 *   <li>A build writes without log records, so {@link io.djinn.space.Space#reserve} gives it only
 *       new pages, or pages whose freeing batch is durable, older than every active snapshot and
 *       before the redo point of the older control slot: nobody reads them and no redo writes them.
 *       Its operation announces the new pages, so that the log never names pages without blocks. A
 *       build that logs its pages goes by the same rule. Its images lie behind the batch that
 *       reserved their pages and before the one that gives them back, so whoever uses a page next
 *       either logs it later, or has waited until no redo begins before the images. At a build's
 *       end what it did not use is given back page of the list by page, in batches as many as it
 *       takes; then one batch leaves all the rest to the index and frees the pages of the list as
 *       they are, so that it changes few pages however many extents there are.
 *   <li>Dropping hands the root to the drop list in one batch; then each slice takes a page, puts
 *       its children on the list and frees it, so that a crash loses nothing in between.
 * </ul>
 *
 * <h2>Recovery</h2>
 *
 * <p>All of this is pages changed by logged edits ({@link io.djinn.space.SpaceRecords}, {@link
 * io.djinn.space.CatalogRecords}); redo knows nothing of it. Extents of builds that did not end are
 * found on the build list after opening and given back by whoever owns the builds.
 *
 * <h2>Limits</h2>
 *
 * <p>Page numbers end at {@link io.djinn.page.Page#MAX_PAGE_NO}; a catalog entry fits a page; the
 * file never shrinks.
 *
 * <p>Read {@link io.djinn.space.Space} and {@link io.djinn.space.SpacePage} first. Imports {@code
 * batch}, {@code wal}, {@code page}, {@code memory} and {@code error}.
 */
package io.djinn.space;
