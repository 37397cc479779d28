package io.djinn.opclass;

import java.util.List;

/** Several operator classes registered at once; found as a service beside single providers. */
public interface OperatorClassFamily {
  /** Their providers, each of another name. */
  List<OperatorClassProvider> providers();
}
