package io.djinn.build.cli;

import io.djinn.api.Djinn;
import io.djinn.api.DjinnOptions;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of a command on a store that must be there. */
final class ExistingStore {
  @Option(
      names = "--db",
      required = true,
      paramLabel = "DIR",
      description = "Directory of the store.")
  private Path directory;

  @Mixin private StoreOptions options;

  Djinn open() {
    return open(false);
  }

  Djinn open(boolean readOnly) {
    return options.open(directory, readOnly);
  }

  /** Opens it with these settings where no option says otherwise. */
  Djinn open(DjinnOptions settings) {
    StoreOptions.requireStore(directory);
    return options.openOrCreate(directory, settings);
  }

  Path directory() {
    return directory;
  }
}
