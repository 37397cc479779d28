package io.djinn.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.perf.micro.Microbenchmarks;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

class MicrobenchmarksTest {
  private static final String PACKAGE = Microbenchmarks.class.getPackageName();

  /** Each runs for a moment in this process and checks its own result. */
  @Test
  void everyBenchmarkRunsAndFindsItsResultRight() throws Exception {
    // One process at a time is JMH's rule for figures; none are taken here.
    System.setProperty("jmh.ignoreLock", "true");
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include(PACKAGE.replace(".", "\\.") + "\\..*")
                    .forks(0)
                    .warmupIterations(0)
                    .measurementIterations(1)
                    .measurementTime(TimeValue.milliseconds(5))
                    .shouldFailOnError(true)
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();
    assertEquals(
        new TreeSet<>(
            List.of(
                "BatchBenchmark",
                "KeyComparisonBenchmark",
                "LogAppendBenchmark",
                "PageEditBenchmark",
                "PostingCodecBenchmark",
                "RingHandOffBenchmark")),
        results.stream()
            .map(result -> result.getParams().getBenchmark())
            .map(name -> name.substring(PACKAGE.length() + 1).split("\\.")[0])
            .collect(Collectors.toCollection(TreeSet::new)));
    assertTrue(results.stream().allMatch(result -> result.getPrimaryResult().getScore() > 0));
  }
}
