package io.djinn.perf;

import java.util.Locale;

/** A part of {@link WritesCommand}, measured in a process of its own. */
enum WritesPart {
  DURABLE {
    @Override
    Figures measure(WritesPlan plan) throws Exception {
      return new DurableInserts(plan).measure();
    }
  },
  ASYNC {
    @Override
    Figures measure(WritesPlan plan) throws Exception {
      return new AsyncInserts(plan).measure();
    }
  },
  QUERIES {
    @Override
    Figures measure(WritesPlan plan) throws Exception {
      return new PendingQueries(plan).measure();
    }
  },
  CONSTANT {
    @Override
    Figures measure(WritesPlan plan) throws Exception {
      return new ConstantLoad(plan).measure();
    }
  };

  /** Measures, and checks the result; throws where that is wrong. */
  abstract Figures measure(WritesPlan plan) throws Exception;

  /** Its name on the command line and among figures. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
