package io.djinn.build.cli;

import io.djinn.api.VacuumListener;
import io.djinn.api.VacuumProgress;
import me.tongfei.progressbar.ProgressBar;

/** Shows a vacuum on a terminal: a bar of the TIDs tested, on standard error. */
final class VacuumBar implements VacuumListener, AutoCloseable {
  private ProgressBar bar;

  @Override
  public void progress(VacuumProgress progress) {
    if (bar == null) {
      bar = BuildBar.builder("vacuum").setInitialMax(Math.max(1, progress.tids())).build();
    }
    bar.stepTo(Math.min(progress.tidsTested(), bar.getMax()));
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
