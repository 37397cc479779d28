package io.djinn.opclass.builtin.text;

import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.OperatorClassProvider;
import java.util.List;

/** Registers {@code tsvector_ops} with the configurations and for literals. */
public final class TsVectorOpsProvider implements OperatorClassProvider {
  @Override
  public String name() {
    return TsVectorOps.NAME;
  }

  @Override
  public List<String> arguments() {
    return TsVectorOps.all().stream().map(TsVectorOps::argument).toList();
  }

  @Override
  public GinOperatorClass create(String argument) {
    for (TsVectorOps candidate : TsVectorOps.all()) {
      if (candidate.argument().equals(argument)) {
        return candidate;
      }
    }
    throw new IllegalArgumentException(
        name() + " takes one of " + String.join(", ", arguments()) + ", not " + argument);
  }
}
