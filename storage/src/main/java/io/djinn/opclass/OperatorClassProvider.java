package io.djinn.opclass;

import java.util.List;

/**
 * Makes the operator classes of one name; found as a service, so that contracts need not know
 * implementations.
 */
public interface OperatorClassProvider {
  /** The name people write before the slash, as {@code array_ops}. */
  String name();

  /** The arguments taken after the slash; the first is meant where none is written. */
  List<String> arguments();

  /**
   * @param argument one of {@link #arguments()}, "" where that list is empty
   */
  GinOperatorClass create(String argument);
}
