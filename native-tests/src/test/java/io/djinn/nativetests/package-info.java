/**
 * The engine on the real operating system: killed processes, second processes, interrupts.
 *
 * <p>Read {@link io.djinn.nativetests.StoreProcess} and {@link
 * io.djinn.nativetests.StoreExamination} first. Uses the public API only.
 */
package io.djinn.nativetests;
