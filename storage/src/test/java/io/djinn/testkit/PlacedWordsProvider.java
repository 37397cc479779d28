package io.djinn.testkit;

import io.djinn.opclass.GinOperatorClass;
import io.djinn.opclass.OperatorClassProvider;
import java.util.List;

/** Registers {@link PlacedWords} under its name. */
public final class PlacedWordsProvider implements OperatorClassProvider {
  @Override
  public String name() {
    return PlacedWords.NAME;
  }

  @Override
  public List<String> arguments() {
    return List.of();
  }

  @Override
  public GinOperatorClass create(String argument) {
    return new PlacedWords();
  }
}
