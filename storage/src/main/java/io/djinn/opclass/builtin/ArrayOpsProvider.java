package io.djinn.opclass.builtin;

import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.OperatorClassProvider;
import java.util.List;

/** Registers {@code array_ops} with its element types. */
public final class ArrayOpsProvider implements OperatorClassProvider {
  @Override
  public String name() {
    return ArrayOps.NAME;
  }

  @Override
  public List<String> arguments() {
    return List.of(
        ArrayOps.ofStrings().argument(),
        ArrayOps.ofInts().argument(),
        ArrayOps.ofLongs().argument());
  }

  @Override
  public GinOperatorClass create(String argument) {
    for (ArrayOps candidate :
        List.of(ArrayOps.ofStrings(), ArrayOps.ofInts(), ArrayOps.ofLongs())) {
      if (candidate.argument().equals(argument)) {
        return candidate;
      }
    }
    throw new IllegalArgumentException(
        ArrayOps.NAME + " takes one of " + String.join(", ", arguments()) + ", not " + argument);
  }
}
