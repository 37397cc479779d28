package io.djinn.opclass.builtin.scalar.type;

/** A value is none of a scalar type: it has another type, or a form or size that is not taken. */
public final class InvalidScalarException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  InvalidScalarException(String message) {
    super(message);
  }
}
