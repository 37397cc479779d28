package io.djinn.nativetests.planted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.djinn.testkit.Family;
import io.djinn.testkit.ProofPart;
import io.djinn.testkit.TestSeed;
import io.djinn.testkit.Tier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Every bug planted in the engine is noticed by a test, which passes where it is not planted. */
class PlantedBugsTest {
  private static final Path TARGET = Path.of("target").toAbsolutePath();
  private static final int PARALLEL = 2;

  @Test
  void thereIsOneNameForEachBugAndTheProofCountsThem() {
    List<PlantedBug> bugs = PlantedBugs.all();
    assertEquals(bugs.size(), bugs.stream().map(PlantedBug::id).distinct().count());
    assertEquals(bugs.size(), Family.PLANTED.fullCount());
  }

  @Test
  void everyPlantedBugIsCaught() throws Exception {
    List<PlantedBug> bugs = chosen(TestSeed.forTest("PlantedBugsTest"));
    Path directory = TARGET.resolve("planted");
    Files.createDirectories(directory);
    Path agent = PlantedJvm.writeAgent(directory);
    List<Callable<Outcome>> runs = new ArrayList<>();
    runs.add(() -> PlantedJvm.runWithout(agent, directory, bugs));
    bugs.forEach(bug -> runs.add(() -> PlantedJvm.run(agent, directory, bug)));
    List<Outcome> outcomes = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(PARALLEL);
    try (ProofPart part = new ProofPart(Family.PLANTED, "bugs")) {
      for (Future<Outcome> run : threads.invokeAll(runs)) {
        outcomes.add(run.get());
      }
      Outcome without = outcomes.remove(0);
      assertEquals(List.of(), without.failures(), "suites that fail without any bug");
      long caught = outcomes.stream().filter(Outcome::isCaught).count();
      part.add(caught);
      part.failed(outcomes.size() - caught);
      write(outcomes);
      assertEquals(
          List.of(),
          outcomes.stream().filter(outcome -> !outcome.isCaught()).map(Outcome::line).toList());
      boolean isWhole = System.getProperty("djinn.planted", "").isEmpty();
      assertTrue(!isWhole || caught >= Family.PLANTED.atLeast(Tier.current()), caught + " caught");
    } finally {
      threads.shutdownNow();
    }
  }

  /** All of them, the one asked for, or in a quick run a tenth that changes with the seed. */
  private static List<PlantedBug> chosen(long seed) {
    String id = System.getProperty("djinn.planted", "");
    if (!id.isEmpty()) {
      return List.of(PlantedBugs.byId(id));
    }
    List<PlantedBug> bugs = new ArrayList<>(PlantedBugs.all());
    Collections.shuffle(bugs, new Random(seed));
    return bugs.subList(0, Tier.current().count(bugs.size()));
  }

  private static void write(List<Outcome> outcomes) throws IOException {
    StringBuilder table =
        new StringBuilder("| planted bug | caught by | seconds |\n|---|---|---|\n");
    StringBuilder json = new StringBuilder("[");
    for (PlantedBug bug : PlantedBugs.all()) {
      for (Outcome outcome : outcomes) {
        if (outcome.bug().equals(bug.name())) {
          table.append(
              String.format(
                  Locale.ROOT,
                  "| %s | %s | %.1f |%n",
                  outcome.bug(),
                  outcome.isCaught() ? outcome.catcher() : "**nobody** " + outcome.kind(),
                  outcome.seconds()));
          json.append(json.length() > 1 ? ",\n" : "\n").append(outcome.json());
        }
      }
    }
    Files.writeString(TARGET.resolve("planted.md"), table);
    Files.writeString(TARGET.resolve("planted.json"), json + "\n]\n");
    System.out.print(table);
  }
}
