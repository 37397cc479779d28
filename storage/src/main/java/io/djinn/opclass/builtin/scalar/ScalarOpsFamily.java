package io.djinn.opclass.builtin.scalar;

import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.OperatorClassFamily;
import io.djinn.opclass.OperatorClassProvider;
import io.djinn.opclass.builtin.scalar.type.ScalarType;
import io.djinn.opclass.builtin.scalar.type.ScalarTypes;
import java.util.List;

/** Registers a class for each scalar type, {@code int2_ops} to {@code bytea_ops}. */
public final class ScalarOpsFamily implements OperatorClassFamily {
  /** One of them. */
  private record Provider(ScalarOps operatorClass) implements OperatorClassProvider {
    static Provider of(ScalarType type) {
      return new Provider(ScalarOps.of(type));
    }

    @Override
    public String name() {
      return operatorClass.name();
    }

    @Override
    public List<String> arguments() {
      return List.of();
    }

    @Override
    public GinOperatorClass create(String argument) {
      return operatorClass;
    }
  }

  @Override
  public List<OperatorClassProvider> providers() {
    return ScalarTypes.ALL.stream().<OperatorClassProvider>map(Provider::of).toList();
  }
}
