/**
 * What a build is going to do, as pure functions of numbers: participants, the split of the budget,
 * sizes of blocks, and what a merging thread can afford.
 *
 * <p>Read {@link io.djinn.build.plan.BuildOptions} and {@link io.djinn.build.plan.WorkerPlan}
 * first, then {@link io.djinn.build.plan.CostModel}. Imports nothing of the pipeline.
 */
package io.djinn.build.plan;
