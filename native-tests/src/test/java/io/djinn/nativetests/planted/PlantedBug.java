package io.djinn.nativetests.planted;

import java.util.List;
import java.util.function.Consumer;

/**
 * One bug.
 *
 * @param name what is wrong with the engine
 * @param how what is rewritten
 * @param planting rewrites it
 * @param suites those that should notice, the quickest first
 */
record PlantedBug(String name, String how, Consumer<Plants> planting, List<Suite> suites) {
  /** The name without blanks, for files and arguments. */
  String id() {
    return name.replaceAll("[^A-Za-z0-9]+", "-");
  }
}
