package io.djinn.build.cli;

import io.djinn.build.BuildListener;
import io.djinn.build.BuildPhase;
import io.djinn.build.BuildProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows a build on a terminal: a bar for each phase, on standard error. */
final class BuildBar implements BuildListener, AutoCloseable {
  private static final int UPDATE_MILLIS = 100;
  private static final int WIDTH = 80;
  private static final long MEGABYTE = 1 << 20;
  private static final Set<BuildPhase> SHOWN =
      Set.of(BuildPhase.SCAN, BuildPhase.COMBINE, BuildPhase.LOAD);

  private BuildPhase phase;
  private ProgressBar bar;

  /** Whether standard error is a terminal. */
  static boolean isTerminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      // No such file here: a console is as near as Java comes.
      return System.console() != null;
    }
  }

  @Override
  public void progress(BuildProgress progress) {
    BuildPhase current = progress.phase();
    long total = progress.total();
    if (current != phase) {
      if (bar != null) {
        bar.stepTo(bar.getMax());
      }
      close();
      phase = current;
      if (SHOWN.contains(current) && total > 0) {
        bar = open(current, total);
      }
    }
    if (bar != null) {
      bar.maxHint(total);
      bar.stepTo(Math.min(progress.done(), total));
      bar.setExtraMessage(
          progress.spilledBytes() == 0
              ? ""
              : " " + ByteSize.format(progress.spilledBytes()) + " spilled");
    }
  }

  private static ProgressBar open(BuildPhase phase, long total) {
    ProgressBarBuilder builder = builder(phase.name().toLowerCase(Locale.ROOT));
    if (phase != BuildPhase.SCAN) {
      builder.setUnit(" MB", MEGABYTE);
    }
    return builder.setInitialMax(total).build();
  }

  /** A bar as every command shows it. */
  static ProgressBarBuilder builder(String task) {
    return new ProgressBarBuilder()
        .setTaskName(task)
        .setUpdateIntervalMillis(UPDATE_MILLIS)
        .setStyle(ProgressBarStyle.ASCII)
        .setConsumer(new ConsoleProgressBarConsumer(System.err, WIDTH));
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
