package io.djinn.api;

import java.util.Objects;

/**
 * An index that is to be built.
 *
 * @param name of it, in use by no other one
 * @param spec its columns and options
 */
public record GinRequest(String name, GinSpec spec) {
  public GinRequest {
    Djinn.checkName(name);
    Objects.requireNonNull(spec, "spec");
  }
}
