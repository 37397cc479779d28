package io.djinn.testkit;

import java.util.EnumMap;
import java.util.Map;

/** How often what happened, a family an event; belongs to one thread. */
public final class EventCounts {
  private final Map<Family, Long> counts = new EnumMap<>(Family.class);

  public void add(Family event, long number) {
    if (number != 0) {
      counts.merge(event, number, Long::sum);
    }
  }

  /** Adds what others counted. */
  public void add(EventCounts others) {
    others.counts.forEach(this::add);
  }

  public long of(Family event) {
    return counts.getOrDefault(event, 0L);
  }

  @Override
  public String toString() {
    return counts.toString();
  }
}
