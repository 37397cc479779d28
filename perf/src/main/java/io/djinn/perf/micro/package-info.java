/**
 * Micro-benchmarks of the engine's hot spots, under JMH.
 *
 * <p>Each checks what it computed when an iteration ends, so that no figure comes of wrong work.
 * Read {@link io.djinn.perf.micro.PostingCodecBenchmark} and {@link
 * io.djinn.perf.micro.Microbenchmarks} first. May import every package of the engine; nothing
 * imports this but the command.
 */
package io.djinn.perf.micro;
