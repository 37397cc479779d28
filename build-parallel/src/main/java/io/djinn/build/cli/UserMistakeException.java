package io.djinn.build.cli;

/** What the user asked for can not be done; the message says why, and what could be. */
final class UserMistakeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UserMistakeException(String message) {
    super(message, null, false, false);
  }
}
