package io.djinn.opclass.builtin.hstore;

import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.OperatorClassProvider;
import java.util.List;

/** Registers {@code gin_hstore_ops}. */
public final class HstoreOpsProvider implements OperatorClassProvider {
  @Override
  public String name() {
    return HstoreOps.NAME;
  }

  @Override
  public List<String> arguments() {
    return List.of();
  }

  @Override
  public GinOperatorClass create(String argument) {
    return HstoreOps.instance();
  }
}
