/**
 * Off-heap bytes: regions drawn on budgets, raw access, byte-string comparison, varbyte and bit
 * packing.
 *
 * <p>Read {@link io.djinn.memory.NativeMemory} and {@link io.djinn.memory.MemoryAccount} first.
 * Imports only {@code error}.
 */
package io.djinn.memory;
