package io.djinn.nativetests.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A kind of index, and those of it that are asked. */
enum PeerClass {
  ARRAY_INT4 {
    @Override
    List<PeerIndex> indexes(int release) {
      return List.of(
          PeerIndex.of("array.jsonl", ArrayColumn.of("i", "int4")),
          PeerIndex.of("intarray.jsonl", ArrayColumn.of("$", "int4")));
    }
  },
  ARRAY_TEXT {
    @Override
    List<PeerIndex> indexes(int release) {
      return List.of(
          PeerIndex.of("array.jsonl", ArrayColumn.of("t", "text")),
          PeerIndex.of(MOVIES, ArrayColumn.of("genres", "text")),
          PeerIndex.of(MOVIES, ArrayColumn.of("cast", "text")),
          PeerIndex.of(PACKAGES, ArrayColumn.of("depends", "text")),
          PeerIndex.of(PACKAGES, ArrayColumn.of("tags", "text")));
    }
  },
  TSVECTOR {
    @Override
    List<PeerIndex> indexes(int release) {
      return List.of(
          PeerIndex.of(MOVIES, TextSearchColumn.of("extract", "english")),
          PeerIndex.of(MOVIES, TextSearchColumn.of("extract", "simple")),
          PeerIndex.of(MOVIES, TextSearchColumn.of("title", "extract", "english")),
          PeerIndex.of(PACKAGES, TextSearchColumn.of("description", "english")),
          PeerIndex.of("tsearch.txt", TextSearchColumn.ofLiterals()));
    }
  },
  JSONB {
    @Override
    List<PeerIndex> indexes(int release) {
      return json(false, release);
    }
  },
  JSONB_PATH {
    @Override
    List<PeerIndex> indexes(int release) {
      return json(true, release);
    }
  },
  TRIGRAM {
    @Override
    List<PeerIndex> indexes(int release) {
      return List.of(
          PeerIndex.of("trgm.txt", TrigramColumn.of("$")),
          PeerIndex.of("trgm2.txt", TrigramColumn.of("$")),
          PeerIndex.of("trgm-utf8.txt", TrigramColumn.of("$")),
          PeerIndex.of(MOVIES, TrigramColumn.of("title")),
          PeerIndex.of(MOVIES, TrigramColumn.of("extract")),
          PeerIndex.of(PACKAGES, TrigramColumn.of("name")),
          PeerIndex.of(PACKAGES, TrigramColumn.of("summary")));
    }
  },
  HSTORE {
    @Override
    List<PeerIndex> indexes(int release) {
      return List.of(
          PeerIndex.of("hstore.jsonl", HstoreColumn.of("$")),
          PeerIndex.of(PACKAGES, HstoreColumn.of("attrs")));
    }
  },
  SCALAR {
    @Override
    List<PeerIndex> indexes(int release) {
      List<PeerIndex> indexes = new ArrayList<>();
      for (ScalarValues type : ScalarValues.values()) {
        indexes.add(PeerIndex.of("scalars.jsonl", ScalarColumn.of(type.toString(), type)));
      }
      indexes.add(PeerIndex.of(MOVIES, ScalarColumn.of("year", ScalarValues.INT8)));
      indexes.add(PeerIndex.of(MOVIES, ScalarColumn.of("href", ScalarValues.TEXT)));
      indexes.add(PeerIndex.of(PACKAGES, ScalarColumn.of("size", ScalarValues.INT8)));
      indexes.add(PeerIndex.of(PACKAGES, ScalarColumn.of("version", ScalarValues.TEXT)));
      return indexes;
    }
  },
  MULTICOLUMN {
    @Override
    List<PeerIndex> indexes(int release) {
      return List.of(
          PeerIndex.of(
              MOVIES, ArrayColumn.of("genres", "text"), TextSearchColumn.of("extract", "english")),
          PeerIndex.of(
              MOVIES,
              ScalarColumn.of("year", ScalarValues.INT8),
              ArrayColumn.of("genres", "text"),
              TrigramColumn.of("title")),
          PeerIndex.of(
              MOVIES,
              JsonbColumn.of("cast", true, release >= NEW_METHODS),
              ScalarColumn.of("href", ScalarValues.TEXT)),
          PeerIndex.of(
              PACKAGES,
              ScalarColumn.of("section", ScalarValues.TEXT),
              ArrayColumn.of("depends", "text"),
              TrigramColumn.of("summary")),
          PeerIndex.of(
              PACKAGES,
              HstoreColumn.of("attrs"),
              TextSearchColumn.of("description", "simple"),
              ScalarColumn.of("installed_size", ScalarValues.INT8)),
          PeerIndex.of(
              "scalars.jsonl",
              ScalarColumn.of("numeric", ScalarValues.NUMERIC),
              ScalarColumn.of("float8", ScalarValues.FLOAT8),
              ScalarColumn.of("bool", ScalarValues.BOOL)));
    }
  };

  private static final String MOVIES = "movies.jsonl";
  private static final String PACKAGES = "debian-packages.jsonl";
  private static final int NEW_METHODS = 17;

  /**
   * The indexes, without rows yet.
   *
   * @param release of the server
   */
  abstract List<PeerIndex> indexes(int release);

  private static List<PeerIndex> json(boolean isByPaths, int release) {
    boolean hasNewMethods = release >= NEW_METHODS;
    return List.of(
        PeerIndex.of("nested.jsonl", JsonbColumn.of("$", isByPaths, hasNewMethods)),
        PeerIndex.of("jsonb.jsonl", JsonbColumn.of("$", isByPaths, hasNewMethods)),
        PeerIndex.of(MOVIES, JsonbColumn.of("$", isByPaths, hasNewMethods)),
        PeerIndex.of(MOVIES, JsonbColumn.of("cast", isByPaths, hasNewMethods)),
        PeerIndex.of("nested.jsonl", JsonbColumn.of("$", isByPaths, hasNewMethods)),
        PeerIndex.of(PACKAGES, JsonbColumn.of("$", isByPaths, hasNewMethods)));
  }

  /** As part of a file name. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
