package io.djinn.build.cli;

import io.djinn.build.BuildEvent;
import io.djinn.build.BuildListener;
import io.djinn.build.BuildProgress;
import io.djinn.build.TraceLine;

/** Passes a build's progress to the bar of a terminal, or its events to a trace. */
final class Hearing implements BuildListener, AutoCloseable {
  private final Output output;
  private final boolean isTraced;
  private final BuildBar bar;

  /**
   * @param isTraced whether a line is printed for every event, on standard error
   */
  Hearing(Output output, boolean isTraced) {
    this.output = output;
    this.isTraced = isTraced;
    bar = !output.isJson() && !isTraced && BuildBar.isTerminal() ? new BuildBar() : null;
  }

  @Override
  public void progress(BuildProgress progress) {
    if (bar != null) {
      bar.progress(progress);
    }
  }

  @Override
  public void event(BuildEvent event) {
    if (isTraced) {
      output.err().println(TraceLine.of(event));
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
