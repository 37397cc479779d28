package io.djinn.opclass.builtin.json;

import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.OperatorClassProvider;
import java.util.List;

/** Registers {@code jsonb_ops}. */
public final class JsonbOpsProvider implements OperatorClassProvider {
  @Override
  public String name() {
    return JsonbOps.NAME;
  }

  @Override
  public List<String> arguments() {
    return List.of();
  }

  @Override
  public GinOperatorClass create(String argument) {
    return JsonbOps.instance();
  }
}
