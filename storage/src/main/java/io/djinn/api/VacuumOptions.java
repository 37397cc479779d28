package io.djinn.api;

import java.util.Objects;

/**
 * Who hears of a vacuum, who may cancel it, and how long it keeps other writers waiting; immutable.
 */
public final class VacuumOptions {
  private static final int DEFAULT_SLICE_MICROS = 1_000;
  private static final int MAX_SLICE_MICROS = 1_000_000;

  private static final VacuumOptions DEFAULTS =
      new VacuumOptions(VacuumListener.SILENT, new CancelToken(), DEFAULT_SLICE_MICROS);

  private final VacuumListener listener;
  private final CancelToken cancelToken;
  private final int sliceMicros;

  private VacuumOptions(VacuumListener listener, CancelToken cancelToken, int sliceMicros) {
    this.listener = Objects.requireNonNull(listener, "listener");
    this.cancelToken = Objects.requireNonNull(cancelToken, "cancelToken");
    this.sliceMicros = sliceMicros;
  }

  /** Nobody hears of it or cancels it, and a slice takes a millisecond. */
  public static VacuumOptions defaults() {
    return DEFAULTS;
  }

  public VacuumOptions withListener(VacuumListener newListener) {
    return new VacuumOptions(newListener, cancelToken, sliceMicros);
  }

  /** Lets whoever cancels the token end the vacuum. */
  public VacuumOptions withCancelToken(CancelToken newToken) {
    return new VacuumOptions(listener, newToken, sliceMicros);
  }

  /**
   * Time after which vacuum lets other writers in while it removes, 1 to 1,000,000 microseconds;
   * 1,000 by default. What is begun within it is ended.
   */
  public VacuumOptions withSliceMicros(int micros) {
    if (micros < 1 || micros > MAX_SLICE_MICROS) {
      throw new IllegalArgumentException(
          "slice of " + micros + " microseconds: must be 1 to " + MAX_SLICE_MICROS);
    }
    return new VacuumOptions(listener, cancelToken, micros);
  }

  public VacuumListener listener() {
    return listener;
  }

  /** Whether the vacuum is to end. */
  boolean isCancelled() {
    return cancelToken.isCancelled();
  }

  public int sliceMicros() {
    return sliceMicros;
  }
}
