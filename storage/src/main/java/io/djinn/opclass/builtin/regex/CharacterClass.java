package io.djinn.opclass.builtin.regex;

import java.util.Locale;

/** The classes that bracket expressions and escapes name, as {@code [[:alpha:]]} and {@code \w}. */
enum CharacterClass {
  ALNUM(CharacterTypes.set("alnum")),
  ALPHA(CharacterTypes.set("alpha")),
  ASCII(CharSet.range(0, 0x7F)),
  BLANK(CharSet.of('\t', ' ')),
  CNTRL(new CharSet.Builder().add(0, 0x1F).add(0x7F, 0x9F).build()),
  DIGIT(CharSet.range('0', '9')),
  GRAPH(CharacterTypes.set("graph")),
  LOWER(CharacterTypes.set("lower")),
  PRINT(CharacterTypes.set("print")),
  PUNCT(CharacterTypes.set("punct")),
  SPACE(CharacterTypes.set("space")),
  UPPER(CharacterTypes.set("upper")),
  XDIGIT(new CharSet.Builder().add('0', '9').add('a', 'f').add('A', 'F').build()),
  WORD(new CharSet.Builder().add(CharacterTypes.set("alnum")).add('_', '_').build());

  private final CharSet members;

  CharacterClass(CharSet members) {
    this.members = members;
  }

  /** The members; without regard to case, a letter of one case stands for any letter. */
  CharSet members(boolean ignoreCase) {
    return ignoreCase && (this == LOWER || this == UPPER) ? ALPHA.members : members;
  }

  /** The class of that name, null where there is none. */
  static CharacterClass find(String name) {
    for (CharacterClass candidate : values()) {
      if (candidate.name().toLowerCase(Locale.ROOT).equals(name)) {
        return candidate;
      }
    }
    return null;
  }
}
