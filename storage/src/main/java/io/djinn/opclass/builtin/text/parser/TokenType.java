package io.djinn.opclass.builtin.text.parser;

/** What the default parser takes a piece of text for; the numbers and names are PostgreSQL's. */
public enum TokenType {
  ASCIIWORD("asciiword"),
  WORD("word"),
  NUMWORD("numword"),
  EMAIL("email"),
  URL("url"),
  HOST("host"),
  SFLOAT("sfloat"),
  VERSION("version"),
  HWORD_NUMPART("hword_numpart"),
  HWORD_PART("hword_part"),
  HWORD_ASCIIPART("hword_asciipart"),
  BLANK("blank"),
  TAG("tag"),
  PROTOCOL("protocol"),
  NUMHWORD("numhword"),
  ASCIIHWORD("asciihword"),
  HWORD("hword"),
  URL_PATH("url_path"),
  FILE("file"),
  FLOAT("float"),
  INT("int"),
  UINT("uint"),
  ENTITY("entity");

  private static final TokenType[] ALL = values();

  private final String alias;

  TokenType(String alias) {
    this.alias = alias;
  }

  /** The name people write, as {@code hword_part}. */
  public String alias() {
    return alias;
  }

  /** Whether a search configuration makes no lexemes of it. */
  public boolean isIgnored() {
    return switch (this) {
      case BLANK, TAG, PROTOCOL, ENTITY -> true;
      default -> false;
    };
  }

  static TokenType at(int ordinal) {
    return ALL[ordinal];
  }

  static TokenType ofAlias(String alias) {
    for (TokenType type : ALL) {
      if (type.alias.equals(alias)) {
        return type;
      }
    }
    throw new IllegalArgumentException("no token type \"" + alias + "\"");
  }
}
