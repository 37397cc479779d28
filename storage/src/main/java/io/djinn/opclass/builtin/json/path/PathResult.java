package io.djinn.opclass.builtin.json.path;

/** What came of walking a value along a path, where the items themselves are not asked for. */
enum PathResult {
  FOUND,
  NOT_FOUND,
  ERROR
}
