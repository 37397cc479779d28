package io.djinn.error;

/** Comparing a row with a query took more steps than the query allows for one row. */
public final class QueryTooExpensiveException extends DjinnException {
  private static final long serialVersionUID = 1L;

  public QueryTooExpensiveException(String message) {
    super(message);
  }
}
