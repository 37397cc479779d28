package io.djinn.build;

import io.djinn.api.Djinn;
import io.djinn.api.GinBuild;
import io.djinn.api.GinIndex;
import io.djinn.api.GinRequest;
import io.djinn.api.GinSpec;
import io.djinn.build.load.IndexLoaders;
import io.djinn.build.plan.BuildOptions;
import io.djinn.file.Vfs;
import io.djinn.source.RowSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds an index of a store over a source of rows, or several in one scan, in parallel and within
 * a budget; or one anew in its place.
 *
 * <p>The indexes become visible at the end, all by one batch; a build that fails, is cancelled or
 * dies with the process leaves none of them, or the index as it was. Rows may be inserted and
 * deleted meanwhile: {@link Djinn#gin} gives the indexes from the beginning on. What is written
 * before {@link #run} is called must be in the rows.
 *
 * <p>Several indexes share the budget, the participants and the report, which counts all of them:
 * the columns of one stand behind those of the other, as if they were one index until they are
 * loaded.
 */
public final class IndexBuild {
  private static final int PREFIX_BYTES = 2;

  private final Djinn db;
  private final List<GinRequest> requests;
  private final RowSource source;
  private final BuildOptions options;
  private final BuildListener listener;
  private final boolean isAnew;
  private volatile ParallelBuild running;
  private volatile boolean cancelled;
  private List<GinIndex> indexes = List.of();

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
    this(db, List.of(new GinRequest(name, spec)), source, options, listener, false);
  }

  private IndexBuild(
      Djinn db,
      List<GinRequest> requests,
      RowSource source,
      BuildOptions options,
      BuildListener listener,
      boolean isAnew) {
    this.db = db;
    this.requests =
        requests.stream()
            .map(
                request ->
                    new GinRequest(
                        request.name(),
                        request.spec().withSource(source.identity(), source.slotBits())))
            .toList();
    this.source = source;
    this.options = options;
    this.listener = listener;
    this.isAnew = isAnew;
  }

  /**
   * Builds several indexes in one scan of a source.
   *
   * @param requests their names, columns and options; the source's identity is added here
   * @param options of the build; where indexes have {@code parallelWorkers} of their own, the most
   *     of them override the plan
   * @throws IllegalArgumentException where there is none, or they have more columns together than a
   *     key of a build can name
   */
  public static IndexBuild of(
      Djinn db,
      List<GinRequest> requests,
      RowSource source,
      BuildOptions options,
      BuildListener listener) {
    if (requests.isEmpty()) {
      throw new IllegalArgumentException("a build of no index: must be one at least");
    }
    int columns = requests.stream().mapToInt(request -> request.spec().columns().size()).sum();
    if (columns > BuildRequest.MAX_COLUMNS) {
      throw new IllegalArgumentException(
          requests.size()
              + " indexes with "
              + columns
              + " columns together: one build takes at most "
              + BuildRequest.MAX_COLUMNS);
    }
    return new IndexBuild(db, requests, source, options, listener, false);
  }

  /**
   * Builds an index anew under its name, from all rows of a source. It is read as it was until that
   * is done; rows written meanwhile go to both.
   *
   * @param spec as that of the index, whose columns it must have; its options and rows are kept
   *     with the index from then on
   */
  public static IndexBuild reindex(
      Djinn db,
      String name,
      GinSpec spec,
      RowSource source,
      BuildOptions options,
      BuildListener listener) {
    return new IndexBuild(db, List.of(new GinRequest(name, spec)), source, options, listener, true);
  }

  /** The options of a store's builds, as {@link Djinn#options} gives them. */
  public static BuildOptions optionsOf(Djinn db) {
    return BuildOptions.defaults()
        .withMaintenanceWorkMem(db.options().maintenanceWorkMemBytes())
        .withMaxParallelMaintenanceWorkers(db.options().maxParallelMaintenanceWorkers())
        .withMinParallelTableSize(db.options().minParallelTableBytes())
        .withTempFileLimit(db.options().tempFileLimitBytes())
        .withLogging(db.options().buildLogging());
  }

  /** Ends the build soon; {@link #run} then throws. Any thread may call it, at any time. */
  public void cancel() {
    cancelled = true;
    ParallelBuild present = running;
    if (present != null) {
      present.cancel();
    }
  }

  /** How far the build is. Any thread may call it, at any time. */
  public BuildProgress progress() {
    ParallelBuild present = running;
    return present == null ? BuildProgress.NONE : present.progress();
  }

  /**
   * Builds, once.
   *
   * @throws io.djinn.error.BuildFailedException with the first error as its cause
   */
  public BuildReport run() {
    int ownWorkers =
        requests.stream().mapToInt(request -> request.spec().parallelWorkers()).max().orElseThrow();
    BuildOptions asked =
        ownWorkers >= 0 && options.parallelWorkers() < 0
            ? options.withParallelWorkers(ownWorkers)
            : options;
    Vfs tempFiles = db.tempFiles();
    try (GinBuild build = begin()) {
      build.logging(asked.logging());
      IndexLoaders loaders = new IndexLoaders(build, asked.maintenanceWorkMem());
      List<BuildColumn> columns = new ArrayList<>();
      for (GinSpec spec : build.specs()) {
        for (int i = 0; i < spec.columns().size(); i++) {
          GinSpec.Column column = spec.columns().get(i);
          columns.add(
              new BuildColumn(column.path(), column.operatorClass(), spec.keepsPayloads(i)));
        }
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
      running = new ParallelBuild(db.env(), tempFiles, request, listener);
      build.observe(running.observer());
      if (cancelled) {
        running.cancel();
      }
      BuildReport report = running.run();
      indexes = build.indexes();
      return report.withLogBytes(build.logBytes());
    }
  }

  private GinBuild begin() {
    GinRequest first = requests.get(0);
    return isAnew ? db.beginReindex(first.name(), first.spec()) : db.beginBuild(requests);
  }

  /** The indexes in the order they were asked for, once {@link #run} has returned. */
  public List<GinIndex> indexes() {
    return indexes;
  }

  /** The index, or the first one, once {@link #run} has returned. */
  public GinIndex index() {
    return indexes.isEmpty() ? null : indexes.get(0);
  }
}
