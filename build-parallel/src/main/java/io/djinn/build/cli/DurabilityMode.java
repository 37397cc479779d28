package io.djinn.build.cli;

import io.djinn.api.Durability;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a durability mode: {@code SYNC}, {@code GROUP(5)}, {@code async:200}, {@code NONE}. */
final class DurabilityMode implements ITypeConverter<Durability> {
  private static final Pattern FORM =
      Pattern.compile("(sync|none)|(group|async)(?:\\(([0-9]{1,9})\\)|:([0-9]{1,9}))");

  @Override
  public Durability convert(String text) {
    try {
      return parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  private static Durability parse(String text) {
    Matcher form = FORM.matcher(text.trim().toLowerCase(Locale.ROOT));
    if (!form.matches()) {
      throw new TypeConversionException(
          "'"
              + text
              + "' is no durability: write sync, group:MS, async:MS or none, with MS milliseconds");
    }
    if (form.group(1) != null) {
      return form.group(1).equals("sync") ? Durability.sync() : Durability.none();
    }
    int millis = Integer.parseInt(form.group(3) != null ? form.group(3) : form.group(4));
    return form.group(2).equals("group") ? Durability.group(millis) : Durability.async(millis);
  }
}
