package io.djinn.source;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Where what is known of sources lies: the counts of rows a block, and the rows of packed files.
 *
 * @param directory may be missing where nothing is kept
 * @param isKept whether what is found out is written there; else only what is there already is used
 */
public record WorkFiles(Path directory, boolean isKept) {
  public WorkFiles {
    Objects.requireNonNull(directory, "directory");
  }
}
