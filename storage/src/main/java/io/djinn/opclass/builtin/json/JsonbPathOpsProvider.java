package io.djinn.opclass.builtin.json;

import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.OperatorClassProvider;
import java.util.List;

/** Registers {@code jsonb_path_ops}. */
public final class JsonbPathOpsProvider implements OperatorClassProvider {
  @Override
  public String name() {
    return JsonbPathOps.NAME;
  }

  @Override
  public List<String> arguments() {
    return List.of();
  }

  @Override
  public GinOperatorClass create(String argument) {
    return JsonbPathOps.instance();
  }
}
