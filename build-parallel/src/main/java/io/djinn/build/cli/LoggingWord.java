package io.djinn.build.cli;

import io.djinn.api.BuildLogging;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads what a build logs: {@code minimal} or {@code full}. */
final class LoggingWord implements ITypeConverter<BuildLogging> {
  @Override
  public BuildLogging convert(String text) {
    for (BuildLogging logging : BuildLogging.values()) {
      if (logging.name().toLowerCase(Locale.ROOT).equals(text.trim().toLowerCase(Locale.ROOT))) {
        return logging;
      }
    }
    throw new TypeConversionException("'" + text + "' is no logging: write minimal or full");
  }
}
