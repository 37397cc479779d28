package io.djinn.api;

import io.djinn.opclass.GinQuery;

/**
 * A query that lets something happen a few times where the scan asks it: inside a step, while the
 * reader holds addresses.
 */
final class InterruptedQuery implements GinQuery {
  private static final int MOST = 3;

  private final GinQuery query;
  private final Runnable interruption;
  private int left = MOST;

  InterruptedQuery(GinQuery query, Runnable interruption) {
    this.query = query;
    this.interruption = interruption;
  }

  private void interrupt() {
    if (left > 0) {
      left--;
      interruption.run();
    }
  }

  @Override
  public Mode mode() {
    interrupt();
    return query.mode();
  }

  @Override
  public int keyCount() {
    return query.keyCount();
  }

  @Override
  public byte[] key(int index) {
    return query.key(index);
  }

  @Override
  public int category(int index) {
    return query.category(index);
  }

  @Override
  public int consistent(byte[] presence) {
    interrupt();
    return query.consistent(presence);
  }

  @Override
  public boolean needsRecheck() {
    return query.needsRecheck();
  }

  @Override
  public boolean matches(Object value) {
    return query.matches(value);
  }

  @Override
  public String operatorClass() {
    return query.operatorClass();
  }
}
