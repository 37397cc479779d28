package io.djinn.opclass;

import io.djinn.error.CorruptIndexException;
import io.djinn.error.DjinnException;

/**
 * A payload that an index keeps is none that its operator class makes; whoever knows index and row
 * turns this into a {@link CorruptIndexException} with {@link #in}.
 */
public final class MalformedPayloadException extends DjinnException {
  private static final long serialVersionUID = 1L;

  private final long tid;

  /**
   * @param detail what was found and what was expected
   */
  public MalformedPayloadException(String detail) {
    super(detail);
    tid = -1;
  }

  private MalformedPayloadException(MalformedPayloadException cause, long tid) {
    super(cause.getMessage(), cause);
    this.tid = tid;
  }

  /** The same, of a payload of the row at an address. */
  public MalformedPayloadException of(long rowTid) {
    return new MalformedPayloadException(this, rowTid);
  }

  /** The same, with the index it stands in. */
  public CorruptIndexException in(String index) {
    return new CorruptIndexException(index, tid, getMessage(), this);
  }
}
