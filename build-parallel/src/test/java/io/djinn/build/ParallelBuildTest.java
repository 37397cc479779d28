package io.djinn.build;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.djinn.build.plan.BuildOptions;
import io.djinn.opclass.builtin.ArrayOps;
import io.djinn.source.ColumnPath;
import io.djinn.source.InMemorySource;
import io.djinn.testkit.SimEnv;
import io.djinn.testkit.SimVfs;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ParallelBuildTest {
  @Test
  void aFewRowsBecomeKeysWithTheirTids() {
    MemoryLoaders loaders = new MemoryLoaders();
    BuildRequest request =
        new BuildRequest(
            "b1",
            InMemorySource.ofValues(List.of(List.of(1, 2), List.of(2), List.of())),
            List.of(new BuildColumn(ColumnPath.WHOLE_ROW, ArrayOps.ofInts())),
            2048,
            loaders,
            BuildOptions.defaults());
    BuildReport report =
        new ParallelBuild(new SimEnv(new SimVfs(), 1), request, BuildListener.SILENT).run();
    assertEquals(
        Map.of("000080000001", List.of(0L), "000080000002", List.of(0L, 1L), "0002", List.of(2L)),
        loaders.index());
    assertEquals(4, report.total().tids());
  }
}
