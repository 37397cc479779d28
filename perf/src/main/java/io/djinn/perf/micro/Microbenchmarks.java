package io.djinn.perf.micro;

import io.djinn.perf.JvmLine;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs the benchmarks with JMH's command line; forked JVMs get the flags the engine needs. */
public final class Microbenchmarks {
  private Microbenchmarks() {}

  /** Returns the exit status: 0 done, 1 a benchmark failed, 2 bad arguments. */
  public static int run(String[] arguments) throws Exception {
    CommandLineOptions given;
    try {
      given = new CommandLineOptions(arguments);
    } catch (CommandLineOptionException e) {
      System.err.println(e.getMessage());
      return 2;
    }
    if (given.shouldHelp()) {
      given.showHelp();
      return 0;
    }
    List<String> flags = new ArrayList<>(JvmLine.flags());
    if (given.getJvmArgsPrepend().hasValue()) {
      flags.addAll(given.getJvmArgsPrepend().get());
    }
    Options options =
        new OptionsBuilder()
            .parent(given)
            .shouldFailOnError(true)
            .jvmArgsPrepend(flags.toArray(String[]::new))
            .build();
    Runner runner = new Runner(options);
    if (given.shouldList()) {
      runner.list();
      return 0;
    }
    if (given.shouldListWithParams()) {
      runner.listWithParams(given);
      return 0;
    }
    try {
      runner.run();
      return 0;
    } catch (RunnerException e) {
      System.err.println(e.getMessage());
      return 1;
    }
  }
}
