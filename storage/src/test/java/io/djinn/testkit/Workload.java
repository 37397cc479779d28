package io.djinn.testkit;

import io.djinn.file.Env;
import java.util.List;
import java.util.Set;

/**
 * A script for {@link PowerCuts}: how to open a store, what to do with it, and how to read back
 * everything it holds.
 *
 * @param <S> an open store
 * @param <T> an immutable value with {@code equals} for everything the store holds
 */
public interface Workload<S, T> {
  /** One operation of the script. It depends on nothing but the store and the oracle. */
  interface Step<S, T> {
    /** Does it, telling the oracle about each commit. */
    void run(S store, Oracle<T> oracle) throws Exception;
  }

  /** One word. */
  String name();

  /** Opens the store, making one where there is none. */
  S open(Env env) throws Exception;

  void close(S store) throws Exception;

  /** What a new store holds. */
  T initial();

  List<Step<S, T>> steps();

  /** How many of the steps only prepare the store: no crash is tried during them. */
  default int setupSteps() {
    return 0;
  }

  /** What must happen in the steps behind the preparing ones, or the script is a wrong one. */
  default Set<Family> reaches() {
    return Set.of();
  }

  /** Trees and free pages of the store, for counting what happens to them; null for no count. */
  default PageCensus census(S store) {
    return null;
  }

  /** Verifies the structure of the store and returns what it holds; throws where it is damaged. */
  T read(S store) throws Exception;
}
