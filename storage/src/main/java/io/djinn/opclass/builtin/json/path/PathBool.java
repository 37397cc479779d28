package io.djinn.opclass.builtin.json.path;

/** What a predicate may be. */
enum PathBool {
  FALSE,
  TRUE,
  UNKNOWN;

  static PathBool of(boolean value) {
    return value ? TRUE : FALSE;
  }
}
