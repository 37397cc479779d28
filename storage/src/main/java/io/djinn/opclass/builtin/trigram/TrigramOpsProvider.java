package io.djinn.opclass.builtin.trigram;

import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.OperatorClassProvider;
import java.util.List;

/** Offers {@code gin_trgm_ops}. */
public final class TrigramOpsProvider implements OperatorClassProvider {
  @Override
  public String name() {
    return TrigramOps.NAME;
  }

  @Override
  public List<String> arguments() {
    return List.of();
  }

  @Override
  public GinOperatorClass create(String argument) {
    return new TrigramOps();
  }
}
