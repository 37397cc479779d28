package io.djinn.opclass.builtin.scalar;

import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.OperatorClassProvider;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.opclass.builtin.scalar.type.ScalarType;
import io.djinn.opclass.builtin.scalar.type.ScalarTypes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Registers {@code array_ops} with its element types: all scalar types, text first. */
public final class ArrayOpsProvider implements OperatorClassProvider {
  private final Map<String, ArrayOps> classes = new LinkedHashMap<>();

  /** For the service loader. */
  public ArrayOpsProvider() {
    for (ArrayOps own : List.of(ArrayOps.ofStrings(), ArrayOps.ofInts(), ArrayOps.ofLongs())) {
      classes.put(own.argument(), own);
    }
    for (ScalarType type : ScalarTypes.ALL) {
      classes.computeIfAbsent(type.name(), name -> arraysOf(type));
    }
  }

  /** Arrays of a scalar type. */
  public static ArrayOps arraysOf(ScalarType type) {
    return ArrayOps.of(new ScalarElements(type));
  }

  @Override
  public String name() {
    return ArrayOps.NAME;
  }

  @Override
  public List<String> arguments() {
    return List.copyOf(classes.keySet());
  }

  @Override
  public GinOperatorClass create(String argument) {
    GinOperatorClass created = classes.get(argument);
    if (created == null) {
      throw new IllegalArgumentException(
          ArrayOps.NAME + " takes one of " + String.join(", ", arguments()) + ", not " + argument);
    }
    return created;
  }
}
