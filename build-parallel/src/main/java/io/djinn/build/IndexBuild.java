package io.djinn.build;

import io.djinn.api.Djinn;
import io.djinn.api.GinBuild;
import io.djinn.api.GinIndex;
import io.djinn.api.GinSpec;
import io.djinn.build.load.IndexLoaders;
import io.djinn.build.plan.BuildOptions;
import io.djinn.source.RowSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds an index of a store over a source of rows, in parallel and within a budget.
 *
 * <p>The index becomes visible at the end, by one batch; a build that fails, is cancelled or dies
 * with the process leaves nothing.
 */
public final class IndexBuild {
  private static final int PREFIX_BYTES = 2;

  private final Djinn db;
  private final String name;
  private final GinSpec spec;
  private final RowSource source;
  private final BuildOptions options;
  private final BuildListener listener;
  private volatile ParallelBuild running;
  private volatile boolean cancelled;
  private GinIndex index;

  /**
   * @param name of the new index
   * @param spec its columns and options; the source's identity is added here
   * @param options of the build; an index's own {@code parallelWorkers} override the plan
   * @param listener hears of progress
   */
  public IndexBuild(
      Djinn db,
      String name,
      GinSpec spec,
      RowSource source,
      BuildOptions options,
      BuildListener listener) {
    this.db = db;
    this.name = name;
    this.spec = spec.withSource(source.identity(), source.slotBits());
    this.source = source;
    this.options = options;
    this.listener = listener;
  }

  /** The options of a store's builds, as {@link Djinn#options} gives them. */
  public static BuildOptions optionsOf(Djinn db) {
    return BuildOptions.defaults()
        .withMaintenanceWorkMem(db.options().maintenanceWorkMemBytes())
        .withMaxParallelMaintenanceWorkers(db.options().maxParallelMaintenanceWorkers())
        .withMinParallelTableSize(db.options().minParallelTableBytes())
        .withTempFileLimit(db.options().tempFileLimitBytes());
  }

  /** Ends the build soon; {@link #run} then throws. Any thread may call it, at any time. */
  public void cancel() {
    cancelled = true;
    ParallelBuild present = running;
    if (present != null) {
      present.cancel();
    }
  }

  /**
   * Builds, once.
   *
   * @throws io.djinn.error.BuildFailedException with the first error as its cause
   */
  public BuildReport run() {
    BuildOptions asked =
        spec.parallelWorkers() >= 0 && options.parallelWorkers() < 0
            ? options.withParallelWorkers(spec.parallelWorkers())
            : options;
    try (GinBuild build = db.beginBuild(name, spec)) {
      IndexLoaders loaders = new IndexLoaders(build, asked.maintenanceWorkMem());
      List<BuildColumn> columns = new ArrayList<>();
      for (int i = 0; i < spec.columns().size(); i++) {
        GinSpec.Column column = spec.columns().get(i);
        columns.add(new BuildColumn(column.path(), column.operatorClass(), spec.keepsPayloads(i)));
      }
      BuildRequest request =
          new BuildRequest(
              "build" + build.id(),
              source,
              columns,
              build.maxKeyBytes() - PREFIX_BYTES,
              build.maxPayloadBytes(),
              loaders,
              asked);
      running = new ParallelBuild(db.env(), request, listener);
      if (cancelled) {
        running.cancel();
      }
      BuildReport report = running.run();
      index = loaders.index();
      return report;
    }
  }

  /** The index, once {@link #run} has returned. */
  public GinIndex index() {
    return index;
  }
}
