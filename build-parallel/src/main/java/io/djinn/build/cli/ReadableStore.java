package io.djinn.build.cli;

import io.djinn.api.Djinn;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of a command that only reads a store that must be there. */
final class ReadableStore {
  @Mixin private ExistingStore store;

  @Option(
      names = "--read-only",
      description = "Change nothing on the disk, not even to recover a store that was not closed.")
  private boolean readOnly;

  Djinn open() {
    return store.open(readOnly);
  }
}
