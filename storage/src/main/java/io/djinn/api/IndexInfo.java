package io.djinn.api;

import java.util.List;

/**
 * What the catalog says of an index.
 *
 * @param kind access method, as {@code gin}
 * @param state {@code ready} or {@code building}
 * @param columns as {@code cast:array_ops/text}
 * @param options as {@code fillFactor=90}
 * @param source the source it is bound to, as text; empty where none
 */
public record IndexInfo(
    String name, String kind, String state, List<String> columns, String options, String source) {}
