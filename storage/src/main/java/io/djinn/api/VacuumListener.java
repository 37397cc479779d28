package io.djinn.api;

/**
 * Hears how far a vacuum is, in the thread that called it, between its steps and batches: it may
 * use the store. What it throws ends the vacuum.
 */
@FunctionalInterface
public interface VacuumListener {
  VacuumListener SILENT = progress -> {};

  void progress(VacuumProgress progress);
}
