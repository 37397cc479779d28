package io.djinn.testkit;

import java.util.ArrayList;
import java.util.List;

/**
 * What a crash may leave: the states after each commit in their order, and how many of them were
 * acknowledged as durable.
 *
 * @param <T> an immutable value that stands for everything the store holds
 */
public final class Oracle<T> {
  private final List<T> states = new ArrayList<>();
  private final List<Integer> steps = new ArrayList<>();
  private final EventCounts events = new EventCounts();
  private int acknowledged;
  private int step;

  Oracle(T initial, int step) {
    states.add(initial);
    steps.add(step - 1);
    this.step = step;
  }

  /** An oracle for use without a {@link PowerCuts}. */
  public static <T> Oracle<T> startingWith(T state) {
    return new Oracle<>(state, 0);
  }

  /** The state after the newest commit. */
  public T current() {
    return states.get(states.size() - 1);
  }

  /**
   * Announces the state the commit under way leads to; from now on a crash may leave it. Called
   * when the commit can not be told apart from one that takes place.
   */
  public void next(T state) {
    states.add(state);
    steps.add(step);
  }

  /** Takes back the last announced state: its commit failed and has changed nothing. */
  public void withdraw() {
    states.remove(states.size() - 1);
    steps.remove(steps.size() - 1);
  }

  /** Takes back every state announced after one: their commits failed and have changed nothing. */
  void withdrawBeyond(int index) {
    states.subList(index + 1, states.size()).clear();
    steps.subList(index + 1, steps.size()).clear();
  }

  /** Everything committed so far was acknowledged as durable. */
  public void acknowledge() {
    acknowledged = states.size() - 1;
  }

  /** What happened to the store while these states came about. */
  public EventCounts events() {
    return events;
  }

  /** Nothing beyond this state was acknowledged. */
  void acknowledge(int index) {
    acknowledged = index;
  }

  /** Number of the step being run, from 0; a seed for its random choices. */
  public int step() {
    return step;
  }

  void step(int number) {
    step = number;
  }

  /** Index of the newest state that was acknowledged. */
  int acknowledged() {
    return acknowledged;
  }

  int last() {
    return states.size() - 1;
  }

  T state(int index) {
    return states.get(index);
  }

  /** The step that led to a state; the one before the first where none did. */
  int stepOf(int index) {
    return steps.get(index);
  }
}
