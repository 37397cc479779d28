/** The open batch: private frames, edits, append and publish. */
package io.djinn.batch;
