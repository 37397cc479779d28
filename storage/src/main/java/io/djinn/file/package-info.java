/**
 * The file seam: directories, files, the read-only mapper, the lock, and the engine-owned threads
 * that alone use them.
 *
 * <p>Knows bytes, not pages. Read {@link io.djinn.file.Vfs} and {@link io.djinn.file.RawFile}
 * first. Imports only {@code memory} and {@code error}.
 */
package io.djinn.file;
